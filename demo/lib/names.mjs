/** Names as n8n knows them; they stand in users' saved workflows. */
export const NODE_TYPE = 'n8n-nodes-memberspot-sync.memberspot';
export const TRIGGER_TYPE = 'n8n-nodes-memberspot-sync.memberspotTrigger';
export const POLLING_TYPE = 'n8n-nodes-memberspot-sync.memberspotPollingTrigger';
export const CREDENTIAL_TYPE = 'memberspotApi';
/** The workflow files ask for the credential by this name. */
export const CREDENTIAL_NAME = 'Memberspot account';

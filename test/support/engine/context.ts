import type {
	ICredentialDataDecryptedObject,
	ICredentialsHelper,
	IDataObject,
	IHttpRequestOptions,
	INode,
	IWorkflowExecuteAdditionalData,
	Workflow,
} from 'n8n-workflow';
import type { EngineModules } from './modules';
import { withDefaults, type Registry } from './registry';
import type { Credentials, RunError } from './types';

/** The address of an n8n that nobody calls: it only appears in texts. */
const ADDRESS = 'http://127.0.0.1';

/**
 * What n8n gives its engine for one execution or one question of the editor: credentials, addresses,
 * and refusals for what no node of this package may use.
 */
export function additionalData(modules: EngineModules, registry: Registry, credentials: Credentials, executionId?: string): IWorkflowExecuteAdditionalData {
	const refuse = (what: string) => async (): Promise<never> => {
		throw new Error(`${what} is not part of these tests`);
	};

	return {
		credentialsHelper: credentialsHelper(modules, registry, credentials),
		externalSecretsProxy: new modules.core.ExternalSecretsProxy(),
		executionId,
		currentNodeExecutionIndex: 0,
		variables: {},
		restApiUrl: ADDRESS,
		instanceBaseUrl: ADDRESS,
		formBaseUrl: ADDRESS,
		formWaitingBaseUrl: ADDRESS,
		formTestBaseUrl: ADDRESS,
		webhookBaseUrl: `${ADDRESS}/webhook`,
		webhookWaitingBaseUrl: ADDRESS,
		webhookTestBaseUrl: `${ADDRESS}/webhook-test`,
		mcpBaseUrl: ADDRESS,
		mcpTestBaseUrl: ADDRESS,
		setExecutionStatus: () => undefined,
		sendDataToUI: () => undefined,
		logAiEvent: () => undefined,
		executeWorkflow: refuse('Running another workflow'),
		getRunExecutionData: refuse('Reading another execution'),
		getRuntimeCredential: refuse('A credential made at run time'),
		startRunnerTask: refuse('A task runner'),
	};
}

/**
 * Credentials as n8n hands them out: defaults filled in, put into requests by the rule of the
 * credential type, and refused to nodes that may not use them (n8n 2.41).
 */
function credentialsHelper(modules: EngineModules, registry: Registry, credentials: Credentials): ICredentialsHelper {
	class TestCredentials extends modules.workflow.ICredentialsHelper {
		getParentTypes(): string[] {
			return [];
		}

		isCredentialUsableByNode(type: string, nodeType: string): boolean {
			if (registry.credential(type).restrictToSupportedNodes !== true) return true;

			return registry.supportedNodes(type).includes(nodeType);
		}

		getCredentialsProperties(type: string) {
			return registry.credential(type).properties;
		}

		async getDecrypted(_data: IWorkflowExecuteAdditionalData, _details: object, type: string): Promise<ICredentialDataDecryptedObject> {
			if (credentials[type] === undefined) throw new Error(`The test gave no data for the credential ${type}`);

			return withDefaults(registry.credential(type).properties, credentials[type]);
		}

		async getCredentials(_details: object, type: string) {
			return new modules.core.Credentials({ id: type, name: type }, type, '');
		}

		async updateCredentials(): Promise<void> {}

		async updateCredentialsOauthTokenData(): Promise<void> {}

		async preAuthentication(): Promise<undefined> {
			return undefined;
		}

		async runPreAuthentication(): Promise<undefined> {
			return undefined;
		}

		async authenticate(data: ICredentialDataDecryptedObject, type: string, request: IHttpRequestOptions, workflow?: Workflow, node?: INode): Promise<IHttpRequestOptions> {
			const { authenticate } = registry.credential(type);
			if (authenticate === undefined) return request;
			if (typeof authenticate === 'function') return await authenticate(data, request);
			if (workflow === undefined || node === undefined) throw new Error('n8n did not say which node the request belongs to');

			return withGeneric(authenticate.properties, request, (text) =>
				String(workflow.expression.getSimpleParameterValue(node, text, 'internal', { $credentials: data }, undefined, '') ?? ''),
			);
		}
	}

	return new TestCredentials();
}

/** Adds the headers and the query of a credential of the type `generic`; ours use nothing else. */
function withGeneric(properties: object, request: IHttpRequestOptions, resolve: (text: string) => string): IHttpRequestOptions {
	const { headers = {}, qs = {}, ...others }: { headers?: Record<string, string>; qs?: Record<string, string> } = properties;
	if (Object.keys(others).length > 0) throw new Error(`This way to authenticate is not part of these tests: ${Object.keys(others).join(', ')}`);
	const resolved = (values: Record<string, string>): IDataObject =>
		Object.fromEntries(Object.entries(values).map(([name, value]) => [resolve(name), resolve(value)]));

	return { ...request, headers: { ...request.headers, ...resolved(headers) }, qs: { ...request.qs, ...resolved(qs) } };
}

/** Takes the facts out of an error, whether n8n kept it as an error or as plain data. */
export function toRunError(raw: unknown): RunError {
	if (typeof raw !== 'object' || raw === null) return { message: String(raw), raw };
	const text = (key: string): string | undefined => {
		const value: unknown = Reflect.get(raw, key);

		return typeof value === 'string' && value !== '' ? value : undefined;
	};
	const context: unknown = Reflect.get(raw, 'context');

	return {
		name: text('name'),
		message: text('message') ?? '',
		description: text('description'),
		httpCode: text('httpCode'),
		context: isData(context) ? context : undefined,
		raw,
	};
}

/** A plain copy, without n8n's observing proxies. */
export function plain(data: IDataObject): IDataObject {
	const copy: IDataObject = JSON.parse(JSON.stringify(data));

	return copy;
}

function isData(value: unknown): value is IDataObject {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export { auditAccess } from './auditAccess.operation';
export { deleteUser } from './delete.operation';
export { getAccess } from './getAccess.operation';
export { getManyUsers } from './getAll.operation';
export { getUser } from './get.operation';
export { syncAccess } from './syncAccess.operation';

export { deleteUser } from './delete.operation';
export { getManyUsers } from './getAll.operation';
export { getUser } from './get.operation';

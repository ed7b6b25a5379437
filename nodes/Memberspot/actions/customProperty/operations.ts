export { getManyCustomProperties } from './getAll.operation';
export { setCustomProperties } from './set.operation';

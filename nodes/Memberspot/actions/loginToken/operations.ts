export { createLoginToken } from './create.operation';

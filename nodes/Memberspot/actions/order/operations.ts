export { removeOrder } from './remove.operation';
export { setOrderState } from './setState.operation';

export { getCourseProgress } from './get.operation';
export { getManyCourseProgress } from './getAll.operation';

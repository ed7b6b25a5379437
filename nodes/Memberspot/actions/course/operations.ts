export { getManyCourses } from './getAll.operation';

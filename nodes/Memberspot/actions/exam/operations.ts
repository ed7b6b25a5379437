export { getExamResults } from './getResults.operation';

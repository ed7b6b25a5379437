export { enableChapterAccess } from './enableAccess.operation';

export { emailField, keepEmailCase, maximumUsersPerRun, outputFields, returnAllOrLimit, runOptions } from './fields';
export { chapterLocator, courseLocator, offerLocator, userLocator } from './locators';

export { auditOptions, dryRunOption, emailField, keepEmailCase, maximumUsersPerRun, outputFields, returnAllOrLimit, runOptions, TOOL_LIMIT } from './fields';
export { chapterLocator, courseLocator, offerLocator, userLocator } from './locators';

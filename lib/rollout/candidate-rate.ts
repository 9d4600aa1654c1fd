/**
 * The mark in an alarm's description that asks for each version's own rate to be judged beside the alarm. The default alarms carry it. They
 * watch the alias as a whole, and CloudFormation cannot know the candidate of every rollout: a rollout may be held while the next version is
 * deployed, or be started by hand. (An alarm cannot use SEARCH to find the version either.)
 */
export const EACH_VERSION_MARK = '[sluice:each-version]';

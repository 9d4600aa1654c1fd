import type { VersionState } from './observation.ts';

/**
 * Whether a version in a state can be invoked: `now`; `later`, if it only takes time or an invocation; or `never`. Only Active versions
 * can be invoked. (AWS: Lambda, "Lambda function states".) A state that is not known here is taken for one that cannot.
 */
export type Service = 'now' | 'later' | 'never';

const services: Readonly<Record<string, Service>> = { Active: 'now', Pending: 'later', Inactive: 'later' };

/** Whether a version in this state can be invoked. */
export const serviceOf = (state: string): Service =>
  Object.hasOwn(services, state) ? (services[state] as Service) : 'never';

/** The state that is told of a version if Lambda names none. */
export const UNKNOWN_STATE = 'Unknown';

/** A version's state in words, for example `42 is Inactive (The function is idle)`. */
export const stateInWords = (version: string, { state, stateReason }: VersionState): string =>
  state === UNKNOWN_STATE
    ? `Lambda names no state of version ${version}`
    : `version ${version} is ${state}${stateReason ? ` (${stateReason})` : ''}`;

/** How a person wakes a version that Lambda has put to sleep. The first invocation fails, and has Lambda bring the version back. */
export const wakingCommand = (functionName: string, version: string): string =>
  `aws lambda invoke --function-name ${functionName}:${version} /dev/null`;

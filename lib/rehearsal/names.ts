/** The names of the one function, its alias and its versions that every rehearsal is about, and of all that surrounds them. */
export const REGION = 'us-east-1';
export const ACCOUNT = '123456789012';
export const FUNCTION = 'checkout';
export const ALIAS = 'live';

/** The version that serves all traffic at first, and the version of the first rollout. Later deploys count on from there. */
export const STABLE = '41';
export const CANDIDATE = '42';

/** The versions of the members of a group: far apart, so that nobody takes one member's for another's. */
const VERSIONS_APART = 100;

/** The version that serves all traffic of a member at first, and the version of the first rollout, by the member's place. */
export const versionsOfMember = (place: number) => ({
  stable: String(Number(STABLE) + VERSIONS_APART * place),
  candidate: String(Number(CANDIDATE) + VERSIONS_APART * place),
});

export const STACK = `arn:aws:cloudformation:${REGION}:${ACCOUNT}:stack/${FUNCTION}/rehearsal`;
export const MACHINE = `arn:aws:states:${REGION}:${ACCOUNT}:stateMachine:sluice`;

/** The caller of every call of a person. */
export const OPERATOR = 'operator';

/** The name of the group in a rehearsal of several members. */
export const GROUP = 'rehearsal';

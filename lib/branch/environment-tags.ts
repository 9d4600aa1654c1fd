/** The tag with the branch of an environment, as far as a tag can hold its name. */
export const BRANCH_TAG = 'sluice:branch';

/** The tag with the service that an environment is one of. */
export const SERVICE_TAG = 'sluice:service';

/** The tag of an environment that stays until somebody removes it by name; its value is `true`. */
export const PROTECTED_TAG = 'sluice:protected';

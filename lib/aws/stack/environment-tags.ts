/** The tags by which a branch's environment is known. */
export const BRANCH_TAG = 'sluice:branch';
export const SERVICE_TAG = 'sluice:service';
/** `true` where the environment stays until somebody removes it by name. */
export const PROTECTED_TAG = 'sluice:protected';

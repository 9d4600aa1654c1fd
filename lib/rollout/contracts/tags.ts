/**
 * The tag of a function whose aliases a controller may move; its value names the controller. The controller's roles are judged by it
 * (IAM's key aws:ResourceTag), for the function's versions and aliases too. (AWS: Lambda guide, "Using attribute-based access control".)
 */
export const MANAGED_TAG = 'sluice:managed';

/** The tag of a managed function whose versions the controller may warm; its value is the number of environments that was deployed. */
export const PROVISIONED_TAG = 'sluice:provisioned';

/** The tag of a function that a controller may call as a hook; its value names the controller. */
export const HOOK_TAG = 'sluice:hook';

/** The tag of a controller's state machine that tells which version deployed it. */
export const VERSION_TAG = 'sluice:version';

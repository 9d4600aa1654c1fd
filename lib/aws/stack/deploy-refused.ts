const brand = Symbol.for('sluice:DeployRefused');

/** A deploy asks for something that is not done. The message says why and what to do; CloudFormation shows it to whoever deploys. */
export class DeployRefused extends Error {
  override readonly name = 'DeployRefused';
  readonly [brand] = true;

  /** Whether something that was thrown is one: by its brand, for two copies of this module may be loaded. */
  static is(thrown: unknown): thrown is DeployRefused {
    return typeof thrown === 'object' && thrown !== null && brand in thrown;
  }
}

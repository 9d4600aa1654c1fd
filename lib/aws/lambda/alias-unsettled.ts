/** The alias kept changing, or did not show a write. Trying again later is right. */
export class AliasUnsettled extends Error {
  override readonly name = 'AliasUnsettled';
}

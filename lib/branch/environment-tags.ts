/** The tag with the branch of an environment, encoded for a tag. */
export const BRANCH_TAG = 'sluice:branch';

/** The tag with the service that an environment is one of. */
export const SERVICE_TAG = 'sluice:service';

/** The tag of an environment that stays until somebody removes it by name; its value is `true`. */
export const PROTECTED_TAG = 'sluice:protected';

const LONGEST_VALUE = 256;

/**
 * A branch as a tag may hold it: letters, digits, spaces and `_.:/=+-@` stay, any other character becomes `=` and two hexadecimal
 * digits for each of its bytes in UTF-8. At most 256 characters, so a very long branch is cut.
 */
export const tagOfBranch = (branch: string): string =>
  [...branch.replace(/=(?=[0-9A-F]{2})/g, '=3D')]
    .map((character) => (/[\p{L}\p{Z}\p{N}_.:/=+\-@]/u.test(character) ? character : encoded(character)))
    .join('')
    .slice(0, LONGEST_VALUE);

/** The branch in a tag. The release before wrote `_` for a character that tags may not hold; that one is lost. */
export const branchOfTag = (value: string): string =>
  value.replace(/(?:=[0-9A-F]{2})+/g, (bytes) =>
    new TextDecoder().decode(Buffer.from(bytes.replaceAll('=', ''), 'hex')),
  );

const encoded = (character: string): string =>
  [...new TextEncoder().encode(character)]
    .map((byte) => `=${byte.toString(16).toUpperCase().padStart(2, '0')}`)
    .join('');

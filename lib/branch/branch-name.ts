import { createHash } from 'node:crypto';

/** The longest part of a name that a person can read in it. */
const LONGEST_SLUG = 16;

/**
 * A name for a branch that is valid for every resource: a letter first, then lower-case letters, digits and single dashes, at most 29
 * characters, without words that AWS reserves. The same branch always has the same name. It ends with 48 bits of a hash of the
 * branch's own name, so two branches do not share one.
 *
 * @throws Error for an empty branch, as `git branch --show-current` prints it for a detached head
 */
export const environmentNameOf = (branch: string): string =>
  `${slugOf(branch, withoutReservedWords, LONGEST_SLUG)}-${hashOf(branch, 12)}`;

/** The name that the release before gave to a branch. Its environments stay known until they are removed. */
export const formerEnvironmentNameOf = (branch: string): string =>
  `${slugOf(branch, (words) => words, 20)}-${hashOf(branch, 8)}`;

const hashOf = (branch: string, digits: number): string =>
  createHash('sha256').update(branch).digest('hex').slice(0, digits);

function slugOf(branch: string, chosen: (words: string[]) => string[], longest: number): string {
  if (branch.trim() === '') {
    throw new Error('expected the name of a branch, found nothing; on a detached head pass -c branch=<name> by hand');
  }
  const words = branch
    .normalize('NFKD')
    .toLowerCase()
    .split(/[^a-z0-9]+/);
  const slug = chosen(words)
    .join('-')
    .replace(/^[^a-z]+/, '')
    .slice(0, longest)
    .replace(/-+$/, '');
  return slug || 'b';
}

/**
 * Cognito refuses domain prefixes with `aws`, `amazon` or `cognito` anywhere in them, Systems Manager parameters that begin with `ssm`,
 * and S3 buckets that begin with `sthree` or `amzn`. A leading digit goes later, so it hides no word.
 */
const withoutReservedWords = (words: string[]): string[] =>
  words.filter((word) => !/aws|amazon|cognito|amzn|^\d*(ssm|sthree)/.test(word));

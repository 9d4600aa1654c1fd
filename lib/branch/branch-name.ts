import { createHash } from 'node:crypto';

/** The variables in which the usual CI systems name the branch that they build, the pull request's own branch first. */
const variables = [
  'GITHUB_HEAD_REF',
  'GITHUB_REF_NAME',
  'CI_MERGE_REQUEST_SOURCE_BRANCH_NAME',
  'CI_COMMIT_REF_NAME',
  'BITBUCKET_BRANCH',
  'SYSTEM_PULLREQUEST_SOURCEBRANCH',
  'BUILD_SOURCEBRANCH',
  'CODEBUILD_WEBHOOK_HEAD_REF',
  'CIRCLE_BRANCH',
  'BUILDKITE_BRANCH',
] as const;

/** The branch that a CI system builds, or undefined if no variable names one. */
export function branchIn(environment: Readonly<Record<string, string | undefined>>): string | undefined {
  const found = variables.map((name) => environment[name]).find((value) => value);
  return found?.replace(/^refs\/heads\//, '');
}

/** The longest part of a name that a person can read in it. */
const LONGEST_SLUG = 20;

/**
 * A name for a branch that is valid for every resource: a letter first, then lower-case letters, digits and single dashes, at
 * most 29 characters. The same branch always has the same name. Two branches never share one, because it ends with a hash of the
 * branch's own name.
 *
 * @throws Error for an empty branch, as `git branch --show-current` prints it for a detached head
 */
export function environmentNameOf(branch: string): string {
  if (branch.trim() === '') {
    throw new Error('expected the name of a branch, found nothing; on a detached head pass -c branch=<name> by hand');
  }
  const slug = branch
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^[^a-z]+/, '')
    .slice(0, LONGEST_SLUG)
    .replace(/-+$/, '');
  const hash = createHash('sha256').update(branch).digest('hex').slice(0, 8);
  return `${slug || 'b'}-${hash}`;
}

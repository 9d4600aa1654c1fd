import type { Build } from './build.ts';

/** What a deploy is for: production, or the environment of a branch. */
export interface Deployment {
  /** Whether it is production. */
  readonly production: boolean;
  /** The branch that is deployed, as git calls it. */
  readonly branch: string;
}

/** What a person says of a deploy. */
export interface Choice {
  /** The branch that is deployed, as the context `branch` names it. */
  readonly branch?: string;
  /** The branch that is production, as the context `mainBranch` names it. */
  readonly mainBranch?: string;
}

const ADVICE = 'expected: -c branch=<name>, and -c branch=main for production';

/**
 * Decides what a deploy is for. Production is chosen and never guessed: by a person who names the main branch, or by a CI system that
 * builds its branch and names it as the default one, or as the one that `mainBranch` names. A pull or merge request is never
 * production, and a tag is no branch.
 *
 * @throws Error if nothing names a branch, or if it cannot be told what it is; it says what to pass
 */
export function decideDeployment({ branch, mainBranch }: Choice, build: Build | undefined): Deployment {
  if (branch !== undefined) return chosen(branch, mainBranch ?? 'main', build);
  if (!build) throw new Error(`nothing names the branch that is deployed. ${ADVICE}`);
  switch (build.of) {
    case 'unknown':
      throw new Error(`${build.ci} does not tell which branch is deployed: ${build.why}. ${ADVICE}`);
    case 'tag':
      throw new Error(`${build.ci} builds the tag ${JSON.stringify(build.tag)}, and a tag is no branch. ${ADVICE}`);
    case 'request':
      if (build.branch === undefined) throw new Error(`${build.ci} does not name the request's own branch. ${ADVICE}`);
      return { production: false, branch: build.branch };
    default:
      return pushed(build, mainBranch);
  }
}

function chosen(given: string, mainBranch: string, build: Build | undefined): Deployment {
  const branch = given.replace(/^refs\/heads\//, '');
  if (branch.trim() === '') {
    throw new Error('-c branch: expected the name of a branch, found nothing; on a detached head name it by hand');
  }
  if (branch !== branch.trim() || /^refs\/|[\p{Cc}]/u.test(branch)) {
    throw new Error(`-c branch: expected a branch as git calls it, found ${JSON.stringify(given)}`);
  }
  // A workflow that passes on a request's or a tag's own name has chosen nothing.
  if (build?.of === 'request' && build.branch === branch) return { production: false, branch };
  if (build?.of === 'tag' && build.tag === branch) {
    throw new Error(`-c branch: ${JSON.stringify(branch)} is the tag that ${build.ci} builds, and a tag is no branch`);
  }
  return { production: branch === mainBranch, branch };
}

function pushed({ ci, branch, defaultBranch }: Build & { of: 'branch' }, mainBranch?: string): Deployment {
  const production = mainBranch ?? defaultBranch;
  if (production === undefined && branch === 'main') {
    throw new Error(
      `${ci} builds the branch main, and nothing says that it is production. expected: -c branch=main, or "mainBranch": "main" in the context of cdk.json`,
    );
  }
  return { production: branch === production, branch };
}

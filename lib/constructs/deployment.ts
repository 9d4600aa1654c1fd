import { readFileSync } from 'node:fs';
import type { IConstruct } from 'constructs';
import { buildIn } from '../branch/ci-systems.ts';
import { type Deployment, decideDeployment } from '../branch/deployment.ts';

/**
 * What this deploy is for: production, or the environment of a branch. It reads the context (`-c branch=<name>`; `mainBranch`, the name of
 * production's branch, `main` unless told otherwise) and then the variables of the CI system. Production is chosen and never guessed: by
 * `-c branch=<main branch>`, or by a CI system that builds a branch and says that it is the default one, or the one that the context
 * `mainBranch` names. Pull and merge requests are never production.
 *
 * @throws Error if nothing names a branch, for a tag, and for an event that runs on the default branch whatever it is about
 */
export function deploymentOf(
  scope: IConstruct,
  variables: Readonly<Record<string, string | undefined>> = process.env,
): Deployment {
  const context = (name: string): string | undefined => {
    const given: unknown = scope.node.tryGetContext(name);
    return given === undefined ? undefined : String(given);
  };
  return decideDeployment(
    { branch: context('branch'), mainBranch: context('mainBranch') },
    buildIn(variables, defaultBranchIn(variables['GITHUB_EVENT_PATH'])),
  );
}

/** The default branch that the event of a GitHub workflow names; undefined if there is no such file. */
function defaultBranchIn(path: string | undefined): string | undefined {
  if (!path) return undefined;
  try {
    const event = JSON.parse(readFileSync(path, 'utf8')) as { repository?: { default_branch?: unknown } } | null;
    const name = event?.repository?.default_branch;
    return typeof name === 'string' && name !== '' ? name : undefined;
  } catch {
    return undefined;
  }
}

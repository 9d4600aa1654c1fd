import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Variables } from '../../lib/branch/build.ts';
import { buildIn } from '../../lib/branch/ci-systems.ts';
import { type Choice, decideDeployment } from '../../lib/branch/deployment.ts';

/** `production`, the branch of an environment, or `refused`. */
function madeOf(variables: Variables, choice: Choice = {}, defaultBranch?: string): string {
  try {
    const { production, branch } = decideDeployment(choice, buildIn(variables, defaultBranch));
    return production ? 'production' : `environment ${branch}`;
  } catch {
    return 'refused';
  }
}

const requests: readonly (readonly [string, Variables, string])[] = [
  [
    'GitHub: main into a release branch',
    {
      GITHUB_EVENT_NAME: 'pull_request',
      GITHUB_HEAD_REF: 'main',
      GITHUB_BASE_REF: 'release/1',
      GITHUB_REF: 'refs/pull/12/merge',
      GITHUB_REF_NAME: '12/merge',
    },
    'environment main',
  ],
  ["GitHub: a fork's main", { GITHUB_HEAD_REF: 'main', GITHUB_REF_NAME: 'main' }, 'environment main'],
  [
    'GitHub: pull_request_target without a head',
    { GITHUB_EVENT_NAME: 'pull_request_target', GITHUB_REF: 'refs/heads/main', GITHUB_REF_NAME: 'main' },
    'refused',
  ],
  ['GitHub: a ref of a request', { GITHUB_REF: 'refs/pull/1/merge', GITHUB_REF_NAME: '1/merge' }, 'refused'],
  [
    'GitLab: a request from main',
    {
      CI_MERGE_REQUEST_SOURCE_BRANCH_NAME: 'main',
      CI_COMMIT_REF_NAME: 'main',
      CI_DEFAULT_BRANCH: 'main',
      CI_MERGE_REQUEST_SOURCE_PROJECT_PATH: 'someone/fork',
    },
    'environment main',
  ],
  [
    'GitLab: a request pipeline that names no branch',
    { CI_PIPELINE_SOURCE: 'merge_request_event', CI_COMMIT_REF_NAME: 'main', CI_DEFAULT_BRANCH: 'main' },
    'refused',
  ],
  ['GitLab: a ref of a request', { CI_COMMIT_REF_NAME: 'refs/merge-requests/1/head' }, 'refused'],
  [
    'Azure: a request from main',
    { SYSTEM_PULLREQUEST_SOURCEBRANCH: 'refs/heads/main', BUILD_SOURCEBRANCH: 'refs/pull/1/merge' },
    'environment main',
  ],
  ['Azure: a request without its branch', { BUILD_SOURCEBRANCH: 'refs/pull/1/merge' }, 'refused'],
  ['Azure: a build for a request', { BUILD_REASON: 'PullRequest', BUILD_SOURCEBRANCH: 'refs/heads/main' }, 'refused'],
  ['Bitbucket: a request', { BITBUCKET_PR_ID: '4', BITBUCKET_BRANCH: 'main' }, 'environment main'],
  [
    'CodeBuild: a request from main',
    { CODEBUILD_WEBHOOK_EVENT: 'PULL_REQUEST_UPDATED', CODEBUILD_WEBHOOK_HEAD_REF: 'refs/heads/main' },
    'environment main',
  ],
  [
    'CodeBuild: a request by its trigger',
    { CODEBUILD_WEBHOOK_TRIGGER: 'pr/12', CODEBUILD_WEBHOOK_HEAD_REF: 'refs/heads/main' },
    'environment main',
  ],
  ['CircleCI: a request', { CIRCLE_PULL_REQUEST: 'https://x/pull/1', CIRCLE_BRANCH: 'main' }, 'environment main'],
  ["CircleCI: a fork's request", { CIRCLE_BRANCH: 'pull/12' }, 'refused'],
  ['Buildkite: a request', { BUILDKITE_PULL_REQUEST: '7', BUILDKITE_BRANCH: 'main' }, 'environment main'],
  ['Jenkins: a request', { BRANCH_NAME: 'PR-12', CHANGE_ID: '12', CHANGE_BRANCH: 'main' }, 'environment main'],
  ['Jenkins: a request by its name', { BRANCH_NAME: 'PR-12', GIT_BRANCH: 'origin/main' }, 'refused'],
  ['Drone: a request', { DRONE_BRANCH: 'main', DRONE_SOURCE_BRANCH: 'feature/x' }, 'environment feature/x'],
  [
    'Drone: a request from main',
    { DRONE_BUILD_EVENT: 'pull_request', DRONE_BRANCH: 'main', DRONE_SOURCE_BRANCH: 'main', DRONE_REPO_BRANCH: 'main' },
    'environment main',
  ],
];

const tags: readonly (readonly [string, Variables])[] = [
  ['GitHub', { GITHUB_REF_NAME: 'v1', GITHUB_REF: 'refs/tags/v1', GITHUB_REF_TYPE: 'tag' }],
  ['GitHub, called main', { GITHUB_EVENT_NAME: 'push', GITHUB_REF_NAME: 'main', GITHUB_REF: 'refs/tags/main' }],
  ['GitHub by its type', { GITHUB_EVENT_NAME: 'push', GITHUB_REF_NAME: 'main', GITHUB_REF_TYPE: 'tag' }],
  ['GitLab', { CI_COMMIT_REF_NAME: 'main', CI_COMMIT_TAG: 'main', CI_DEFAULT_BRANCH: 'main' }],
  ['Bitbucket', { BITBUCKET_TAG: 'v1' }],
  ['Azure', { BUILD_SOURCEBRANCH: 'refs/tags/main' }],
  ['CodeBuild', { CODEBUILD_WEBHOOK_HEAD_REF: 'refs/tags/main' }],
  ['CodeBuild by its trigger', { CODEBUILD_WEBHOOK_TRIGGER: 'tag/main' }],
  ['CircleCI', { CIRCLE_TAG: 'main' }],
  ['Buildkite', { BUILDKITE_BRANCH: 'main', BUILDKITE_TAG: 'main', BUILDKITE_PIPELINE_DEFAULT_BRANCH: 'main' }],
  ['Jenkins', { BRANCH_NAME: 'main', TAG_NAME: 'main' }],
  ['Drone', { DRONE_BUILD_EVENT: 'tag', DRONE_TAG: 'main', DRONE_BRANCH: 'main', DRONE_REPO_BRANCH: 'main' }],
];

const unknown: readonly (readonly [string, Variables])[] = [
  ['a laptop', {}],
  ['CodeBuild under CodePipeline', { CODEBUILD_BUILD_ID: 'x', CODEBUILD_SOURCE_VERSION: 'arn:aws:s3:::x' }],
  ...['issue_comment', 'delete', 'create', 'workflow_run', 'schedule', 'repository_dispatch'].map(
    (event) =>
      [
        `the event ${event} on GitHub`,
        { GITHUB_EVENT_NAME: event, GITHUB_REF: 'refs/heads/main', GITHUB_REF_NAME: 'main' },
      ] as const,
  ),
];

describe('production is never', () => {
  it.each(requests)('a pull or merge request: %s', (_, variables, expected) => {
    expect(madeOf(variables, {}, 'main')).toBe(expected);
    expect(madeOf(variables, { mainBranch: 'main' }, 'main')).toBe(expected);
  });

  it.each(requests.filter(([, , made]) => made === 'environment main'))(
    "a pull or merge request whose workflow passes on the request's own branch: %s",
    (_, variables) => {
      expect(madeOf(variables, { branch: 'main' })).toBe('environment main');
    },
  );

  it.each(tags)('a tag: %s', (_, variables) => {
    expect(madeOf(variables, { mainBranch: 'main' }, 'main')).toBe('refused');
  });

  it('a tag whose workflow passes on its name', () => {
    expect(madeOf({ GITHUB_REF: 'refs/tags/main', GITHUB_REF_NAME: 'main' }, { branch: 'main' })).toBe('refused');
  });

  it.each(unknown)('what names no branch: %s', (_, variables) => {
    expect(madeOf(variables, { mainBranch: 'main' }, 'main')).toBe('refused');
  });

  it.each([
    ['GitHub', { GITHUB_EVENT_NAME: 'push', GITHUB_REF: 'refs/heads/feature/x', GITHUB_REF_NAME: 'feature/x' }],
    ['GitLab', { CI_COMMIT_BRANCH: 'feature/x', CI_DEFAULT_BRANCH: 'main' }],
    ['Azure', { BUILD_SOURCEBRANCH: 'refs/heads/feature/x' }],
    ['Bitbucket', { BITBUCKET_BRANCH: 'feature/x' }],
    ['CodeBuild', { CODEBUILD_WEBHOOK_HEAD_REF: 'refs/heads/feature/x' }],
    ['CircleCI', { CIRCLE_BRANCH: 'feature/x' }],
    ['Buildkite', { BUILDKITE_BRANCH: 'feature/x', BUILDKITE_PULL_REQUEST: 'false' }],
    ['Jenkins', { BRANCH_NAME: 'feature/x', GIT_BRANCH: 'origin/feature/x' }],
    ['Jenkins without branches', { GIT_BRANCH: 'origin/feature/x' }],
    ['Drone', { DRONE_BUILD_EVENT: 'push', DRONE_BRANCH: 'feature/x', DRONE_REPO_BRANCH: 'main' }],
  ])('another branch: %s', (_, variables) => {
    expect(madeOf(variables, {}, 'main')).toBe('environment feature/x');
    expect(madeOf(variables, { mainBranch: 'main' })).toBe('environment feature/x');
  });

  it('made of a name alone: a system that does not name its default branch is asked back', () => {
    expect(madeOf({ CIRCLE_BRANCH: 'main' })).toBe('refused');
    expect(madeOf({ GITHUB_EVENT_NAME: 'push', GITHUB_REF: 'refs/heads/main', GITHUB_REF_NAME: 'main' })).toBe(
      'refused',
    );
  });

  it('made of whatever variables are set, unless a branch was pushed that a system calls the default one', () => {
    const name = fc.constantFrom(
      ...[...requests, ...tags, ...unknown].flatMap(([, variables]) => Object.keys(variables)),
    );
    const value = fc.constantFrom('main', 'refs/heads/main', 'refs/tags/main', 'refs/pull/1/merge', '', 'false', '1');
    fc.assert(
      fc.property(fc.dictionary(name, value), (variables) => {
        const made = madeOf(variables);
        const says = ['CI_DEFAULT_BRANCH', 'DRONE_REPO_BRANCH', 'BUILDKITE_PIPELINE_DEFAULT_BRANCH'];
        if (!says.some((each) => variables[each])) expect(made).not.toBe('production');
      }),
      { numRuns: 2000 },
    );
  });
});

describe('production is', () => {
  it.each([{}, { GITHUB_EVENT_NAME: 'issue_comment', GITHUB_REF_NAME: 'main' }, { CODEBUILD_BUILD_ID: 'x' }])(
    'what a person calls by the name of the main branch, in %j',
    (variables) => {
      expect(madeOf(variables, { branch: 'main' })).toBe('production');
      expect(madeOf(variables, { branch: 'refs/heads/main' })).toBe('production');
      expect(madeOf(variables, { branch: 'trunk', mainBranch: 'trunk' })).toBe('production');
      expect(madeOf(variables, { branch: 'main', mainBranch: 'trunk' })).toBe('environment main');
    },
  );

  it('also in a request of another branch, for a diff', () => {
    expect(madeOf({ GITHUB_HEAD_REF: 'feature/x' }, { branch: 'main' })).toBe('production');
  });

  it.each([
    ['GitLab', { CI_COMMIT_BRANCH: 'trunk', CI_DEFAULT_BRANCH: 'trunk' }],
    ['Buildkite', { BUILDKITE_BRANCH: 'trunk', BUILDKITE_PIPELINE_DEFAULT_BRANCH: 'trunk' }],
    ['Drone', { DRONE_BUILD_EVENT: 'push', DRONE_BRANCH: 'trunk', DRONE_REPO_BRANCH: 'trunk' }],
    ['Jenkins', { BRANCH_NAME: 'trunk', BRANCH_IS_PRIMARY: 'true' }],
    ['GitHub', { GITHUB_EVENT_NAME: 'push', GITHUB_REF: 'refs/heads/trunk', GITHUB_REF_NAME: 'trunk' }],
  ])('the branch that %s builds and calls the default one', (_, variables) => {
    expect(madeOf(variables, {}, 'trunk')).toBe('production');
    expect(madeOf(variables, { mainBranch: 'main' }, 'trunk')).toBe('environment trunk');
  });

  it.each([
    ['Azure', { BUILD_SOURCEBRANCH: 'refs/heads/main' }],
    ['Bitbucket', { BITBUCKET_BRANCH: 'main' }],
    ['CodeBuild', { CODEBUILD_WEBHOOK_EVENT: 'PUSH', CODEBUILD_WEBHOOK_HEAD_REF: 'refs/heads/main' }],
    ['CircleCI', { CIRCLE_BRANCH: 'main' }],
    ['GitHub', { GITHUB_EVENT_NAME: 'push', GITHUB_REF: 'refs/heads/main', GITHUB_REF_NAME: 'main' }],
  ])('the branch that %s builds and the app calls its main branch', (_, variables) => {
    expect(madeOf(variables, { mainBranch: 'main' })).toBe('production');
  });
});

describe('a branch that a person names', () => {
  it.each(['', ' ', ' main', 'main\n', 'refs/tags/main', 'refs/pull/1/merge', 'a\u0000b'])(
    'is refused if it is %j',
    (branch) => {
      expect(() => decideDeployment({ branch }, undefined)).toThrow('-c branch: expected');
    },
  );

  it.each(['Main', 'origin/main', 'feature/x'])('is an environment if it is %j', (branch) => {
    expect(madeOf({}, { branch })).toBe(`environment ${branch}`);
  });
});

it('says what to pass', () => {
  expect(() => decideDeployment({}, undefined)).toThrow('-c branch=main for production');
});

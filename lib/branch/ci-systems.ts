import { type Build, branchOfRef, isRequestRef, type Reader, tagOfRef, type Variables } from './build.ts';
import { gitHub } from './github.ts';

const gitLab: Reader = (v) => {
  const ci = 'GitLab';
  const source = v['CI_MERGE_REQUEST_SOURCE_BRANCH_NAME'] || v['CI_EXTERNAL_PULL_REQUEST_SOURCE_BRANCH_NAME'];
  const isRequest =
    source ||
    v['CI_MERGE_REQUEST_IID'] ||
    /request/.test(v['CI_PIPELINE_SOURCE'] ?? '') ||
    isRequestRef(v['CI_COMMIT_REF_NAME']);
  if (isRequest) return requestOf(ci, source);
  if (v['CI_COMMIT_TAG']) return { of: 'tag', ci, tag: v['CI_COMMIT_TAG'] };
  // GitLab sets CI_COMMIT_BRANCH in branch pipelines alone; CI_COMMIT_REF_NAME may be a tag or a request.
  return v['CI_COMMIT_BRANCH']
    ? branchOf(ci, v['CI_COMMIT_BRANCH'], v['CI_DEFAULT_BRANCH'])
    : (v['CI_COMMIT_REF_NAME'] && branchOf(ci, v['CI_COMMIT_REF_NAME'])) || undefined;
};

const azure: Reader = (v) => {
  const ci = 'Azure Pipelines';
  const ref = v['BUILD_SOURCEBRANCH'];
  const source = v['SYSTEM_PULLREQUEST_SOURCEBRANCH'];
  if (source || v['SYSTEM_PULLREQUEST_PULLREQUESTID'] || v['BUILD_REASON'] === 'PullRequest' || isRequestRef(ref)) {
    return requestOf(ci, source);
  }
  return refOf(ci, ref);
};

const bitbucket: Reader = (v) => {
  const ci = 'Bitbucket';
  if (v['BITBUCKET_PR_ID']) return requestOf(ci, v['BITBUCKET_BRANCH']);
  if (v['BITBUCKET_TAG']) return { of: 'tag', ci, tag: v['BITBUCKET_TAG'] };
  return v['BITBUCKET_BRANCH'] ? branchOf(ci, v['BITBUCKET_BRANCH']) : undefined;
};

const codeBuild: Reader = (v) => {
  const ci = 'CodeBuild';
  const ref = v['CODEBUILD_WEBHOOK_HEAD_REF'];
  const trigger = v['CODEBUILD_WEBHOOK_TRIGGER'] ?? '';
  const isRequest =
    /^PULL_REQUEST/.test(v['CODEBUILD_WEBHOOK_EVENT'] ?? '') ||
    /^pr\//.test(trigger) ||
    v['CODEBUILD_WEBHOOK_BASE_REF'] ||
    isRequestRef(ref);
  if (isRequest) return requestOf(ci, ref);
  if (/^tag\//.test(trigger)) return { of: 'tag', ci, tag: trigger.slice('tag/'.length) };
  if (ref) return refOf(ci, ref);
  return v['CODEBUILD_BUILD_ID'] ? { of: 'unknown', ci, why: 'a build without a webhook names no branch' } : undefined;
};

const circle: Reader = (v) => {
  const ci = 'CircleCI';
  const branch = v['CIRCLE_BRANCH'];
  if (v['CIRCLE_PULL_REQUEST'] || v['CIRCLE_PULL_REQUESTS'] || v['CIRCLE_PR_NUMBER'] || isRequestRef(branch)) {
    return requestOf(ci, branch);
  }
  if (v['CIRCLE_TAG']) return { of: 'tag', ci, tag: v['CIRCLE_TAG'] };
  return branch ? branchOf(ci, branch) : undefined;
};

const buildkite: Reader = (v) => {
  const ci = 'Buildkite';
  const request = v['BUILDKITE_PULL_REQUEST'];
  if (request && request !== 'false') return requestOf(ci, v['BUILDKITE_BRANCH']);
  if (v['BUILDKITE_TAG']) return { of: 'tag', ci, tag: v['BUILDKITE_TAG'] };
  return v['BUILDKITE_BRANCH']
    ? branchOf(ci, v['BUILDKITE_BRANCH'], v['BUILDKITE_PIPELINE_DEFAULT_BRANCH'])
    : undefined;
};

const drone: Reader = (v) => {
  const ci = 'Drone';
  const [event, branch, source] = [v['DRONE_BUILD_EVENT'], v['DRONE_BRANCH'], v['DRONE_SOURCE_BRANCH']];
  if (v['DRONE_PULL_REQUEST'] || event === 'pull_request' || (source && source !== branch)) {
    return requestOf(ci, source);
  }
  if (v['DRONE_TAG'] || event === 'tag') return { of: 'tag', ci, tag: v['DRONE_TAG'] ?? '' };
  // A target branch is also named by promotions, rollbacks and cron jobs.
  return branch ? branchOf(ci, branch, event === 'push' ? v['DRONE_REPO_BRANCH'] : undefined) : undefined;
};

const jenkins: Reader = (v) => {
  const ci = 'Jenkins';
  const branch = v['BRANCH_NAME'] || v['GIT_BRANCH']?.replace(/^(refs\/remotes\/)?origin\//, '');
  if (v['CHANGE_ID'] || v['CHANGE_BRANCH'] || v['ghprbPullId'] || /^(PR|MR)-\d+/.test(branch ?? '')) {
    return requestOf(ci, v['CHANGE_BRANCH'] || v['ghprbSourceBranch']);
  }
  if (v['TAG_NAME']) return { of: 'tag', ci, tag: v['TAG_NAME'] };
  return branch ? branchOf(ci, branch, v['BRANCH_IS_PRIMARY'] === 'true' ? branch : undefined) : undefined;
};

const branchOf = (ci: string, ref: string, defaultBranch?: string): Build => refOf(ci, ref, defaultBranch) as Build;

function refOf(ci: string, ref: string | undefined, defaultBranch?: string): Build | undefined {
  if (!ref) return undefined;
  if (isRequestRef(ref)) return { of: 'request', ci };
  const tag = tagOfRef(ref);
  if (tag) return { of: 'tag', ci, tag };
  return { of: 'branch', ci, branch: branchOfRef(ref), ...(defaultBranch ? { defaultBranch } : {}) };
}

/** A request's own branch; a ref such as `refs/pull/12/head` names none. */
const requestOf = (ci: string, ref: string | undefined): Build =>
  !ref || isRequestRef(ref) ? { of: 'request', ci } : { of: 'request', ci, branch: branchOfRef(ref) };

/**
 * The first system that says what it builds. A system of builds on top of another, such as CodeBuild with GitHub's runner, comes later.
 * `defaultBranch` is what the event of a GitHub workflow says of the repository.
 */
export function buildIn(variables: Variables, defaultBranch?: string): Build | undefined {
  const readers = [gitHub(defaultBranch), gitLab, bitbucket, azure, circle, buildkite, drone, codeBuild, jenkins];
  for (const read of readers) {
    const build = read(variables);
    if (build) return build;
  }
  return undefined;
}

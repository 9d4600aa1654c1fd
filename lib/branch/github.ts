import { branchOfRef, isRequestRef, type Reader, tagOfRef } from './build.ts';

const ci = 'GitHub Actions';

/** The events whose ref is what is checked out. All others run on the default branch, whatever they are about. */
const eventsOfTheirRef = ['push', 'workflow_dispatch', 'merge_group'];

/** Reads GitHub's variables. The default branch stands in the event's file, as `repository.default_branch`, and in no variable. */
export const gitHub =
  (defaultBranch?: string): Reader =>
  (v) => {
    const [head, event, ref, name] = [
      v['GITHUB_HEAD_REF'],
      v['GITHUB_EVENT_NAME'],
      v['GITHUB_REF'],
      v['GITHUB_REF_NAME'],
    ];
    if (head) return { of: 'request', ci, branch: head };
    if (/^pull_request/.test(event ?? '') || isRequestRef(ref) || /^\d+\/(merge|head)$/.test(name ?? '')) {
      return { of: 'request', ci };
    }
    const tag = tagOfRef(ref) ?? (v['GITHUB_REF_TYPE'] === 'tag' ? name : undefined);
    if (tag) return { of: 'tag', ci, tag };
    const branch = name || (ref && branchOfRef(ref));
    if (!branch) return undefined;
    if (event && !eventsOfTheirRef.includes(event)) {
      return { of: 'unknown', ci, why: `the event ${event} runs on the default branch, whatever it is about` };
    }
    return { of: 'branch', ci, branch, ...(event && defaultBranch ? { defaultBranch } : {}) };
  };

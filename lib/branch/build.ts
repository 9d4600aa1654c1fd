/** The variables of an environment. */
export type Variables = Readonly<Record<string, string | undefined>>;

/** What a CI system says that it builds. */
export type Build =
  /** A branch, as it was pushed. `defaultBranch` is there if the system names the repository's. */
  | { readonly of: 'branch'; readonly ci: string; readonly branch: string; readonly defaultBranch?: string }
  /** A pull or merge request, with its own branch if the system names it. */
  | { readonly of: 'request'; readonly ci: string; readonly branch?: string }
  | { readonly of: 'tag'; readonly ci: string; readonly tag: string }
  /** Something else, such as an event that runs on the default branch and may check out anything. */
  | { readonly of: 'unknown'; readonly ci: string; readonly why: string };

/** What a CI system says in its variables, or undefined for a system that is not known, and outside of CI. */
export type Reader = (variables: Variables) => Build | undefined;

/** The branch of a ref, or the text itself if it is none. */
export const branchOfRef = (ref: string): string => ref.replace(/^refs\/heads\//, '');

/** Whether a ref is that of a pull or merge request. */
export const isRequestRef = (ref = ''): boolean => /^(refs\/)?(pull|pull-requests|merge-requests)\/\d+/.test(ref);

/** The tag of a ref; undefined if it is none. */
export const tagOfRef = (ref = ''): string | undefined => /^refs\/tags\/(.+)$/.exec(ref)?.[1];

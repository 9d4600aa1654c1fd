/** One thing that was looked at before it matters. */
export interface Check {
  readonly name: string;
  readonly result: 'ok' | 'warning' | 'problem';
  /** What is there, in words. */
  readonly found: string;
  /** The remedy; null if it is ok. */
  readonly todo: string | null;
}

export const ok = (name: string, found: string): Check => ({ name, result: 'ok', found, todo: null });
export const warning = (name: string, found: string, todo: string): Check => ({ name, result: 'warning', found, todo });
export const problem = (name: string, found: string, todo: string): Check => ({ name, result: 'problem', found, todo });

import { jsonText, paint, type Terminal, wrap } from './terminal.ts';

/** What a command did, and how to undo it. */
export interface CommandResult {
  /** The one document that `--json` prints. */
  readonly json: object;
  readonly what: string;
  /** Further lines by their name. */
  readonly more?: Readonly<Record<string, string>>;
  /** The command that takes it back. */
  readonly undo?: string;
}

/** Prints what a command did. Every write says how to undo it. Answers the exit code 0. */
export function printResult(
  { out }: Terminal,
  flags: Readonly<Record<string, string | boolean | undefined>>,
  { json, what, more = {}, undo }: CommandResult,
): number {
  if (flags['json']) {
    out.write(jsonText({ ...json, ...(undo ? { undo } : {}) }));
    return 0;
  }
  for (const line of wrap(what, 78)) out.write(`${line}\n`);
  for (const [name, text] of Object.entries({ ...more, ...(undo ? { undo } : {}) })) {
    const lines = wrap(text, 66);
    lines.forEach((line, index) => {
      out.write(`  ${paint(out, 'dim', (index === 0 ? name : '').padEnd(10))} ${line}\n`);
    });
  }
  return 0;
}

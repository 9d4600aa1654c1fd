import { Writable } from 'node:stream';
import type { Account } from '../../lib/cli/account.ts';
import { main } from '../../lib/cli/main.ts';

/** What a command printed where, and its exit code. */
export interface Run {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** Runs the command line with its output piped. */
export const run = (...words: readonly string[]): Promise<Run> => runIn(undefined, ...words);

/** The same on an account that is handed in. */
export async function runIn(account: Account | undefined, ...words: readonly string[]): Promise<Run> {
  const printed = { out: '', err: '' };
  const stream = (name: 'out' | 'err') =>
    new Writable({
      write(chunk, _encoding, done) {
        printed[name] += String(chunk);
        done();
      },
    }) as unknown as NodeJS.WriteStream;
  const terminal = { out: stream('out'), err: stream('err') };
  const code = await (account ? main(words, terminal, async () => account) : main(words, terminal));
  return { code, ...printed };
}

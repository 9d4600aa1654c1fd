import { Writable } from 'node:stream';
import { main } from '../../lib/cli/main.ts';

/** What a command printed where, and its exit code. */
export interface Run {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** Runs the command line with its output piped. */
export async function run(...words: readonly string[]): Promise<Run> {
  const printed = { out: '', err: '' };
  const stream = (name: 'out' | 'err') =>
    new Writable({
      write(chunk, _encoding, done) {
        printed[name] += String(chunk);
        done();
      },
    }) as unknown as NodeJS.WriteStream;
  const code = await main(words, { out: stream('out'), err: stream('err') });
  return { code, ...printed };
}

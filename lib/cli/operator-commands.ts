import { Writable } from 'node:stream';
import type { Clients } from '../aws/handler/clients.ts';
import { pause } from '../aws/handler/pause.ts';
import type { OperatorCommands } from '../rehearsal/simulation/controller.ts';
import type { Account } from './account.ts';
import { onCallCommands } from './on-call.ts';
import { loadAll, runOne } from './run.ts';

/** The real command line, for the operators of a rehearsal. */
export const commands: OperatorCommands = {
  async load() {
    await loadAll(onCallCommands);
  },
  async run(line, clients) {
    const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() }) as unknown as NodeJS.WriteStream;
    await runOne(onCallCommands, wordsIn(line), { out: nowhere, err: nowhere }, async () => accountOf(clients));
  },
};

/** Splits a line as a shell does: at spaces, but not within double quotes. */
export const wordsIn = (line: string): string[] =>
  [...line.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, word]) => quoted ?? (word as string));

/** An account whose caller is an operator. A rehearsal lacks some services: commands that need them fail as without a network. */
export const accountOf = (clients: Clients): Account =>
  ({
    ...clients,
    caller: async () => 'arn:aws:iam::123456789012:user/operator',
    pause: (seconds: number) => pause(seconds * 1000),
  }) as unknown as Account;

import { Writable } from 'node:stream';
import type { Clients } from '../aws/handler/clients.ts';
import { pause } from '../aws/handler/pause.ts';
import type { OperatorCommands } from '../rehearsal/simulation/controller.ts';
import type { Account } from './account.ts';
import { onCallCommands } from './on-call.ts';
import { loadAll, runOne } from './run.ts';

/** The real command line for operators of a rehearsal. */
export const commands: OperatorCommands = {
  async load() {
    await loadAll(onCallCommands);
  },
  async run(line, clients) {
    const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() }) as unknown as NodeJS.WriteStream;
    await runOne(onCallCommands, wordsIn(line), { out: nowhere, err: nowhere }, async () => accountOf(clients));
  },
};

/** The words of a line, as a shell would take them apart: at spaces, but not within double quotes. */
export const wordsIn = (line: string): string[] =>
  [...line.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, word]) => quoted ?? (word as string));

/** An account whose caller is an operator. Commands that ask services which a rehearsal lacks fail as they do without a network. */
export const accountOf = (clients: Clients): Account =>
  ({
    ...clients,
    sts: { send: async () => ({ Arn: 'arn:aws:iam::123456789012:user/operator' }) },
    pause: (seconds: number) => pause(seconds * 1000),
  }) as unknown as Account;

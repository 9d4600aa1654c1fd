import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { readEnvironments, removeEnvironment } from '../../../aws/stack/environments.ts';
import { prunable } from '../../environments.ts';
import type { Command } from '../../terminal/command.ts';
import { CommandRefused } from '../../terminal/command-refused.ts';
import { jsonText } from '../../terminal/terminal.ts';

/** `sluice env prune`: deletes environments whose branch is gone. */
export const envPrune: Command = {
  usage: 'sluice env prune --service NAME [--yes] [--stdin] [--json]',
  summary:
    'Deletes the environments of a service whose branches no longer exist on the remote. Without --yes it only shows them.',
  example: 'git branch -r --format="%(refname:lstrip=3)" | sluice env prune --service checkout --stdin --yes',
  options: {
    yes: 'deletes them; without it nothing is done',
    stdin: 'reads the existing branches from standard input, one a line, instead of asking git for those of origin',
    service: 'the service of this repository; the environments of others are left alone',
    json: 'prints { "dryRun": ..., "removed": [...], "kept": [...] }',
  },
  values: ['service'],
  operands: [],
  async run({ flags }, { out }, account) {
    const service = flags['service'];
    if (typeof service !== 'string' || service === '') {
      throw new CommandRefused(
        "the branches of this repository tell nothing about other services' environments; nothing was done.\n\n  expected: --service NAME, the service of this repository",
      );
    }
    const branches = flags['stdin'] ? linesOf(readFileSync(0, 'utf8')) : remoteBranches();
    if (branches.length === 0) {
      throw new CommandRefused(
        'no branch exists, so every environment would be deleted; nothing was done.\n\n  expected: the names of branches, one a line',
      );
    }
    const clients = await account();
    const all = (await readEnvironments(clients.cloudformation)).filter((each) => each.service === service);
    const gone = prunable(all, service, branches);
    const kept = all.filter((each) => !gone.includes(each));
    if (flags['yes']) for (const each of gone) await removeEnvironment(clients.cloudformation, each);
    if (flags['json']) {
      const names = (list: typeof all) => list.map(({ branch, stack }) => ({ branch, stack }));
      out.write(jsonText({ dryRun: !flags['yes'], removed: names([...gone]), kept: names(kept) }));
      return 0;
    }
    const fate = flags['yes'] ? 'is being deleted' : 'would be deleted';
    for (const { branch, stack } of gone) out.write(`${stack} ${fate}: there is no branch ${branch}\n`);
    for (const { stack, branch } of kept.filter(({ proven }) => !proven)) {
      out.write(`${stack} is kept: its name does not follow from its tags (branch ${branch})\n`);
    }
    out.write(`${kept.length} kept, ${gone.length} ${flags['yes'] ? 'deleted' : 'to delete; add --yes to do it'}\n`);
    return 0;
  },
};

function remoteBranches(): string[] {
  try {
    const refs = execFileSync('git', ['ls-remote', '--heads', 'origin'], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    return linesOf(refs).map((line) => line.replace(/^\S+\s+refs\/heads\//, ''));
  } catch (error) {
    throw new CommandRefused(
      `git could not list the branches of origin (${(error as Error).message.split('\n')[0]}).\n\n  try: --stdin with one branch a line`,
    );
  }
}

const linesOf = (text: string): string[] =>
  text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');

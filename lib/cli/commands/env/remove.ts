import { removeEnvironment } from '../../../aws/stack/environments.ts';
import { environmentOf } from '../../environments.ts';
import type { Command } from '../../terminal/command.ts';
import { jsonText } from '../../terminal/terminal.ts';

/** `sluice env remove`: deletes a branch's environment by name. */
export const envRemove: Command = {
  usage: 'sluice env remove <branch> [--service NAME] [--json]',
  summary: "Deletes a branch's environment, even a protected one. Production is not an environment.",
  example: 'sluice env remove -- feature/login',
  options: {
    json: 'prints { "branch": ..., "removed": "<stack>" }',
    service: 'the service, if several have this branch',
  },
  values: ['service'],
  operands: ['branch'],
  async run({ operands: [branch], flags }, { out }, account) {
    const clients = await account();
    const environment = await environmentOf(clients, branch as string, flags['service']);
    await removeEnvironment(clients.cloudformation, environment);
    out.write(
      flags['json']
        ? jsonText({ branch: environment.branch, removed: environment.stack }, 0)
        : `${environment.stack} is being deleted; deploy the branch again to get it back.\n`,
    );
    return 0;
  },
};

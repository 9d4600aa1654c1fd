import { readControllers, type StandaloneController } from '../../../aws/controller/controllers.ts';
import { readRegistrations } from '../../../aws/stack/registrations.ts';
import { readControllerVersion } from '../../../aws/states/controller-tag.ts';
import { listExecutions } from '../../../aws/states/executions.ts';
import type { Command } from '../../terminal/command.ts';
import { jsonText, paint, type Terminal } from '../../terminal/terminal.ts';

/** A controller and what it does. */
interface Listed extends StandaloneController {
  /** The release of Sluice that deployed it; null if that is not known. */
  readonly release: string | null;
  readonly aliases: number;
  readonly running: number;
}

/** `sluice controller list`: the standalone controllers of the account and region. */
export const controllerList: Command = {
  usage: 'sluice controller list [--json]',
  summary: 'Lists the standalone controllers: release, aliases, running rollouts, service token.',
  example: 'sluice controller list',
  options: { json: 'prints one JSON document: { "controllers": [...] }' },
  operands: [],
  async run({ flags }, terminal, account) {
    const { cloudformation, sfn, ssm } = await account();
    const controllers = await readControllers(cloudformation);
    const registered = controllers.length === 0 ? [] : await readRegistrations(ssm);
    const listed: Listed[] = [];
    for (const controller of controllers) {
      const { stateMachineArn } = controller;
      const { executions } = await listExecutions(sfn, { stateMachineArn, statusFilter: 'RUNNING' }, 1);
      listed.push({
        ...controller,
        release: (await readControllerVersion(sfn, stateMachineArn)) ?? null,
        aliases: registered.filter(({ registration }) => registration.stateMachineArn === stateMachineArn).length,
        running: executions.length,
      });
    }
    if (flags['json']) terminal.out.write(jsonText({ controllers: listed }));
    else show(listed, terminal);
    return 0;
  },
};

function show(listed: readonly Listed[], { out }: Terminal): void {
  if (listed.length === 0) {
    out.write('There is no standalone controller in this account and region.\n  sluice controller deploy makes one.\n');
    return;
  }
  for (const { name, release, aliases, running, serviceToken } of listed) {
    const rollouts =
      running === 0 ? 'no rollout runs' : `${running} ${running === 1 ? 'rollout runs' : 'rollouts run'}`;
    out.write(`${paint(out, 'bold', name)}  ${paint(out, 'dim', release ?? 'unknown release')}\n`);
    out.write(`  ${aliases} ${aliases === 1 ? 'alias' : 'aliases'}, ${rollouts}\n`);
    out.write(`  ${serviceToken}\n`);
  }
}

import { ADOPTED_PLACE, type Adoptable, type Adoption, adopt, readAdoptable } from '../../aws/controller/adoption.ts';
import { controllerOf } from '../../operations/resolve-alias.ts';
import { formatTarget } from '../../rollout/alias/format-target.ts';
import { registrationName } from '../../rollout/contracts/registration.ts';
import { MANAGED_TAG } from '../../rollout/contracts/tags.ts';
import { policySchema } from '../../rollout/policy/policy.ts';
import { controllerNameIn } from '../controller-name.ts';
import { parseTarget } from '../target.ts';
import type { Command } from '../terminal/command.ts';
import { CommandRefused } from '../terminal/command-refused.ts';
import { readInput } from '../terminal/input.ts';
import { printResult } from '../terminal/print-result.ts';

/** `sluice adopt`: hands over an alias that a script or the console deploys. */
export const adoptCommand: Command = {
  usage: 'sluice adopt <function:alias> --controller NAME [--policy FILE] [--yes] [--json]',
  summary:
    "Hands an alias that no stack deploys over to a standalone controller: tags its function, registers the alias with its policy, and puts the owner's mark on it. No traffic moves. Without --yes it only shows that.",
  example: 'sluice adopt checkout:live --controller sluice --yes',
  options: {
    controller: 'the name of the controller',
    policy: 'a policy file for rollouts that are started without one; without it each start brings its own',
    yes: 'does it; without it nothing is done',
    json: 'prints { "function", "alias", "controller", "dryRun", "changes": [...] }',
  },
  values: ['controller', 'policy'],
  operands: ['function:alias'],
  async run({ operands: [text], flags }, terminal, account) {
    const { function: functionName, alias: aliasName } = parseTarget(text as string);
    if (aliasName === undefined) {
      throw new CommandRefused(`${text} names no alias.\n\n  expected: ${functionName}:live, with the alias's name`);
    }
    const controller = controllerNameIn(flags['controller'] ?? '');
    const policy = flags['policy'] === undefined ? undefined : readInput(String(flags['policy']), policySchema);
    const aws = await account();
    const name = { functionName, aliasName };
    const stateMachineArn = await controllerOf(aws, { ...name, registration: undefined }, controller);
    const adoption: Adoption = { ...name, controller, stateMachineArn };
    const found = await readAdoptable(aws.lambda, adoption);
    if (found.refused !== undefined) throw new CommandRefused(`${found.refused}; nothing was done.`);
    const dryRun = !flags['yes'];
    const parameter = registrationName(functionName, aliasName, ADOPTED_PLACE);
    const undo = `aws ssm delete-parameter --name ${parameter}; aws lambda untag-resource --resource ${found.functionArn} --tag-keys ${MANAGED_TAG}`;
    const claimed = dryRun ? undefined : await adopt(aws, adoption, found, policy);
    if (claimed !== undefined) {
      throw new CommandRefused(
        `${claimed}. That was written while the alias was handed over: its function is tagged and it is registered already.\n\n  undo: ${undo}`,
      );
    }
    const changes = changesOf(adoption, found, parameter);
    return printResult(terminal, flags, {
      json: { function: functionName, alias: aliasName, controller, dryRun, changes },
      what: `${dryRun ? 'would hand' : 'handed'} ${formatTarget(name)} over to controller ${controller}`,
      more: {
        ...Object.fromEntries(changes.map((change, index) => [['tag', 'parameter', 'mark'][index], change])),
        ...(dryRun ? { 'to do it': 'add --yes' } : { next: `sluice start ${formatTarget(name)} --version newest` }),
      },
      undo,
    });
  },
};

function changesOf({ controller }: Adoption, { tag, isMarked }: Adoptable, parameter: string): readonly string[] {
  return [
    `${MANAGED_TAG} = ${controller} on the function${tag === undefined ? '' : ', as it is already'}`,
    `${parameter}: its controller and its policy`,
    isMarked ? 'on the alias already' : "the owner's mark at the end of the alias's description",
  ];
}

import { isNamed } from '../../../aws/handler/errors.ts';
import { durableExecutionsOn, isDurable } from '../../../aws/lambda/durable-executions.ts';
import { deleteVersion, readAliases, readProvisioned, readVersions } from '../../../aws/lambda/versions.ts';
import { lastRolloutsOf, runningRolloutsOf } from '../../../aws/states/function-rollouts.ts';
import { oneLine } from '../../../rollout/contracts/text.ts';
import {
  FEWEST_KEPT,
  type NamedAlias,
  type PrunedRollout,
  type PruneFacts,
  pruningOf,
} from '../../../rollout/decisions/prune.ts';
import type { Account } from '../../account.ts';
import { controllersOf } from '../../controllers.ts';
import { controllerIn, controllerOption } from '../../target.ts';
import { type Command, EXIT_FAILED } from '../../terminal/command.ts';
import { CommandRefused } from '../../terminal/command-refused.ts';
import { ProgressBar } from '../../terminal/progress-bar.ts';
import { jsonText, paint, type Terminal, wrap } from '../../terminal/terminal.ts';
import { bytes, ofFunction, parseFunction } from '../../versions.ts';

const MOST_KEPT = 10_000;
const NO_UNDO =
  'A deleted version cannot be brought back: deploying its code again publishes another version under another number.';

/** The result for every version. */
interface Pruned {
  readonly removed: readonly string[];
  readonly kept: PruneKept;
  /** Why it stopped early. */
  readonly failure?: string;
}
type PruneKept = readonly { readonly version: string; readonly why: readonly string[] }[];

/** `sluice versions prune`: deletes versions that nothing needs. */
export const versionsPrune: Command = {
  usage: 'sluice versions prune <function> [--keep 10] [--yes] [--json]',
  summary:
    'Deletes published versions that nothing needs. Keeps versions that an alias serves or may go back to, both versions of every rollout under way and of the last one, versions with provisioned concurrency or with durable executions under way, and the newest ones. Without --yes it only shows them. Direct invocations of a version number are not detected.',
  example: 'sluice versions prune checkout --keep 5 --yes',
  options: {
    keep: `how many of the newest versions stay in any case, at least ${FEWEST_KEPT} (10)`,
    yes: 'deletes them; without it nothing is done',
    ...controllerOption,
    json: 'prints { "function", "dryRun", "removed": [...], "kept": [...], "failure", "undo": null, "note" }',
  },
  values: ['keep', 'controller'],
  operands: ['function'],
  async run({ operands: [text], flags }, terminal, account) {
    const functionName = parseFunction(text as string);
    const keep = Number(flags['keep'] ?? 10);
    if (!Number.isInteger(keep) || keep < FEWEST_KEPT || keep > MOST_KEPT) {
      throw new CommandRefused(
        `--keep: found ${flags['keep']}, expected a whole number from ${FEWEST_KEPT} to ${MOST_KEPT}: the stack's own rollback needs the version before the newest.`,
      );
    }
    const controller = controllerIn(flags);
    const aws = await account();
    const versions = await ofFunction(functionName, readVersions(aws.lambda, functionName));
    const aliases = await readAliases(aws.lambda, functionName);
    const facts: PruneFacts = {
      versions: versions.map(({ version }) => version),
      aliases,
      rollouts: await rolloutsOf(aws, functionName, aliases, controller, terminal),
      provisioned: [...(await readProvisioned(aws.lambda, functionName)).keys()],
      keep,
    };
    const durable = await isDurable(aws.lambda, functionName);
    const dryRun = !flags['yes'];
    const pruned: Pruned = dryRun
      ? pruningOf(await withBusy(aws, functionName, facts, durable))
      : await removeAll(aws, functionName, facts, durable, terminal);
    const { removed, kept, failure } = pruned;
    if (flags['json']) {
      const json = {
        function: functionName,
        dryRun,
        removed,
        kept,
        failure: failure ?? null,
        undo: null,
        note: NO_UNDO,
      };
      terminal.out.write(jsonText(json));
    } else {
      const freed = versions
        .filter(({ version }) => removed.includes(version))
        .reduce((sum, { size }) => sum + size, 0);
      show(functionName, { ...pruned, dryRun, freed }, terminal);
    }
    if (failure === undefined) return 0;
    terminal.err.write(`sluice: ${failure}\n`);
    return EXIT_FAILED;
  },
};

/**
 * The rollouts whose versions stay.
 *
 * @throws ControllerUnknown if the controller of an alias is not known
 * @throws CommandRefused if a controller cannot be read: it might have a candidate without weight
 */
async function rolloutsOf(
  aws: Account,
  functionName: string,
  aliases: readonly NamedAlias[],
  controller: string | undefined,
  terminal: Terminal,
): Promise<readonly PrunedRollout[]> {
  const progress = new ProgressBar(terminal, 'rollouts read');
  const onRead = () => progress.step();
  const found: PrunedRollout[] = [];
  for (const { stateMachineArn, aliasNames } of await controllersOf(aws, functionName, aliases, controller)) {
    try {
      found.push(...(await runningRolloutsOf(aws.sfn, stateMachineArn, functionName, onRead)));
      found.push(...(await lastRolloutsOf(aws.sfn, stateMachineArn, functionName, aliasNames, onRead)));
    } catch (error) {
      if (!('$metadata' in (error as object))) throw error;
      const { name, message } = error as Error;
      throw new CommandRefused(
        `the rollouts of ${functionName} cannot be read, so the versions that they need are not known; nothing was done.\n\n  ${stateMachineArn}\n  ${name}: ${oneLine(message)}`,
      );
    } finally {
      progress.end();
    }
  }
  return found;
}

/** Looks which of the versions that would go have durable executions. */
async function withBusy(
  { lambda }: Account,
  functionName: string,
  facts: PruneFacts,
  durable: boolean,
): Promise<PruneFacts> {
  if (!durable) return facts;
  const busy: { readonly version: string; readonly why: string }[] = [];
  for (const version of pruningOf(facts).removed) {
    const why = await durableExecutionsOn(lambda, functionName, version);
    if (why !== undefined) busy.push({ version, why });
  }
  return { ...facts, busy };
}

/**
 * Deletes one version after the other. Before each it reads the aliases again, for they may have moved, and looks again for durable
 * executions.
 */
async function removeAll(
  aws: Account,
  functionName: string,
  found: PruneFacts,
  durable: boolean,
  terminal: Terminal,
): Promise<Pruned> {
  const facts = await withBusy(aws, functionName, found, durable);
  const { removed: wanted, kept } = pruningOf(facts);
  const removed: string[] = [];
  const spared: { version: string; why: readonly string[] }[] = [];
  let failure: string | undefined;
  const progress = new ProgressBar(terminal, 'versions deleted');
  for (const version of wanted) {
    try {
      const why = durable ? await durableExecutionsOn(aws.lambda, functionName, version) : undefined;
      const busy = [...(facts.busy ?? []), ...(why === undefined ? [] : [{ version, why }])];
      const now = pruningOf({ ...facts, busy, aliases: await readAliases(aws.lambda, functionName) });
      const needed = now.kept.find((each) => each.version === version);
      if (needed) {
        spared.push(needed);
        continue;
      }
      await deleteVersion(aws.lambda, functionName, version as `${number}`);
      removed.push(version);
      progress.step(wanted.length);
    } catch (error) {
      const { name, message } = error as Error;
      const why = `${name}: ${oneLine(message)}`;
      if (!isNamed(error, 'ResourceConflictException', 'InvalidParameterValueException')) {
        failure = `version ${version} could not be deleted, and none after it was tried (${why})`;
        const rest = wanted.filter((each) => !removed.includes(each) && !spared.some((one) => one.version === each));
        spared.push(...rest.map((each) => ({ version: each, why: ['not reached'] })));
        break;
      }
      spared.push({ version, why: [`Lambda keeps it (${why})`] });
    }
  }
  progress.end();
  const all = [...kept, ...spared].toSorted((a, b) => Number(a.version) - Number(b.version));
  return { removed, kept: all, ...(failure === undefined ? {} : { failure }) };
}

function show(
  functionName: string,
  { removed, kept, dryRun, freed }: Pruned & { readonly dryRun: boolean; readonly freed: number },
  { out }: Terminal,
): void {
  for (const { version, why } of kept) {
    const [first = '', ...more] = wrap(why.join('; '), 60);
    out.write(`${paint(out, 'dim', 'kept')}  ${version.padStart(6)}  ${first}\n`);
    for (const line of more) out.write(`${' '.repeat(14)}${line}\n`);
  }
  const lines =
    removed.length === 0
      ? [`No version of ${functionName} ${dryRun ? 'is to be' : 'was'} deleted.`]
      : deletedInWords(functionName, removed, { dryRun, freed });
  for (const line of lines.flatMap((text) => wrap(text, 78))) out.write(`${line}\n`);
}

function deletedInWords(
  functionName: string,
  removed: readonly string[],
  { dryRun, freed }: { readonly dryRun: boolean; readonly freed: number },
): readonly string[] {
  const count = `${removed.length} version${removed.length === 1 ? '' : 's'} of ${functionName}`;
  return [
    `${dryRun ? 'Would delete' : 'Deleted'} ${count} (${bytes(freed)}): ${removed.join(', ')}`,
    ...(dryRun ? ['Add --yes to do it.'] : []),
    NO_UNDO,
  ];
}

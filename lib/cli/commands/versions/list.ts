import { type PublishedVersion, readAliases, readProvisioned, readVersions } from '../../../aws/lambda/versions.ts';
import { readKnownAliases } from '../../../aws/stack/registrations.ts';
import { notAController } from '../../../aws/states/controller-tag.ts';
import { runningRolloutsOf } from '../../../aws/states/function-rollouts.ts';
import { servedBy, shareOf } from '../../../rollout/alias/alias.ts';
import { endOf } from '../../../rollout/alias/description.ts';
import type { NamedAlias, PrunedRollout } from '../../../rollout/decisions/prune.ts';
import { rollbackOf } from '../../../rollout/decisions/rollback.ts';
import type { Account } from '../../account.ts';
import type { Command } from '../../terminal/command.ts';
import { jsonText, paint, type Terminal, wrap } from '../../terminal/terminal.ts';
import { bytes, ofFunction, parseFunction } from '../../versions.ts';

/** A version and its users. */
interface Listed extends Omit<PublishedVersion, 'publishedAt'> {
  readonly publishedAt: string | null;
  /** Weights are percent of the alias's traffic. */
  readonly aliases: readonly { readonly alias: string; readonly weight: number }[];
  /** The aliases that served it before their present version, and whether a rollback of them leads here. */
  readonly previousOf: readonly { readonly alias: string; readonly rollbackTarget: boolean }[];
  readonly rollouts: readonly {
    readonly execution: string;
    readonly alias: string;
    readonly as: 'stable' | 'candidate';
  }[];
  readonly provisionedConcurrency: number | null;
}

/** `sluice versions list`: the published versions of a function. */
export const versionsList: Command = {
  usage: 'sluice versions list <function> [--json]',
  summary:
    'Lists the published versions of a function, newest first, each with its users: aliases and their weights, aliases that may go back to it, rollouts under way, provisioned concurrency.',
  example: 'sluice versions list checkout',
  options: { json: 'prints { "function", "versions": [...], "notRead": [...] }' },
  operands: ['function'],
  async run({ operands: [text], flags }, terminal, account) {
    const functionName = parseFunction(text as string);
    const aws = await account();
    const versions = await ofFunction(functionName, readVersions(aws.lambda, functionName));
    const [aliases, provisioned, { rollouts, notRead }] = await Promise.all([
      readAliases(aws.lambda, functionName),
      readProvisioned(aws.lambda, functionName),
      rolloutsUnderWay(aws, functionName),
    ]);
    const listed = versions.map((version) => listedOf(version, aliases, rollouts, provisioned)).toReversed();
    if (flags['json']) {
      terminal.out.write(jsonText({ function: functionName, versions: listed, notRead }));
      return 0;
    }
    show(functionName, listed, terminal);
    for (const why of notRead) for (const line of wrap(`sluice: ${why}`, 80)) terminal.err.write(`${line}\n`);
    return 0;
  },
};

/** The list is useful without rollouts, so a controller that cannot be read is only reported. */
async function rolloutsUnderWay(aws: Account, functionName: string) {
  const known = await readKnownAliases(aws.ssm, functionName);
  const rollouts: PrunedRollout[] = [];
  const notRead = known.flatMap(({ broken }) => broken ?? []);
  for (const controller of new Set(known.flatMap(({ registration }) => registration?.stateMachineArn ?? []))) {
    try {
      const why = await notAController(aws.sfn, controller);
      if (why !== undefined) {
        notRead.push(why);
        continue;
      }
      rollouts.push(...(await runningRolloutsOf(aws.sfn, controller, functionName)));
    } catch (error) {
      if (!('$metadata' in (error as object))) throw error;
      notRead.push(`rollouts of ${controller} cannot be read (${(error as Error).name})`);
    }
  }
  return { rollouts, notRead };
}

function listedOf(
  { publishedAt, ...version }: PublishedVersion,
  aliases: readonly NamedAlias[],
  rollouts: readonly PrunedRollout[],
  provisioned: ReadonlyMap<string, number>,
): Listed {
  const { version: number } = version;
  return {
    ...version,
    publishedAt: publishedAt?.toISOString() ?? null,
    aliases: aliases
      .filter((alias) => servedBy(alias).includes(number))
      .map((alias) => ({ alias: alias.name, weight: shareOf(number, alias) })),
    previousOf: aliases.flatMap((alias) => {
      const rollback = rollbackOf(alias);
      const rollbackTarget = rollback.kind === 'write' && rollback.to.functionVersion === number;
      const before = endOf(alias)?.from === number || rollbackTarget;
      return before && !servedBy(alias).includes(number) ? [{ alias: alias.name, rollbackTarget }] : [];
    }),
    rollouts: rollouts
      .filter(({ stable, candidate }) => stable === number || candidate === number)
      .map(({ execution, aliasName, candidate }) => ({
        execution,
        alias: aliasName,
        as: candidate === number ? 'candidate' : 'stable',
      })),
    provisionedConcurrency: provisioned.get(number) ?? null,
  };
}

/** The width of the columns before the users of a version. */
const BEFORE_USES = 46;

function show(functionName: string, listed: readonly Listed[], { out }: Terminal): void {
  if (listed.length === 0) {
    out.write(`${functionName} has no published version.\n`);
    return;
  }
  const size = bytes(listed.reduce((sum, each) => sum + each.size, 0));
  out.write(
    `${paint(out, 'bold', functionName)}  ${listed.length} published version${listed.length === 1 ? '' : 's'}, ${size}\n\n`,
  );
  const head = `${'version'.padStart(7)}  ${'published'.padEnd(16)}  ${'code'.padEnd(8)}  ${'size'.padStart(7)}  used by`;
  out.write(`${paint(out, 'dim', head)}\n`);
  for (const each of listed) {
    const when = each.publishedAt?.replace('T', ' ').slice(0, 16) ?? '';
    const [first = '', ...more] = wrap(usesOf(each).join(', '), 80 - BEFORE_USES);
    const row = `${each.version.padStart(7)}  ${when.padEnd(16)}  ${each.codeSha256.slice(0, 8).padEnd(8)}  ${bytes(each.size).padStart(7)}  ${first}`;
    out.write(`${row.trimEnd()}\n`);
    for (const line of more) out.write(`${' '.repeat(BEFORE_USES)}${line}\n`);
    for (const line of wrap(each.description, 71)) out.write(`         ${paint(out, 'dim', line)}\n`);
  }
}

const usesOf = ({ aliases, previousOf, rollouts, provisionedConcurrency }: Listed): readonly string[] => [
  ...aliases.map(({ alias, weight }) => (weight === 100 ? alias : `${alias} ${weight} %`)),
  ...previousOf.map(({ alias, rollbackTarget }) =>
    rollbackTarget ? `${alias} goes back to it` : `${alias} served it before`,
  ),
  ...rollouts.map(({ alias, as }) => `${as} of a rollout of ${alias}`),
  ...(provisionedConcurrency === null ? [] : [`provisioned concurrency ${provisionedConcurrency}`]),
];

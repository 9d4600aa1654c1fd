import { Inspector } from '../../aws/doctor/inspector.ts';
import type { AliasName } from '../../aws/lambda/alias.ts';
import { type KnownAlias, readKnownAliases } from '../../aws/stack/registrations.ts';
import type { AliasRequest } from '../../operations/alias-request.ts';
import { AliasNotFound } from '../../operations/errors.ts';
import { resolveGroup } from '../../operations/resolve-alias.ts';
import { formatTarget } from '../../rollout/alias/format-target.ts';
import type { Check } from '../../rollout/doctor/check.ts';
import type { Account } from '../account.ts';
import { parseTarget, TARGET } from '../target.ts';
import { type Command, EXIT_FAILED } from '../terminal/command.ts';
import { ProgressBar } from '../terminal/progress-bar.ts';
import { count, jsonText, paint, type Terminal, wrap } from '../terminal/terminal.ts';

/** An alias and its checks. */
interface CheckedAlias {
  readonly function: string;
  readonly alias: string;
  readonly checks: readonly Check[];
}

/** `sluice doctor`: the problems that the next rollout would meet. */
export const doctor: Command = {
  usage: `sluice doctor [${TARGET}] [--json]`,
  summary:
    'Looks for problems that would stop or blind the next rollout: alarms without data, differing roles, provisioned or missing concurrency, holds, left weights, the controller and its permissions. Without an operand, it checks every alias that Sluice shifts in this account and region. Changes nothing.',
  example: 'sluice doctor checkout:live',
  options: { json: 'prints { "aliases": [{ "function", "alias", "checks" }], "problems", "warnings" }' },
  operands: [`${TARGET}?`],
  async run({ operands: [text], flags }, terminal, account) {
    const target = text === undefined ? undefined : parseTarget(text);
    const aws = await account();
    const named = await aliasesOf(aws, target);
    const inspector = new Inspector(aws, named, Date.now());
    const progress = new ProgressBar(terminal, 'aliases checked');
    const aliases: CheckedAlias[] = [];
    try {
      for (const each of named) {
        const checks = await inspector.checksOf(each);
        aliases.push({ function: each.functionName, alias: each.aliasName, checks });
        progress.step(named.length);
      }
    } finally {
      progress.end();
    }
    const [problems, warnings] = [countOf(aliases, 'problem'), countOf(aliases, 'warning')];
    if (flags['json']) terminal.out.write(jsonText({ aliases, problems, warnings }));
    else show(aliases, terminal);
    return problems === 0 ? 0 : EXIT_FAILED;
  },
};

/** The aliases to check, also those with a broken parameter. */
async function aliasesOf({ ssm }: Account, target: AliasRequest | undefined): Promise<readonly KnownAlias[]> {
  if (target === undefined) return readKnownAliases(ssm);
  const { function: functionName, alias: aliasName } = target;
  if (aliasName !== undefined) return [await knownAlias(ssm, { functionName, aliasName })];
  const all = await readKnownAliases(ssm, functionName);
  if (all.length > 0) return all;
  const group = await resolveGroup(ssm, functionName);
  if (group?.group) return Promise.all(group.group.members.map((member) => knownAlias(ssm, member)));
  throw new AliasNotFound(functionName);
}

/** An alias with its parameter, if it has one. */
async function knownAlias(ssm: Account['ssm'], { functionName, aliasName }: AliasName): Promise<KnownAlias> {
  const all = await readKnownAliases(ssm, functionName);
  return all.find((each) => each.aliasName === aliasName) ?? { functionName, aliasName, registration: undefined };
}

const countOf = (aliases: readonly CheckedAlias[], result: Check['result']): number =>
  aliases.reduce((sum, { checks }) => sum + checks.filter((check) => check.result === result).length, 0);

const colours = { problem: 'red', warning: 'yellow' } as const;

/** Prints problems first, each once for all aliases that have it. Checks that are ok are only counted. */
function show(aliases: readonly CheckedAlias[], { out }: Terminal): void {
  if (aliases.length === 0) {
    out.write('No alias is known to Sluice in this account and region.\n');
    return;
  }
  for (const result of ['problem', 'warning'] as const) {
    for (const [{ name, found, todo }, whose] of findings(aliases, result)) {
      const [first = '', ...more] = wrap(aliases.length === 1 ? name : `${inWords(whose)}: ${name}`, 70);
      out.write(`${paint(out, ['bold', colours[result]], result)}  ${paint(out, 'bold', first)}\n`);
      const lines = [
        ...more.map((line) => paint(out, 'bold', line)),
        ...wrap(found, 70),
        ...wrap(todo ?? '', 66).map((line, index) => `${paint(out, 'dim', index === 0 ? '->' : '  ')} ${line}`),
      ];
      out.write(`${lines.map((line) => `         ${line}\n`).join('')}\n`);
    }
  }
  for (const line of wrap(summaryOf(aliases), 80)) out.write(`${line}\n`);
}

/** How many problems, warnings and good checks there are, in one sentence. */
function summaryOf(aliases: readonly CheckedAlias[]): string {
  const [only, ...others] = aliases;
  const subject = only && others.length === 0 ? `${only.function}:${only.alias}` : `${count(aliases.length)} aliases`;
  const counts = (['problem', 'warning'] as const).flatMap((result) => {
    const many = countOf(aliases, result);
    return many === 0 ? [] : [`${count(many)} ${result}${many === 1 ? '' : 's'}`];
  });
  return `${subject}: ${[...counts, `${count(countOf(aliases, 'ok'))} checks ok`].join(', ')}`;
}

/** The findings of a kind, each with the aliases that have it. */
function findings(aliases: readonly CheckedAlias[], result: Check['result']): Iterable<[Check, readonly string[]]> {
  const found = new Map<string, [Check, string[]]>();
  for (const { function: functionName, alias, checks } of aliases) {
    for (const check of checks) {
      if (check.result !== result) continue;
      const key = JSON.stringify(check);
      const known = found.get(key) ?? [check, []];
      known[1].push(formatTarget({ functionName, aliasName: alias }));
      found.set(key, known);
    }
  }
  return found.values();
}

const MOST_NAMED = 3;

const inWords = (whose: readonly string[]): string =>
  whose.length <= MOST_NAMED
    ? whose.join(', ')
    : `${whose.slice(0, MOST_NAMED).join(', ')} and ${count(whose.length - MOST_NAMED)} more`;

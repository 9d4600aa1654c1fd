import { GetFunctionCommand } from '@aws-sdk/client-lambda';
import { paginateGetResources } from '@aws-sdk/client-resource-groups-tagging-api';
import { hold as holdFunction, resume as resumeFunction } from '../../aws/lambda/hold.ts';
import { readRegistrations } from '../../aws/stack/registrations.ts';
import { functionNameOf } from '../../rollout/document/start.ts';
import { HOLD_TAG } from '../../rollout/observation.ts';
import { type Account, callerOf } from '../account.ts';
import { parseTarget } from '../target.ts';
import type { Command, Given } from '../terminal/command.ts';
import { printResult } from '../terminal/print-result.ts';
import { ProgressBar } from '../terminal/progress-bar.ts';
import { Refused } from '../terminal/refused.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { textFlag } from '../terminal/text-flag.ts';

/** `sluice hold`: a rollout stays where it is. */
export const hold: Command = {
  usage: 'sluice hold <function> | --all [--tag KEY=VALUE] [--reason TEXT] [--json]',
  summary:
    'Keeps the rollouts of a function where they are, with the tag sluice:hold; alarms still revert. --all is a freeze: every function that Sluice shifts in this account and region.',
  example: 'sluice hold --all --tag team=payments --reason "freeze until Monday"',
  options: {
    all: 'every function that Sluice shifts',
    tag: 'with --all: only those with this tag, as KEY=VALUE or KEY',
    reason: 'why; it is the value of the tag',
    json: 'prints { "did", "functions": [...], "reason" }',
  },
  values: ['tag', 'reason'],
  operands: ['function?'],
  async run(given, terminal, account) {
    check(given);
    const why = textFlag(given.flags, 'reason') ?? 'no reason given';
    const aws = await account();
    const arns = await functionsMeant(aws, given, terminal);
    const reason = `${why} - ${(await callerOf(aws)).split(':').at(-1)}`;
    await each(arns, terminal, (arn) => holdFunction(aws.lambda, arn, reason));
    return said(terminal, given, 'held', arns, { reason });
  },
};

/** `sluice resume`: takes the hold away. */
export const resume: Command = {
  usage: 'sluice resume <function> | --all [--tag KEY=VALUE] [--json]',
  summary: 'Lets the rollouts of a function go on: takes the tag sluice:hold away. --all ends a freeze.',
  example: 'sluice resume checkout',
  options: {
    all: 'every function that is held',
    tag: 'with --all: only those with this tag, as KEY=VALUE or KEY',
    json: 'prints { "did", "functions": [...] }',
  },
  values: ['tag'],
  operands: ['function?'],
  async run(given, terminal, account) {
    check(given);
    const aws = await account();
    const held = given.flags['all'] ? await tagged(aws, [{ Key: HOLD_TAG }, ...tagFilter(given)]) : undefined;
    const arns = held ?? (await functionsMeant(aws, given, terminal));
    await each(arns, terminal, (arn) => resumeFunction(aws.lambda, arn));
    return said(terminal, given, 'resumed', arns, {});
  },
};

function check(given: Given): void {
  const {
    operands: [text],
    flags,
  } = given;
  if ((text === undefined) === !flags['all']) throw new Refused('expected a function, or --all; and not both.');
  if (flags['tag'] !== undefined && !flags['all']) throw new Refused('--tag goes with --all.');
  tagFilter(given);
  if (text !== undefined) parseTarget(text);
}

/** The ARNs of the functions that are meant, all of them known before the first is touched. */
async function functionsMeant(aws: Account, given: Given, terminal: Terminal): Promise<readonly string[]> {
  const [text] = given.operands;
  if (text !== undefined) {
    const { functionName } = parseTarget(text);
    const { Configuration } = await aws.lambda.send(new GetFunctionCommand({ FunctionName: functionName }));
    return [unqualified(Configuration?.FunctionArn ?? '')];
  }
  const filters = tagFilter(given);
  const registered = await readRegistrations(aws.ssm);
  const names = [...new Set(registered.map(({ functionName }) => functionName))];
  if (filters.length > 0) {
    return (await tagged(aws, filters)).filter((arn) => names.includes(functionNameOf(arn)));
  }
  const progress = new ProgressBar(terminal, 'functions found');
  const arns: string[] = [];
  for (const functionName of names) {
    const { Configuration } = await aws.lambda.send(new GetFunctionCommand({ FunctionName: functionName }));
    arns.push(unqualified(Configuration?.FunctionArn ?? ''));
    progress.step(names.length);
  }
  progress.end();
  return arns;
}

interface Filter {
  readonly Key: string;
  readonly Values?: string[];
}

function tagFilter({ flags }: Given): readonly Filter[] {
  const text = flags['tag'];
  if (text === undefined) return [];
  const [, key, value] = /^([^=]{1,128})(?:=(.{0,256}))?$/.exec(String(text)) ?? [];
  if (key === undefined) throw new Refused(`--tag: found ${text}, expected KEY=VALUE or KEY.`);
  return [{ Key: key, ...(value === undefined ? {} : { Values: [value] }) }];
}

async function tagged({ tagging }: Account, filters: readonly Filter[]): Promise<readonly string[]> {
  const arns: string[] = [];
  const asked = { TagFilters: [...filters], ResourceTypeFilters: ['lambda:function'] };
  for await (const { ResourceTagMappingList = [] } of paginateGetResources({ client: tagging }, asked)) {
    arns.push(...ResourceTagMappingList.map(({ ResourceARN = '' }) => unqualified(ResourceARN)));
  }
  return arns;
}

const unqualified = (arn: string): string => arn.split(':').slice(0, 7).join(':');

async function each(arns: readonly string[], terminal: Terminal, run: (arn: string) => Promise<void>): Promise<void> {
  const progress = new ProgressBar(terminal, 'functions');
  for (const arn of arns) {
    await run(arn);
    progress.step(arns.length);
  }
  progress.end();
}

function said(
  terminal: Terminal,
  { flags, operands: [text] }: Given,
  what: 'held' | 'resumed',
  arns: readonly string[],
  more: Readonly<Record<string, string>>,
): number {
  const names = arns.map(functionNameOf);
  const which = flags['all']
    ? `--all${flags['tag'] === undefined ? '' : ` --tag ${flags['tag']}`}`
    : parseTarget(text as string).functionName;
  const count = `${names.length} function${names.length === 1 ? '' : 's'}`;
  return printResult(terminal, flags, {
    json: { did: what, functions: names, ...more },
    what:
      names.length === 0
        ? 'no function is meant; nothing was done'
        : `${what} ${names.length > 5 ? count : names.join(', ')}: ${what === 'held' ? 'rollouts stay where they are, and none begins' : 'rollouts go on at their next look'}`,
    more,
    ...(names.length === 0 ? {} : { undo: `sluice ${what === 'held' ? 'resume' : 'hold'} ${which}` }),
  });
}

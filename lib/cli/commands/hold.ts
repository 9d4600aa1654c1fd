import {
  type FunctionsRequest,
  type FunctionTag,
  hold as holdFunctions,
  resume as resumeFunctions,
} from '../../operations/hold.ts';
import { parseTarget } from '../target.ts';
import type { Command, Given } from '../terminal/command.ts';
import { CommandRefused } from '../terminal/command-refused.ts';
import { printResult } from '../terminal/print-result.ts';
import { showingProgress } from '../terminal/progress-bar.ts';
import type { Terminal } from '../terminal/terminal.ts';

/** `sluice hold`: a rollout stays where it is. */
export const hold: Command = {
  usage: 'sluice hold <function|group> | --all [--tag KEY=VALUE] [--reason TEXT] [--json]',
  summary:
    'Holds the rollouts of a function or a group where they are, with the tag sluice:hold. Alarms still revert. --all is a freeze: every function that Sluice shifts in this account and region.',
  example: 'sluice hold --all --tag team=payments --reason "freeze until Monday"',
  options: {
    all: 'every function that Sluice shifts',
    tag: 'with --all: only functions with this tag, as KEY=VALUE or KEY',
    reason: 'why, 1 to 200 characters; it becomes the value of the tag',
    json: 'prints { "action", "functions": [...], "reason" }',
  },
  values: ['tag', 'reason'],
  operands: ['function?'],
  async run(given, terminal, account) {
    const { reason } = given.flags;
    const request = { ...functionsIn(given), ...(reason === undefined ? {} : { reason: String(reason) }) };
    const aws = await account();
    const result = await showingProgress(terminal, (onProgress) => holdFunctions({ ...request, onProgress }, aws));
    return print(terminal, given, result, { reason: result.reason });
  },
};

/** `sluice resume`: takes the hold away. */
export const resume: Command = {
  usage: 'sluice resume <function|group> | --all [--tag KEY=VALUE] [--json]',
  summary: 'Lets the rollouts of a function or a group go on: removes the tag sluice:hold. --all ends a freeze.',
  example: 'sluice resume checkout',
  options: {
    all: 'every function that is held',
    tag: 'with --all: only functions with this tag, as KEY=VALUE or KEY',
    json: 'prints { "action", "functions": [...] }',
  },
  values: ['tag'],
  operands: ['function?'],
  async run(given, terminal, account) {
    const request = functionsIn(given);
    const aws = await account();
    const result = await showingProgress(terminal, (onProgress) => resumeFunctions({ ...request, onProgress }, aws));
    return print(terminal, given, result, {});
  },
};

/** One function, or all of them. */
function functionsIn({ operands: [text], flags }: Given): FunctionsRequest {
  if ((text === undefined) === !flags['all']) throw new CommandRefused('expected either a function or --all.');
  if (text !== undefined) {
    if (flags['tag'] !== undefined) throw new CommandRefused('--tag needs --all.');
    return { function: parseTarget(text).function };
  }
  return { all: true, ...(flags['tag'] === undefined ? {} : { tag: tagIn(String(flags['tag'])) }) };
}

function tagIn(text: string): FunctionTag {
  const [, key, value] = /^([^=]{1,128})(?:=(.{0,256}))?$/.exec(text) ?? [];
  if (key === undefined) throw new CommandRefused(`--tag: found ${text}, expected KEY=VALUE or KEY.`);
  return { key, ...(value === undefined ? {} : { value }) };
}

function print(
  terminal: Terminal,
  given: Given,
  result: { readonly action: 'held' | 'resumed'; readonly functions: readonly string[] },
  more: Readonly<Record<string, string>>,
): number {
  const { action, functions } = result;
  if (functions.length === 0) {
    return printResult(terminal, given.flags, { json: result, what: 'no function matches; nothing was done', more });
  }
  const names = functions.length > 5 ? `${functions.length} functions` : functions.join(', ');
  const effect =
    action === 'held' ? 'rollouts stay where they are, and none begins' : 'rollouts go on at their next look';
  return printResult(terminal, given.flags, {
    json: result,
    what: `${action} ${names}: ${effect}`,
    more,
    undo: `sluice ${action === 'held' ? 'resume' : 'hold'} ${sameFunctions(given)}`,
  });
}

/** The operand or flags that name the same functions again. */
function sameFunctions({ operands: [text], flags }: Given): string {
  if (text !== undefined) return parseTarget(text).function;
  return flags['tag'] === undefined ? '--all' : `--all --tag ${flags['tag']}`;
}

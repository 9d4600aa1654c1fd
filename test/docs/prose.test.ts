import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Command } from '../../lib/cli/terminal/command.ts';
import { packageRoot } from '../../lib/package-root.ts';
import { pages } from './documents.ts';
import { faultsOf, sentencesIn, split } from './prose.ts';

const folder = new URL('lib/cli/commands/', packageRoot());

const isCommand = (value: unknown): value is Command => typeof value === 'object' && value !== null && 'usage' in value;

const modules = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith('.ts'));
const exported = await Promise.all(
  modules.map(async (path) => Object.values((await import(new URL(path, folder).href)) as Record<string, unknown>)),
);
const commands = exported.flat().filter(isCommand);

describe('the house rule of prose', () => {
  it.each(pages)('holds for $path', ({ text }) => {
    const sentences = sentencesIn(text);
    expect(sentences.length).toBeGreaterThan(5);
    expect(sentences.flatMap(faultsOf)).toEqual([]);
  });

  it.each(commands)('holds for the help of $usage', ({ summary, options }) => {
    expect([summary, ...Object.values(options)].flatMap(split).flatMap(faultsOf)).toEqual([]);
  });

  it('is held to every command', () => {
    expect(commands.length).toBeGreaterThan(20);
  });

  it.each([
    ['What you may not read is told as not checked.', 'as a subject'],
    ['Whoever may set an alarm can stop every rollout.', 'as a subject'],
    ['Whatever is open works: the terminal, the console.', 'as a subject'],
    ['The deploy returns; what it started goes on.', 'as a subject'],
    ['Exit code 0 where it was promoted, 1 otherwise.', '"where" for "if"'],
    ['It does nothing where there is no rollout.', '"where" for "if"'],
    ['Events never hold a rollout up: where the bus fails, nobody is told.', '"where" for "if"'],
    ['A rule reverts the weights that a rollout that was stopped left.', 'two relative clauses'],
    ['It reads the document which the handler that failed has written.', 'two relative clauses'],
  ])('refuses %j', (sentence, rule) => {
    expect(faultsOf(sentence).map((fault) => fault.rule)).toEqual([expect.stringContaining(rule)]);
  });

  it.each([
    'What does CodeDeploy not do?',
    'The command shows where a rollout stands.',
    'The tag keeps a rollout where it is.',
    'The cause says that the alarm fired, so that nobody has to look it up.',
    'A version that cannot be made ready is rejected, and a hook that throws reverts the rollout.',
    'The role may delete that one stack and nothing else.',
  ])('accepts %j', (sentence) => {
    expect(faultsOf(sentence)).toEqual([]);
  });
});

describe('the sentences of a page', () => {
  it('are those of paragraphs, lists and tables, without headings and code', () => {
    const text = [
      '# What a heading may say',
      '',
      'One sentence with `code where`, over',
      'two lines. A [second](docs/where.md) one.',
      '',
      '    where code is indented',
      '',
      '```ts',
      'where();',
      '```',
      '- An item',
      '  goes on.',
      '- Another.',
      '',
      '| what | is in the head |',
      '|---|---|',
      '| a cell | another cell |',
    ].join('\n');
    expect(sentencesIn(text)).toEqual([
      'One sentence with Code, over two lines.',
      'A second one.',
      'An item goes on.',
      'Another.',
      'a cell',
      'another cell',
    ]);
  });
});

import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { packageRoot } from '../../lib/package-root.ts';
import { run } from '../cli/a-terminal.ts';
import { guides, pages } from './documents.ts';

/** A command of the command line as a page has it, and the words behind it. */
interface Named {
  readonly words: string;
  readonly rest: string;
  readonly whole: string;
}

function commandsIn(text: string): Named[] {
  const starts = /(?:npm run -s sluice --|npx sluice|`sluice|^ {4}sluice) ([a-z]+(?: [a-z]+)?)([^\n`|]*)/gm;
  return [...text.matchAll(starts)].map(([whole, words = '', rest = '']) => ({ words, rest, whole: whole.trim() }));
}

const commands = guides.flatMap(({ path, text }) => commandsIn(text).map((named) => ({ path, ...named })));

describe('the commands in the documents', () => {
  it('are found on the pages of those who use them', () => {
    const paths = commands.map(({ path }) => path);
    for (const path of ['README.md', 'docs/operations.md', 'docs/pipelines.md', 'docs/environments.md']) {
      expect(paths).toContain(path);
    }
    expect(commands.length).toBeGreaterThan(30);
  });

  it.each(commands)('exist, with their flags: $path has $whole', async ({ words, rest }) => {
    const [first = '', second = ''] = words.split(' ');
    const name = ['env', 'versions', 'controller'].includes(first) ? `${first} ${second}` : first;
    const { code, out } = await run(...name.split(' '), '--help');
    expect({ name, code }).toEqual({ name, code: 0 });
    for (const [, flag] of rest.matchAll(/ (--[a-z]+)/g)) expect(out).toContain(flag);
  });

  it('leave out none that the command line has', async () => {
    const { out } = await run('--help');
    const known = [...out.matchAll(/^ {2}sluice ([a-z]+(?: [a-z]+(?= ))?)/gm)].map(([, name]) => name as string);
    expect(known.length).toBeGreaterThan(15);
    const told = guides.map(({ text }) => text).join('\n');
    for (const name of known) {
      const [first = '', second = ''] = name.split(' ');
      const missing = new RegExp(`(sluice|npm run) ${first}( ${second}|\\b)`).test(told) ? undefined : name;
      expect(missing).toBeUndefined();
    }
  });

  it('of npm are scripts of the package', () => {
    const { scripts } = JSON.parse(readFileSync(new URL('package.json', packageRoot()), 'utf8'));
    const named = pages.flatMap(({ text }) => [...text.matchAll(/npm (?:run (?:-s )?(\w+)|(test))/g)]);
    expect(named.length).toBeGreaterThan(10);
    for (const [, script, test] of named) expect(Object.keys(scripts)).toContain(script ?? test);
  });
});

import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { loadController } from '../../lib/cli/load-controller.ts';
import { packageRoot } from '../../lib/package-root.ts';
import { baselines } from '../../lib/rehearsal/explore/baselines.ts';
import { invariants } from '../../lib/rehearsal/explore/invariants/invariants.ts';
import { run } from '../cli/a-terminal.ts';
import { blocks, page, pages, rows, section } from './documents.ts';

describe('README.md', () => {
  const readme = page('README.md');

  it('can be read in ten minutes: it has at most 150 lines', () => {
    expect(readme.text.split('\n').length).toBeLessThanOrEqual(150);
  });

  it('begins with how to install, and says how to try it in a checkout', () => {
    expect(/^## (.*)$/m.exec(readme.text)?.[1]).toBe('Install');
    expect(readme.text).toContain('npm ci && npm run demo');
    expect(readme.text).toContain('npm ci && npm test');
  });

  it('shows what the demo prints', async () => {
    const { code, out } = await run('demo');
    expect(code).toBe(0);
    const [shown] = blocks([readme], 'text');
    const passages = (shown?.text ?? '').split(/^ *\.\.\.\n/m);
    expect(passages.length).toBeGreaterThan(2);
    const places = passages.map((passage) => out.lastIndexOf(passage));
    expect(places).not.toContain(-1);
    expect(places).toEqual(places.toSorted((a, b) => a - b));
  });

  it('links every page of docs/', () => {
    for (const { path } of pages.filter((each) => each.path.startsWith('docs/'))) {
      expect(readme.text).toContain(`(${path})`);
    }
  });

  it('tells how every execution may end', () => {
    const { States } = loadController().synthesized.definition;
    const failures = Object.entries(States)
      .filter(([, { Type }]) => Type === 'Fail')
      .map(([name]) => name);
    const told = rows(section(readme, 'How a rollout ends')).map(([how = '']) => /`(\w+)`/.exec(how)?.[1]);
    expect(told.filter((name) => name !== undefined).sort()).toEqual(failures.sort());
  });
});

describe('links between the documents', () => {
  const anchorsIn = (path: string) =>
    [...page(path).text.matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) =>
      heading
        .toLowerCase()
        .replaceAll(/[^\w\- ]/g, '')
        .replaceAll(' ', '-'),
    );
  const links = pages.flatMap(({ path, text }) =>
    [...text.matchAll(/\]\((?!https?:)([^)#]*)(?:#([^)]*))?\)/g)].map(([, to = '', anchor]) => ({
      path,
      target: to === '' ? path : new URL(to, `file:///${path}`).pathname.slice(1),
      anchor,
    })),
  );

  it.each(links)('of $path lead to $target $anchor', ({ target, anchor }) => {
    expect(existsSync(new URL(target, packageRoot()))).toBe(true);
    if (anchor !== undefined) expect(anchorsIn(target)).toContain(anchor);
  });

  it('are more than a few', () => {
    expect(links.length).toBeGreaterThan(15);
  });
});

describe('files that the documents name', () => {
  const named = pages.flatMap(({ path, text }) => {
    const files = [...text.matchAll(/`((?:lib|test|bin|functions|docs|\.ci)\/[\w./-]+)`/g)].map(
      ([, file = '']) => file,
    );
    return [...new Set(files)].map((file) => ({ path, file }));
  });

  it.each(named.filter(({ file }) => file !== 'docs/api'))('exist: $path names $file', ({ file }) => {
    expect(existsSync(new URL(file, packageRoot()))).toBe(true);
  });
});

describe('docs/concepts.md', () => {
  const glossary = rows(section(page('docs/concepts.md'), 'Glossary'));

  it('has a glossary of fifteen words', () => {
    expect(new Set(glossary.map(([word]) => word)).size).toBe(15);
  });

  it.each(glossary)('explains %s in one sentence', (_, meaning = '') => {
    expect(meaning).toMatch(/^[A-Z][^.]*\.$/);
  });
});

describe('docs/how-it-works.md', () => {
  const howItWorks = page('docs/how-it-works.md');

  it('draws states that the state machine has, and leaves out no task', () => {
    const { States } = loadController().synthesized.definition;
    const [diagram] = blocks([howItWorks], 'mermaid');
    const drawn = new Set(
      [...(diagram?.text ?? '').matchAll(/^ +(\w+) --> (\w+)/gm)].flatMap(([, from, to]) => [from, to]),
    );
    expect([...drawn].filter((state) => !Object.hasOwn(States, state as string))).toEqual([]);
    const important = Object.keys(States).filter((name) =>
      ['Task', 'Succeed', 'Fail', 'Wait'].includes(States[name]?.Type ?? ''),
    );
    expect(important.filter((name) => !drawn.has(name))).toEqual([]);
  });

  it('has every invariant of the explorer', () => {
    const told = rows(section(howItWorks, 'The fault explorer')).map(([name = '']) => name.replaceAll('`', ''));
    expect(told.toSorted()).toEqual(Object.keys(invariants).sort());
  });

  it('says how many rollouts are explored', () => {
    expect(howItWorks.text).toContain(`takes ${baselines.length} rollouts`);
  });
});

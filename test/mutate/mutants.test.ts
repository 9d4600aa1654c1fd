import { describe, expect, it } from 'vitest';
import { applied, mutantsOf } from './mutants.ts';
import { mutators } from './mutators/all.ts';
import { parse } from './node.ts';
import { sampleOf } from './sample.ts';
import { filesOf, readAll } from './sources.ts';

/** What a source becomes, by the mutators that are named. */
const become = (source: string, ...names: string[]) =>
  mutantsOf('a.ts', source)
    .mutants.filter(({ mutator }) => names.includes(mutator))
    .map((mutant) => applied(source, mutant));

const examples: Readonly<Record<keyof typeof mutators, readonly [source: string, ...becomes: string[]]>> = {
  boundary: ['a < b;', 'a <= b;'],
  comparison: ['a === b;', 'a !== b;'],
  logical: ['a && b;', 'a || b;'],
  operandDropped: ['a && b();', 'a;', 'b();'],
  fallback: ['a.b ?? c;', 'a.b;', 'c;'],
  boolean: ['f(true);', 'f(false);'],
  negation: ['!a;', 'a;'],
  arithmetic: ['a - b;', 'a + b;'],
  assignment: ['a += 1;', 'a -= 1;'],
  update: ['a++;', 'a--;'],
  sign: ['-a;', 'a;'],
  number: ['f(1, 0, 1800);', 'f(2, 0, 1800);', 'f(0, 0, 1800);', 'f(1, 1, 1800);', 'f(1, 0, 18000);', 'f(1, 0, 180);'],
  string: ["a = 'promoted';", "a = '';"],
  pattern: ['/^a$/;', '/a$/;', '/^a/;'],
  condition: ['if (a) b();', 'if (!(a)) b();'],
  branch: ['if (a) b();', 'if (true) b();', 'if (false) b();'],
  choice: ['a ? b : c;', 'b;', 'c;'],
  method: ['a.some(b);', 'a.every(b);'],
  result: ['() => a;', '() => undefined;'],
  awaited: ['await a();', 'a();'],
  statement: ['{ a(); b(); }', '{ {} b(); }', '{ a(); {} }'],
  element: ['[a, ...b];', '[...[], ...b];', '[a, ...[]];'],
  property: ['f({ a, b: 1 });', 'f({ ...{}, b: 1 });', 'f({ a, ...{} });'],
  optionalChain: ['a?.b?.[c];', 'a.b?.[c];', 'a?.b[c];'],
  call: ['a.filter(b).map(c);', 'a.map(c);'],
};

describe('a mutator', () => {
  it.each(Object.entries(examples))('of %s changes one thing', (name, [source, ...becomes]) => {
    expect(become(source, name)).toEqual(becomes);
  });

  it('has an example', () => {
    expect(Object.keys(examples).sort()).toEqual(Object.keys(mutators).sort());
  });

  it('takes the operator of the operation, not one that stands in a bracket before it', () => {
    expect(become('(a - b) - c;', 'arithmetic')).toEqual(['(a - b) + c;', '(a + b) - c;']);
  });

  it('keeps what belongs together in brackets', () => {
    expect(become('a && b && c;', 'logical')).toEqual(['a && b || c;', '(a || b) && c;']);
  });

  it('lets + join texts', () => {
    expect(become("'a' + b + c;", 'arithmetic')).toEqual([]);
  });

  it('takes min and max of Math for others, and of a schema for bounds', () => {
    expect(become('Math.min(a, b);', 'method', 'call')).toEqual(['Math.max(a, b);']);
    expect(become('z.string().min(a);', 'method', 'call')).toEqual(['z.string();']);
  });

  it('leaves the links of an optional chain together', () => {
    expect(become('a?.b.filter(c).some(d);', 'call', 'method')).toEqual([]);
    expect(become('a?.b.c(d.filter(e));', 'call')).toEqual(['a?.b.c(d);']);
  });

  it('finds its place behind characters of more than one byte', () => {
    expect(become("/* ü 日本 🚀 */ const a = 'x' as const;", 'string')).toEqual([
      "/* ü 日本 🚀 */ const a = '' as const;",
    ]);
  });
});

describe('what is not mutated', () => {
  it.each([
    ['a comment', '// a === 1 && true'],
    ['a type', "type A = 'a' | 1; interface B { c: true } let d: 'a' | false; f<1>(); declare const e: 2;"],
    ['an import', "import { a } from './a.ts'; export * from './b.ts'; export { c } from './c.ts'; import('./d.ts');"],
    ['a name', "a.b.c; type D = E['f'];"],
    ['punctuation', "a = ', '; b = '';"],
    ['wording', `a = \`alarm \${b ? c : d} is in ALARM\`;`],
    ['a choice of wording', "a = b > 1 ? 'all alarms are quiet' : '';"],
  ])('%s', (_, source) => {
    expect(mutantsOf('a.ts', source).mutants.filter(({ mutator }) => mutator !== 'statement')).toEqual([]);
  });

  it('is counted if it is wording', () => {
    expect(mutantsOf('a.ts', `f('no data yet', { reason: \`\${a} is over\`, b: 1 });`).wordings).toBe(2);
  });

  it('is a property whose value is wording', () => {
    expect(become("f({ reason: 'it is over', a });", 'property')).toEqual(["f({ reason: 'it is over', ...{} });"]);
  });
});

describe('a mutant', () => {
  it('is told by what is around it, and by its number where that is not enough', () => {
    const { mutants } = mutantsOf('a.ts', 'class A { b() { const c = () => d > 1; return d > 1; } }');
    expect(mutants.filter(({ mutator }) => mutator === 'boundary').map(({ name }) => name)).toEqual([
      'A.b.c: d > 1 -> d >= 1',
      'A.b: d > 1 -> d >= 1',
    ]);
    expect(mutantsOf('a.ts', 'f(1, 1);').mutants.map(({ name }) => name)).toContain(': 1 -> 2 (2)');
  });

  it('knows its line', () => {
    expect(mutantsOf('a.ts', '\n\nf(\n  1,\n);').mutants.find(({ mutator }) => mutator === 'number')).toMatchObject({
      line: 4,
    });
  });

  it('of this project is a program, and has a name of its own in its file', () => {
    const root = new URL('../..', import.meta.url).pathname;
    const sources = readAll(root, filesOf(root, ['lib/rollout/**/*.ts', 'functions/*.ts']));
    const mutants = [...sources].flatMap(([file, source]) => mutantsOf(file, source).mutants);
    expect(new Set(mutants.map(({ file, name }) => `${file} ${name}`)).size).toBe(mutants.length);
    for (const mutant of sampleOf(mutants, 300, 1)) {
      expect(() => parse(applied(sources.get(mutant.file) ?? '', mutant)), mutant.name).not.toThrow();
    }
  });
});

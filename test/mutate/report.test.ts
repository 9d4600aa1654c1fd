import { describe, expect, it } from 'vitest';
import { mutantsOf } from './mutants.ts';
import { asJson, asText, difference, type Fate, summaryOf, type Tried } from './report.ts';

const [mutant] = mutantsOf('lib/a.ts', '\nconst f = (a: number) => a > 1;').mutants.filter(
  ({ mutator }) => mutator === 'boundary',
);

function tried(fate: Fate, more: Partial<Tried> = {}): Tried {
  if (!mutant) throw new Error('expected a mutant');
  return { mutant, fate, milliseconds: 500, killedBy: null, tests: [], refusedByTypes: null, ...more };
}

const drawn = { seed: 7, sample: 3, possible: 6000, equivalent: 2, wordings: 300, files: 85 };

describe('the score', () => {
  it('counts endless loops as noticed, and what no test reaches as not', () => {
    const all = [tried('killed'), tried('timedOut'), tried('survived'), tried('unreached')];
    expect(summaryOf(all)).toMatchObject({ noticed: 2, tried: 4, score: 50 });
  });

  it('leaves out what no test notices and the type checker refuses', () => {
    const all = [
      tried('killed'),
      tried('survived', { refusedByTypes: false }),
      tried('unreached', { refusedByTypes: true }),
    ];
    expect(summaryOf(all)).toMatchObject({ noticed: 1, tried: 3, refused: 1, score: 50 });
  });

  it('is full if the type checker refuses all', () => {
    const all = [tried('survived', { refusedByTypes: true })];
    expect(summaryOf(all)).toMatchObject({ noticed: 0, refused: 1, score: 100, from: 0, to: 100 });
  });

  it('comes with what it says of all mutants', () => {
    // Wilson's interval of 75 of 101.
    const all = Array.from({ length: 101 }, (_, index) => tried(index < 75 ? 'killed' : 'survived'));
    const { from, to } = summaryOf(all);
    expect(from).toBeCloseTo(64.97, 1);
    expect(to).toBeCloseTo(81.81, 1);
  });
});

describe('the report', () => {
  const tests = ['test/a.test.ts', 'test/b.test.ts', 'test/c.test.ts', 'test/d.test.ts'];
  const all = [
    tried('killed'),
    tried('unreached', { refusedByTypes: false }),
    tried('survived', { tests, refusedByTypes: true }),
  ];

  it('tells what the type checker refuses first, with its place, its change and the nearest tests', () => {
    expect(asText(all, drawn).split('\n').slice(0, 3)).toEqual([
      'lib/a.ts:2  a > 1  ->  a >= 1  (boundary, refused by the type checker)',
      '  passes test/a.test.ts, test/b.test.ts, test/c.test.ts and 1 more',
      '  name: f: a > 1 -> a >= 1',
    ]);
  });

  it('tells what no test comes to', () => {
    expect(asText(all, drawn)).toContain('(boundary)\n  no test comes here');
  });

  it('ends with the score and how the sample came about', () => {
    expect(asText(all, drawn).split('\n').slice(-5)).toEqual([
      '1 of 2 mutants noticed: 50.0 % (95 %: 9 to 91 %)',
      '  1 by a test, 0 by a time limit; 0 survived, 1 reached by no test',
      '  1 more, which no test notices, refused by the type checker: not counted',
      '  drawn with seed 7 from 6000 in 85 files; 2 equivalent ones (equivalent.json) and 300 pieces of wording not drawn',
      '  0.5 s a mutant',
    ]);
  });

  it('says if it was stopped', () => {
    expect(asText(all, { ...drawn, sample: 300 })).toContain('stopped before 297 of 300 were tried');
  });

  it('is there for programs too', () => {
    expect(JSON.parse(asJson(all, drawn))).toMatchObject({
      schema: 1,
      seed: 7,
      noticed: 1,
      refused: 1,
      mutants: [{ fate: 'killed' }, {}, { file: 'lib/a.ts', line: 2, before: 'a > 1', after: 'a >= 1', tests }],
    });
  });
});

describe('a difference', () => {
  it('of short texts is shown whole', () => {
    expect(difference('a > 1', 'a >= 1')).toEqual({ before: 'a > 1', after: 'a >= 1' });
  });

  it('of long texts is shown with what is around it', () => {
    const { before, after } = difference(
      `${'x'.repeat(500)} + ${'y'.repeat(500)}`,
      `${'x'.repeat(500)} - ${'y'.repeat(500)}`,
    );
    expect(before).toBe(`...${'x'.repeat(39)} + ${'y'.repeat(39)}...`);
    expect(after).toBe(`...${'x'.repeat(39)} - ${'y'.repeat(39)}...`);
  });
});

import { stripTypeScriptTypes } from 'node:module';
import { expect, it } from 'vitest';
import { applied, mutantsOf } from './mutants.ts';
import { SWITCH, weave } from './weave.ts';

/** Something of every place where an edit can stand, edits within edits among them. */
const source = `
const limits = { low: 2, high: 7, ...{ extra: [1, ...[2, 3]] } } as const;
function judge(a: number, b?: { c: number } | null): unknown[] {
  const seen: unknown[] = [a, ...(b ? [b.c] : [])];
  for (const i of limits.extra) {
    if (i === 1 || a > limits.high!) continue;
    seen.push(i - a * 2);
  }
  switch (b?.c) {
    case 1:
      seen.push('one');
      break;
    case -2: {
      seen.push({ kind: 'two', a });
    }
  }
  seen.push((b as { d?: number[] } | null)?.d?.slice(1).filter(Boolean)[0]);
  if (!b) throw new RangeError(\`no b for \${a}\`);
  return seen.length >= 9 ? [] : seen.filter((each) => each !== limits.low).map((each) => (each as number) ?? 'none');
}`;

const inputs = [
  [0, null],
  [1, { c: 1 }],
  [2, { c: -2 }],
  [8, { c: 7 }],
  [7, undefined],
] as const;

/** What a program makes of the inputs; `active` is what the switch lets through. */
function behaviour(code: string, active = -1): string {
  const program = stripTypeScriptTypes(code).replaceAll(SWITCH, 'isActive');
  const judge = new Function('isActive', `${program}\nreturn judge;`)((id: number) => id === active) as (
    ...input: (typeof inputs)[number]
  ) => unknown;
  const outcomes = inputs.map((input) => {
    try {
      return judge(...input);
    } catch (error) {
      return String(error);
    }
  });
  return JSON.stringify(outcomes, (_, value) => (value === undefined ? 'undefined' : value));
}

const edits = mutantsOf('a.ts', source).mutants.map((mutant, id) => ({ ...mutant, id }));
const woven = weave(source, edits);

it('a woven program without an active mutant is the original', () => {
  expect(behaviour(woven)).toBe(behaviour(source));
});

it.each(edits)('a woven program with one active mutant is that mutant: $name', (edit) => {
  expect(behaviour(woven, edit.id)).toBe(behaviour(applied(source, edit)));
});

it('most of these mutants differ from the original, so that the comparison means something', () => {
  const different = edits.filter(({ id }) => behaviour(woven, id) !== behaviour(source));
  expect(different.length).toBeGreaterThan(0.7 * edits.length);
});

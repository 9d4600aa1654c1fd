import { describe, expect, it } from 'vitest';
import { declaredIn, exportsOf, importsOf, withDeclarations } from './declarations.ts';

const ENTRY = 'lib/index.ts';

/** The declarations that the compiler emits for a user of the package, and the types that their files know. */
const { exported, declared, known } = withDeclarations(ENTRY, (read) => {
  const exported = exportsOf(ENTRY, read(ENTRY));
  const texts = [...new Set(exported.map(({ file }) => file))].map(read);
  const names = new Set(exported.map(({ name }) => name));
  const all = texts.flatMap(declaredIn);
  const types = all.filter(({ kind }) => ['class', 'interface', 'type'].includes(kind)).map(({ name }) => name);
  return {
    exported: names,
    declared: all.filter(({ name }) => names.has(name.split('.')[0] as string)),
    known: new Set([...texts.flatMap(importsOf), ...types]),
  };
});

const names = (some: typeof declared) => some.map(({ name }) => name);
const saysSomething = (comment: string) => /\w{2,}\W+\w{2,}/.test(comment.replace(/@\w+/g, ''));

describe('the declarations of the package', () => {
  it('are all read', () => {
    expect([...exported].filter((name) => !names(declared).includes(name))).toEqual([]);
    expect(names(declared)).toEqual(
      expect.arrayContaining([
        'RolloutAlias.addAlarm',
        'RolloutAlias.functionArn',
        'RolloutAliasProps.provisionedConcurrency',
        'RolloutController.fromStateMachineArn',
        'RolloutPolicy.fromFile',
        'RolloutPolicy.settle',
        'Timing.metrics',
      ]),
    );
  });

  it('say of every class, interface, type, method and property what it is', () => {
    expect(names(declared.filter(({ comment }) => !saysSomething(comment)))).toEqual([]);
  });

  it('say of every optional property what holds without it', () => {
    const optional = declared.filter(({ optional }) => optional);
    expect(optional.length).toBeGreaterThan(25);
    expect(names(optional.filter(({ comment }) => !/@default \S/.test(comment)))).toEqual([]);
  });

  it('name no type of the package that a user cannot import', () => {
    const named = new Set(declared.flatMap(({ text }) => text.match(/\w+/g) ?? []).filter((word) => known.has(word)));
    expect(named.size).toBeGreaterThan(15);
    expect([...named].filter((name) => !exported.has(name))).toEqual([]);
  });

  it('name nothing of zod, whose major version would be ours', () => {
    expect(names(declared.filter(({ text }) => /\b(z|zod)\b/i.test(text)))).toEqual([]);
  });
});

describe('the reader of declarations', () => {
  const text = `
/** A thing. */
export interface Thing {
    /**
     * How much.
     *
     * @default 1
     */
    readonly much?: number;
    readonly bare?: string;
    /** Nested. */
    readonly nested: {
        readonly inner?: number;
    };
}
export declare class Plain {
    #private;
    protected readonly hidden: string;
    private secret;
    constructor(thing?: Thing);
    /** Does it. */
    static of(): Plain;
    get value(): string;
}
interface Internal {
    readonly unseen: string;
}
`;

  it('finds what has a comment and what has none, at every depth', () => {
    expect(declaredIn(text).map(({ name, comment, optional }) => [name, comment !== '', optional])).toEqual([
      ['Thing', true, false],
      ['Thing.much', true, true],
      ['Thing.bare', false, true],
      ['Thing.nested', true, false],
      ['Thing.nested.inner', false, true],
      ['Plain', false, false],
      ['Plain.of', true, false],
      ['Plain.value', false, false],
    ]);
  });
});

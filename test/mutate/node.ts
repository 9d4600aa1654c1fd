import { parseAst } from 'vitest/node';

/** A node of the syntax tree (ESTree), with those of its fields that mutators ask for. Offsets are UTF-16 units. */
export interface Node {
  readonly type: string;
  readonly start: number;
  readonly end: number;
  readonly operator?: string;
  readonly left?: Node;
  readonly right?: Node;
  readonly test?: Node;
  readonly consequent?: Node;
  readonly alternate?: Node | null;
  readonly argument?: Node | null;
  readonly arguments?: readonly Node[];
  readonly body?: Node | readonly Node[];
  readonly callee?: Node;
  readonly computed?: boolean;
  readonly declaration?: Node | null;
  readonly elements?: readonly (Node | null)[];
  readonly expression?: Node | boolean;
  readonly id?: Node | null;
  readonly key?: Node;
  readonly kind?: string;
  readonly label?: Node | null;
  readonly method?: boolean;
  readonly name?: string;
  readonly object?: Node;
  readonly optional?: boolean;
  readonly prefix?: boolean;
  readonly properties?: readonly Node[];
  readonly property?: Node;
  readonly quasis?: readonly { readonly value: { readonly raw: string } }[];
  readonly raw?: string;
  readonly regex?: { readonly pattern: string; readonly flags: string };
  readonly value?: unknown;
}

/**
 * The syntax tree of a TypeScript module, by the parser that Vitest brings.
 *
 * @throws SyntaxError if it is none
 */
export const parse = (source: string): Node => parseAst(source, { lang: 'ts' }) as unknown as Node;

/** What has no value when the program runs, or is a name: types, imports, and keys. */
const WITHOUT_VALUE = new Set([
  'decorators',
  'implements',
  'label',
  'returnType',
  'superTypeArguments',
  'typeAnnotation',
  'typeArguments',
  'typeParameters',
]);

const TYPED_EXPRESSIONS = new Set(['TSAsExpression', 'TSSatisfiesExpression', 'TSNonNullExpression']);

/** The nodes right below one that have a value when the program runs, in the order of the source. */
export function childrenOf(node: Node): Node[] {
  if (TYPED_EXPRESSIONS.has(node.type)) return [node.expression as Node];
  if (isOutside(node)) return [];
  return Object.entries(node)
    .filter(([field]) => !WITHOUT_VALUE.has(field) && !(isName(field) && !node.computed))
    .flatMap(([, value]) => value as unknown)
    .filter(isNode)
    .sort((a, b) => a.start - b.start);
}

/** A key of an object or class, or the name behind a dot. */
const isName = (field: string): boolean => field === 'key' || field === 'property';

const isOutside = (node: Node): boolean =>
  node.type.startsWith('TS') ||
  node.type === 'ImportDeclaration' ||
  node.type === 'ImportExpression' ||
  node.type === 'ExportAllDeclaration' ||
  (node.type === 'ExportNamedDeclaration' && !node.declaration);

const isNode = (value: unknown): value is Node =>
  typeof value === 'object' && value !== null && typeof (value as Node).type === 'string';

/** What a node's value is behind `as`, `satisfies`, `!` and brackets. */
export function bare(node: Node): Node {
  return TYPED_EXPRESSIONS.has(node.type) || node.type === 'ParenthesizedExpression'
    ? bare(node.expression as Node)
    : node;
}

/** The calls and accesses that a chain such as `a?.b.c()` consists of, in the order of the source. */
export function linksOf(node: Node | undefined): Node[] {
  if (node?.type === 'TSNonNullExpression') return linksOf(node.expression as Node);
  if (node?.type !== 'MemberExpression' && node?.type !== 'CallExpression') return [];
  return [...linksOf(node.object ?? node.callee), node];
}

/** Whether a part of a chain may not be evaluated at all, so that it cannot stand in brackets without the rest. */
export const isOptional = (node: Node): boolean => linksOf(node).some(({ optional }) => optional);

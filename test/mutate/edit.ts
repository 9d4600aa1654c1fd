import type { Node } from './node.ts';

/** Where an edit stands, which says how original and mutant can stand there side by side. */
export type Place = 'expression' | 'statement' | 'element' | 'property';

/** One change of a source: the text from `start` to `end` becomes `after`. */
export interface Edit {
  readonly start: number;
  readonly end: number;
  readonly after: string;
  readonly place: Place;
}

/** A node with what a mutator may want to know of its surroundings. */
export interface Site {
  readonly node: Node;
  readonly parent: Node | undefined;
  readonly source: string;
}

/** The edits of one kind that a node allows. */
export type Mutator = (site: Site) => readonly Edit[];

export const textOf = (source: string, node: Node): string => source.slice(node.start, node.end);

/** An expression in place of the node. */
export const replaced = ({ node }: Site, after: string): Edit => ({
  start: node.start,
  end: node.end,
  after,
  place: 'expression',
});

/** The node's own operator exchanged; its operands stay as they are. */
export function withOperator(site: Site, operator: string): Edit {
  const { node, parent, source } = site;
  const { left, right } = node as { left: Node; right: Node };
  const between = source.slice(left.end, right.start);
  const at = left.end + between.indexOf(String(node.operator));
  const after = `${source.slice(node.start, at)}${operator}${source.slice(at + String(node.operator).length, node.end)}`;
  const isBracketed = source[node.start - 1] === '(' && source[node.end] === ')';
  return replaced(site, parent && BINDS.has(parent.type) && !isBracketed ? `(${after})` : after);
}

/** An operand by itself, in brackets if it needs them. */
export const operand = (source: string, node: Node): string =>
  ATOMS.has(node.type) ? textOf(source, node) : `(${textOf(source, node)})`;

const BINDS = new Set([
  'AwaitExpression',
  'BinaryExpression',
  'LogicalExpression',
  'MemberExpression',
  'TSAsExpression',
  'TSNonNullExpression',
  'UnaryExpression',
]);

const ATOMS = new Set(['ArrayExpression', 'CallExpression', 'Identifier', 'Literal', 'MemberExpression']);

import { type Mutator, operand, replaced, textOf, withOperator } from '../edit.ts';
import type { Node } from '../node.ts';
import { isWording } from '../text.ts';

/** `&&` becomes `||` and the reverse. */
export const logical: Mutator = (site) => {
  if (!isAndOr(site.node)) return [];
  return [withOperator(site, site.node.operator === '&&' ? '||' : '&&')];
};

/** One side of `&&` or `||` is not asked. */
export const operandDropped: Mutator = ({ node, source, parent }) => {
  if (!isAndOr(node)) return [];
  const { left, right } = node as { left: Node; right: Node };
  return [left, right].map((side) => replaced({ node, source, parent }, operand(source, side)));
};

/** `a ?? b` becomes `a`, or `b`. */
export const fallback: Mutator = ({ node, source, parent }) => {
  const { left, right } = node as { left: Node; right: Node };
  if (node.type !== 'LogicalExpression' || node.operator !== '??' || isWording(right)) return [];
  return [left, right].map((side) => replaced({ node, source, parent }, operand(source, side)));
};

/** `true` becomes `false` and the reverse. */
export const boolean: Mutator = (site) =>
  site.node.type === 'Literal' && typeof site.node.value === 'boolean'
    ? [replaced(site, String(!site.node.value))]
    : [];

/** `!a` becomes `a`. */
export const negation: Mutator = (site) => {
  const { node, source } = site;
  if (node.type !== 'UnaryExpression' || node.operator !== '!') return [];
  return [replaced(site, textOf(source, node.argument as Node))];
};

const isAndOr = (node: Node): boolean => node.type === 'LogicalExpression' && node.operator !== '??';

import { type Edit, type Mutator, operand, replaced, type Site, textOf } from '../edit.ts';
import { bare, type Node } from '../node.ts';

/** The condition of a branch or a loop says the opposite. A lone comparison has a mutator of its own. */
export const condition: Mutator = ({ node, source }) => {
  const test = TESTED.has(node.type) ? node.test : undefined;
  if (!test || isComparison(test) || isNegation(test) || bare(test).type === 'Literal') return [];
  return [inPlaceOf(test, `!(${textOf(source, test)})`)];
};

/** A branch that is always, or never, taken. */
export const branch: Mutator = ({ node }) => {
  if (node.type !== 'IfStatement' || !node.test) return [];
  return [inPlaceOf(node.test, 'true'), inPlaceOf(node.test, 'false')];
};

/** `a ? b : c` becomes `b`, or `c`. */
export const choice: Mutator = (site) => {
  if (site.node.type !== 'ConditionalExpression') return [];
  const { consequent, alternate } = site.node as { consequent: Node; alternate: Node };
  return [consequent, alternate].map((side) => replaced(site, operand(site.source, side)));
};

const TESTED = new Set(['IfStatement', 'ConditionalExpression', 'WhileStatement', 'DoWhileStatement', 'ForStatement']);

const isComparison = (node: Node): boolean => /^([<>]=?|[!=]==?)$/.test(String(bare(node).operator));

const isNegation = (node: Node): boolean => bare(node).type === 'UnaryExpression' && bare(node).operator === '!';

const inPlaceOf = (node: Node, after: string): Edit => replaced({ node } as Site, after);

import { type Edit, type Mutator, replaced, type Site, textOf } from '../edit.ts';
import { bare, type Node } from '../node.ts';
import { isWording } from '../text.ts';

/** A function that returns nothing. */
export const result: Mutator = ({ node }) => {
  if (node.type === 'ReturnStatement' && node.argument) return nothingFor(node.argument);
  if (node.type === 'ArrowFunctionExpression' && (node.body as Node).type !== 'BlockStatement') {
    return nothingFor(node.body as Node);
  }
  return [];
};

function nothingFor(value: Node): Edit[] {
  if (isWording(value) || isNothing(bare(value))) return [];
  return [replaced({ node: value } as Site, 'undefined')];
}

const isNothing = (value: Node): boolean => value.type === 'Identifier' && value.name === 'undefined';

/** `await a` becomes `a`: nobody waits, and nobody hears of its failure. */
export const awaited: Mutator = (site) => {
  const { node, source } = site;
  return node.type === 'AwaitExpression' ? [replaced(site, textOf(source, node.argument as Node))] : [];
};

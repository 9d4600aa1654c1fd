import { type Mutator, replaced } from '../edit.ts';
import { isOptional } from '../node.ts';

const PAIRS = [
  ['some', 'every'],
  ['find', 'findLast'],
  ['min', 'max'],
  ['floor', 'ceil'],
  ['startsWith', 'endsWith'],
] as const;

const OTHERS = new Map(PAIRS.flatMap(([a, b]) => [[a, b] as const, [b, a] as const]) as [string, string][]);

/** A method that answers a neighbouring question: `some` becomes `every`. */
export const method: Mutator = (site) => {
  const { node, source } = site;
  const name = node.callee?.property;
  if (isOptional(node)) return [];
  const other = node.type === 'CallExpression' && !node.callee?.computed ? OTHERS.get(name?.name ?? '') : undefined;
  if (!name || !other || (isSchemaBound(name.name) && node.callee?.object?.name !== 'Math')) return [];
  return [replaced(site, `${source.slice(node.start, name.start)}${other}${source.slice(name.end, node.end)}`)];
};

/** zod's `min` and `max` are bounds and lose their call instead. */
const isSchemaBound = (name: string | undefined): boolean => name === 'min' || name === 'max';

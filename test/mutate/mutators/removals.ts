import { type Edit, type Mutator, type Place, type Site, textOf } from '../edit.ts';
import { isOptional, linksOf, type Node } from '../node.ts';
import { isWording } from '../text.ts';

/** A statement that is not there. */
export const statement: Mutator = ({ node }) => {
  if (!REMOVABLE.has(node.type) || isSuper(node) || (node.type === 'ReturnStatement' && node.argument)) return [];
  return [without(node, 'statement')];
};

const REMOVABLE = new Set([
  'ExpressionStatement',
  'ThrowStatement',
  'ContinueStatement',
  'BreakStatement',
  'ReturnStatement',
]);

const isSuper = (node: Node): boolean =>
  node.type === 'ExpressionStatement' && (node.expression as Node).callee?.type === 'Super';

/** An array that lacks an element, or a call that lacks what was spread into it. */
export const element: Mutator = ({ node }) => {
  const elements = node.type === 'ArrayExpression' ? (node.elements ?? []) : [];
  const spread = (node.arguments ?? []).filter((argument) => argument.type === 'SpreadElement');
  return [...elements, ...spread]
    .filter((one) => one !== null)
    .filter((one) => !isWording(one))
    .map((one) => without(one, 'element'));
};

/** An object that lacks a property. */
export const property: Mutator = ({ node }) => {
  if (node.type !== 'ObjectExpression') return [];
  return (node.properties ?? [])
    .filter(({ kind, method }) => !method && (kind === undefined || kind === 'init'))
    .filter(({ value }) => !value || !isWording(value as Node))
    .map((one) => without(one, 'property'));
};

const NOTHING: Readonly<Record<Place, string>> = {
  statement: '{}',
  element: '...[]',
  property: '...{}',
  expression: '',
};

const without = ({ start, end }: Node, place: Place): Edit => ({ start, end, place, after: NOTHING[place] });

/** `a?.b` becomes `a.b`. */
export const optionalChain: Mutator = ({ node, source }: Site) => {
  if (node.type !== 'ChainExpression') return [];
  return linksOf(node.expression as Node)
    .filter(({ optional }) => optional)
    .map((link) => {
      const from = (link.object ?? link.callee)?.end ?? link.start;
      const at = from + source.slice(from, link.end).indexOf('?.');
      const dot = link.type === 'MemberExpression' && !link.computed ? '.' : '';
      const after = `${source.slice(node.start, at)}${dot}${source.slice(at + 2, node.end)}`;
      return { start: node.start, end: node.end, place: 'expression', after };
    });
};

/** `list.filter(wanted)` becomes `list`; a schema lacks one of its bounds. */
export const call: Mutator = ({ node, source }) => {
  const { object, property: name, computed } = node.callee ?? {};
  if (node.type !== 'CallExpression' || !object || computed || isOptional(node)) return [];
  if (!DROPPABLE.has(name?.name ?? '') || object.name === 'Math') return [];
  return [{ start: node.start, end: node.end, place: 'expression', after: textOf(source, object) }];
};

const DROPPABLE = new Set([
  'filter',
  'flat',
  'reverse',
  'slice',
  'sort',
  'toReversed',
  'toSorted',
  'toLowerCase',
  'trim',
  'int',
  'length',
  'max',
  'min',
  'nonempty',
  'nonnegative',
  'positive',
  'refine',
  'regex',
  'strict',
  'superRefine',
]);

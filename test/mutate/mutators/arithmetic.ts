import { type Mutator, replaced, textOf, withOperator } from '../edit.ts';
import { bare, type Node } from '../node.ts';

const EXCHANGED: Readonly<Record<string, string>> = { '+': '-', '-': '+', '*': '/', '/': '*', '%': '*', '**': '*' };

/** Another arithmetic operator. */
export const arithmetic: Mutator = (site) => {
  const operator = site.node.type === 'BinaryExpression' ? EXCHANGED[String(site.node.operator)] : undefined;
  return operator && !isText(site.node) ? [withOperator(site, operator)] : [];
};

/** `+=` becomes `-=`; `??=` becomes `=`. */
export const assignment: Mutator = (site) => {
  const operator = String(site.node.operator);
  if (site.node.type !== 'AssignmentExpression' || operator === '=') return [];
  const other = operator === '??=' ? '=' : EXCHANGED[operator.slice(0, -1)];
  if (!other || isText(site.node)) return [];
  return [withOperator(site, other === '=' ? other : `${other}=`)];
};

/** `++` becomes `--` and the reverse. */
export const update: Mutator = (site) => {
  const { node, source } = site;
  if (node.type !== 'UpdateExpression') return [];
  return [replaced(site, textOf(source, node).replace(/\+\+|--/, node.operator === '++' ? '--' : '++'))];
};

/** `-a` becomes `a`. */
export const sign: Mutator = (site) => {
  const { node, source } = site;
  if (node.type !== 'UnaryExpression' || node.operator !== '-') return [];
  return [replaced(site, textOf(source, node.argument as Node))];
};

/** A text on either side: `+` joins. */
const isText = (node: Node): boolean =>
  [node.left, node.right].some((side) => {
    const value = side && bare(side);
    if (!value) return false;
    if (value.type === 'TemplateLiteral' || typeof value.value === 'string') return true;
    return value.type === 'BinaryExpression' && isText(value);
  });

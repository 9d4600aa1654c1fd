import { bare, type Node } from './node.ts';

/**
 * Whether an expression is wording for people: a string or template with a space in it, or a choice among such. What a reason says
 * is no decision, so it is not mutated.
 */
export function isWording(node: Node): boolean {
  const value = bare(node);
  if (value.type === 'ConditionalExpression') {
    const branches = [value.consequent as Node, value.alternate as Node];
    return branches.some(isWording) && branches.every((branch) => isWording(branch) || isBlank(branch));
  }
  if (value.type === 'BinaryExpression' && value.operator === '+') {
    return [value.left as Node, value.right as Node].some(isWording);
  }
  return /\s/.test(written(value) ?? '');
}

const isBlank = (node: Node): boolean => written(bare(node)) === '';

/** The characters that a string or template has of itself. */
function written(node: Node): string | undefined {
  if (node.type === 'TemplateLiteral') return node.quasis?.map(({ value }) => value.raw).join('');
  return node.type === 'Literal' && typeof node.value === 'string' ? node.value : undefined;
}

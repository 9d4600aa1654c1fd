import { type Mutator, withOperator } from '../edit.ts';

/** A limit that moves by one: `<` becomes `<=`. */
export const boundary: Mutator = (site) => exchange(site, { '<': '<=', '<=': '<', '>': '>=', '>=': '>' });

/** A comparison that says the opposite. */
export const comparison: Mutator = (site) =>
  exchange(site, { '<': '>=', '<=': '>', '>': '<=', '>=': '<', '===': '!==', '!==': '===', '==': '!=', '!=': '==' });

function exchange(site: Parameters<Mutator>[0], table: Readonly<Record<string, string>>): ReturnType<Mutator> {
  const operator = site.node.type === 'BinaryExpression' ? table[String(site.node.operator)] : undefined;
  return operator ? [withOperator(site, operator)] : [];
}

import { type Mutator, replaced } from '../edit.ts';

/** A number that is one off if it is small, ten times off if it is not. */
export const number: Mutator = (site) => {
  const { type, value } = site.node;
  if (type !== 'Literal' || typeof value !== 'number') return [];
  return othersOf(value).map((other) => replaced(site, String(other)));
};

function othersOf(value: number): number[] {
  if (value === 0) return [1];
  return Number.isInteger(value) && value < 10 ? [value + 1, value - 1] : [value * 10, value / 10];
}

/** What tells one thing from another (`'promoted'`, a key, the name of an error) becomes empty. Punctuation and wording stay. */
export const string: Mutator = (site) => {
  const { type, value, quasis } = site.node;
  const words = type === 'TemplateLiteral' ? quasis?.map((quasi) => quasi.value.raw).join('') : value;
  if (typeof words !== 'string' || !/[A-Za-z0-9]/.test(words) || site.parent?.type === 'TaggedTemplateExpression')
    return [];
  return [replaced(site, "''")];
};

/** A pattern that no longer begins, or ends, with what it matches. */
export const pattern: Mutator = (site) => {
  const { regex } = site.node;
  if (!regex) return [];
  const others = [regex.pattern.replace(/^\^/, ''), regex.pattern.replace(/(?<!\\)\$$/, '')];
  return others
    .filter((other) => other !== regex.pattern && other !== '')
    .map((other) => replaced(site, `/${other}/${regex.flags}`));
};

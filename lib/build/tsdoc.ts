/**
 * Doc comments in the CDK's style, as the sources have them, in the style that TSDoc prescribes and API Extractor reads: `@default`
 * becomes `@defaultValue`, a parameter gets a hyphen before its text, an example becomes a block of code, and the comment of a whole
 * package names things without links, which API Documenter cannot resolve there.
 *
 * @param text the text of a declaration file
 */
export const toTsdoc = (text: string): string => text.replaceAll(/\/\*\*[\s\S]*?\*\//g, inComment);

const inComment = (comment: string): string =>
  (comment.includes('@packageDocumentation') ? comment.replaceAll(/\{@link (\w+)\}/g, '`$1`') : comment)
    .replaceAll(/@default(?=\s)/g, '@defaultValue')
    .replaceAll(/@param (\w+) (?!- )/g, '@param $1 - ')
    .replaceAll(/@example\s[\s\S]*?(?=\n *\* @|\s*\*\/)/g, asCode);

/** An example that is not in a fence yet. Its lines begin with the asterisk of the comment. */
function asCode(example: string): string {
  if (example.includes('```')) return example;
  const lines = example
    .replace('@example', '')
    .split('\n')
    .map((line) => line.replace(/^ *\* ?/, ''))
    .join('\n')
    .trim()
    .split('\n');
  return ['@example', ...['```ts', ...lines, '```'].map((line) => ` * ${line}`)].join('\n');
}

/** How much of a text from outside is kept: of a hook, an operator, an alarm, an error. */
const LONGEST_FOREIGN_TEXT = 500;

/**
 * A text from outside as one line of bounded length, without control characters and without half a character at its end: it goes
 * into documents, descriptions and causes that have limits of their own.
 */
export function oneLine(text: string, longest: number = LONGEST_FOREIGN_TEXT): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is taken out
  const line = text.replace(/[\u0000-\u001f\u007f]+/g, ' ');
  return line.length <= longest ? line.toWellFormed() : `${cut(line, Math.max(0, longest - 3))}...`;
}

/** The beginning of a text, never ending in half a character. */
export const cut = (text: string, length: number): string =>
  text
    .slice(0, length)
    .replace(/[\uD800-\uDBFF]$/, '')
    .toWellFormed();

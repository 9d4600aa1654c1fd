/** How much of a text from outside is kept: of a hook, an operator, an alarm, an error. */
const LONGEST_FOREIGN_TEXT = 500;

/** Characters that move a cursor, start an escape sequence, break a line or turn the direction of writing around. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is taken out
export const CONTROLS = /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069]+/g;

/** So many characters are read for one that is kept: a run of control characters becomes one space. */
const READ_PER_KEPT = 100;

/**
 * A text from outside as one line of bounded length, without control characters and without half a character at its end: it goes
 * into documents, descriptions and causes that have limits of their own.
 */
export function oneLine(text: string, longest: number = LONGEST_FOREIGN_TEXT): string {
  // A text may be as long as its sender likes.
  const beginning = text.slice(0, READ_PER_KEPT * longest);
  const line = beginning.replace(CONTROLS, ' ');
  return line.length <= longest && beginning.length === text.length
    ? line.toWellFormed()
    : `${cut(line, Math.max(0, longest - 3))}...`;
}

/** A text from outside as an addition in brackets; empty if there is none. */
export const inBrackets = (text: string): string => (text ? ` (${oneLine(text)})` : '');

/** The beginning of a text, never ending in half a character. */
export const cut = (text: string, length: number): string =>
  text
    .slice(0, length)
    .replace(/[\uD800-\uDBFF]$/, '')
    .toWellFormed();

/** A share in percent, with three digits: `0.5 %`. */
export const shareInWords = (share: number): string => `${Number((share * 100).toPrecision(3))} %`;

import { randomUUID } from 'node:crypto';
import { styleText } from 'node:util';
import { CONTROLS } from '../../rollout/contracts/text.ts';

export { clock, count, duration } from '../../page/figures.ts';

/** The streams that a command writes to. */
export interface Terminal {
  readonly out: NodeJS.WriteStream;
  readonly err: NodeJS.WriteStream;
}

type Format = Parameters<typeof styleText>[0];

/** Stands for the escape character of our own sequences until they are written. No text from outside can know it. */
const ESCAPE = `<${randomUUID()}>`;

/** Colours text if the stream is a terminal that wants colours (NO_COLOR and FORCE_COLOR are respected). */
export function paint(stream: NodeJS.WriteStream, format: Format, text: string): string {
  const [before = '', after = ''] = styleText(format, '|', { stream }).replaceAll('\u001b', ESCAPE).split('|');
  return `${before}${text}${after}`;
}

/** Goes back to the beginning of the line and clears it. */
export const CLEAR_LINE = `${ESCAPE}[1G${ESCAPE}[2K`;

/**
 * The terminal whose streams let through our own paint and line breaks, and no other control character: the texts of AWS, of files and
 * of the command line come from anybody, and could hide lines or write to the clipboard.
 */
export const safeTerminal = ({ out, err }: Terminal): Terminal => ({ out: safe(out), err: safe(err) });

function safe(stream: NodeJS.WriteStream): NodeJS.WriteStream {
  const write = (text: string) => stream.write(withoutControls(text));
  return new Proxy(stream, {
    get: (target, key) => {
      if (key === 'write') return write;
      const value = Reflect.get(target, key, target);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}

const withoutControls = (text: string): string =>
  text
    .split(ESCAPE)
    .map((part) => replaceControls(part, () => ' '))
    .join('\u001b');

/** Replaces each run of control characters. The ends of lines stay. */
const replaceControls = (text: string, by: (controls: string) => string): string =>
  text
    .split('\n')
    .map((line) => line.replace(CONTROLS, by))
    .join('\n');

/** A document as `--json` prints it. Control characters are written as escapes, so they are in the document and do nothing on a terminal. */
export const jsonText = (document: unknown, indent = 2): string =>
  `${replaceControls(JSON.stringify(document, null, indent), escaped)}\n`;

const escaped = (controls: string): string =>
  [...controls].map((each) => `\\u${each.charCodeAt(0).toString(16).padStart(4, '0')}`).join('');

const BAR_CELLS = 20;

/** A weight in percent as a bar of 20 cells. */
export function bar(weight: number): string {
  const filled = weight === 0 ? 0 : Math.max(1, Math.round((weight / 100) * BAR_CELLS));
  return '█'.repeat(filled) + '░'.repeat(BAR_CELLS - filled);
}

/** The whole seconds between two times in ISO 8601; until now without a second one. */
export const secondsBetween = (from: string, until: string | null): number =>
  Math.round(((until === null ? Date.now() : Date.parse(until)) - Date.parse(from)) / 1000);

/** Breaks text into lines of at most `width` characters, at spaces; a longer word stays whole. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(/\s+/)) {
    if (line && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else {
      line = line ? `${line} ${word}` : word;
    }
  }
  return line ? [...lines, line] : lines;
}

/** Whether two texts differ in their numbers alone: the second need not be printed then. */
export const sameButForNumbers = (a: string, b: string): boolean => a.replace(/\d+/g, '#') === b.replace(/\d+/g, '#');

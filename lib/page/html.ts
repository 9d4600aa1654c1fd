import { CONTROLS } from '../rollout/contracts/text.ts';

/** Markup that was written by hand. Only the tag {@link html} makes it, so that no text from outside can be taken for it. */
export class Html {
  readonly #text: string;

  private constructor(text: string) {
    this.#text = text;
  }

  toString(): string {
    return this.#text;
  }

  /**
   * A JSON document as the text of an element. It has none of the characters that markup is made of, so that a reader of the text and one
   * of the markup find the same document.
   */
  static json(document: unknown): Html {
    const asEscape = (character: string) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
    return new Html(JSON.stringify(document).replace(/[&<>'`\u007f-\uffff]/g, asEscape));
  }

  /** Markup of a template, with everything escaped that is put into it. */
  static of(strings: TemplateStringsArray, values: readonly Content[]): Html {
    return new Html(strings.reduce((before, part, index) => `${before}${written(values[index - 1])}${part}`));
  }
}

/** What may be put into markup: text and numbers are escaped, markup is not; nothing is left of `null`, `undefined` and `false`. */
export type Content = string | number | Html | null | undefined | false | readonly Content[];

/**
 * Markup, as a template. Whatever is put into it is escaped, for the text of an element and for an attribute in double quotes:
 * `` html`<td title="${reason}">${name}</td>` ``.
 */
export const html = (strings: TemplateStringsArray, ...values: readonly Content[]): Html => Html.of(strings, values);

function written(value: Content): string {
  if (value === null || value === undefined || value === false) return '';
  if (value instanceof Html) return value.toString();
  if (Array.isArray(value)) return value.map(written).join('');
  return escaped(String(value));
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
  '`': '&#96;',
};

/** Control characters become spaces: they turn the direction of writing around, and HTML forbids most of them. The ends of lines stay. */
const escaped = (text: string): string =>
  text
    .toWellFormed()
    .split('\n')
    .map((line) => line.replace(CONTROLS, ' '))
    .join('\n')
    .replace(/[&<>"'`]/g, (character) => entities[character] as string);

import { Writable } from 'node:stream';
import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { CLEAR_LINE, jsonText, paint, safeTerminal } from '../../../lib/cli/terminal/terminal.ts';

// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not come out
const CONTROLS = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069]/;

const anyText = fc.string({
  unit: fc.oneof(
    fc.constantFrom('\u001b', '\u009b', '\u202e', '\u200f', '\n', '\r', 'a'),
    fc.string({ unit: 'binary', maxLength: 1 }),
  ),
});

/** What comes out of a stream if this is written through a safe terminal. */
function written(write: (out: NodeJS.WriteStream) => void): string {
  let text = '';
  const out = new Writable({
    write(chunk, _encoding, done) {
      text += String(chunk);
      done();
    },
  }) as unknown as NodeJS.WriteStream;
  write(safeTerminal({ out, err: out }).out);
  return text;
}

describe('a terminal', () => {
  it('lets no control character through but the end of a line, whatever is written', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const out = written((stream) => stream.write(text));
        expect(out).not.toMatch(CONTROLS);
        expect(out.split('\n').length).toBe(text.split('\n').length);
      }),
    );
  });

  it('leaves a text without control characters as it is', () => {
    expect(written((out) => out.write('日本 ✓ 10 %\n'))).toBe('日本 ✓ 10 %\n');
  });

  it('lets our own paint through, and none of the text that is painted', () => {
    vi.stubEnv('FORCE_COLOR', '1');
    const out = written((stream) => stream.write(`${CLEAR_LINE}${paint(stream, 'red', 'bad\u001b[32mgood')}\n`));
    vi.unstubAllEnvs();
    expect(out).toBe('\u001b[1G\u001b[2K\u001b[31mbad [32mgood\u001b[39m\n');
  });
});

describe('a document as --json prints it', () => {
  it('has no control character in it, and is the same document', () => {
    fc.assert(
      fc.property(fc.dictionary(anyText, fc.array(anyText)), (document) => {
        const text = jsonText(document);
        expect(text).not.toMatch(CONTROLS);
        expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(document)));
      }),
    );
  });
});

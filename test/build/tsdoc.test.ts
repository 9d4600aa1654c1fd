import { describe, expect, it } from 'vitest';
import { toTsdoc } from '../../lib/build/tsdoc.ts';

const comment = (...lines: readonly string[]) => `/**\n${lines.map((line) => ` * ${line}\n`).join('')} */`;

describe('doc comments for the API reference', () => {
  it('call a default by the name that TSDoc has for it', () => {
    expect(toTsdoc(comment('The bake.', '@default 300'))).toBe(comment('The bake.', '@defaultValue 300'));
  });

  it('have a hyphen between a parameter and its text', () => {
    expect(toTsdoc(comment('@param path of the file', '@param text - given'))).toBe(
      comment('@param path - of the file', '@param text - given'),
    );
  });

  it('have an example of one line as a block of code', () => {
    expect(toTsdoc(comment('Steps.', '@example { canary: { weight: 10 } }'))).toBe(
      comment('Steps.', '@example', '```ts', '{ canary: { weight: 10 } }', '```'),
    );
  });

  it('have an example of several lines as a block of code, up to the next tag', () => {
    expect(toTsdoc(comment('@example', 'const { arn } = await start({});', 'use(arn);', '', '@throws Error'))).toBe(
      comment('@example', '```ts', 'const { arn } = await start({});', 'use(arn);', '```', '@throws Error'),
    );
  });

  it('keep an example that is a block of code already', () => {
    const fenced = comment('@example', '```ts', 'start();', '```');
    expect(toTsdoc(fenced)).toBe(fenced);
  });

  it('have no links if they are of a whole package', () => {
    expect(toTsdoc(comment('With {@link Clients}.', '@packageDocumentation'))).toBe(
      comment('With `Clients`.', '@packageDocumentation'),
    );
    expect(toTsdoc(comment('With {@link Clients}.'))).toBe(comment('With {@link Clients}.'));
  });

  it('change nothing outside of comments', () => {
    const code = "const text = '@default 1';";
    expect(toTsdoc(code)).toBe(code);
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { html } from '../../lib/page/html.ts';

const textOf = (...args: Parameters<typeof html>): string => html(...args).toString();

describe('a template of markup', () => {
  it('escapes a text that is put into an element or an attribute', () => {
    const evil = `<script>alert("1")</script> & 'x' \`y\``;
    expect(textOf`<td title="${evil}">${evil}</td>`).toBe(
      '<td title="&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt; &amp; &#39;x&#39; &#96;y&#96;">&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt; &amp; &#39;x&#39; &#96;y&#96;</td>',
    );
  });

  it('takes markup of other templates as it is, and lists one after the other', () => {
    expect(textOf`<ul>${['a', '<'].map((each) => html`<li>${each}</li>`)}</ul>`).toBe(
      '<ul><li>a</li><li>&lt;</li></ul>',
    );
  });

  it('takes no object for markup that only looks like it', () => {
    const forged = { toString: () => '<b>' } as never;
    expect(textOf`${forged}`).toBe('&lt;b&gt;');
  });

  it('leaves nothing of what is not there, and writes a zero', () => {
    expect(textOf`[${null}${undefined}${false}${0}]`).toBe('[0]');
  });

  it('lets through no character that turns the direction of writing or moves a cursor', () => {
    expect(textOf`${'a\u202eb\u0007c\nd\ud800'}`).toBe('a b c\nd\ufffd');
  });

  it('lets no text from outside begin a tag, end an attribute or begin an entity', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(textOf`${text}`).toMatch(/^(?:[^<>"'`&]|&(?:amp|lt|gt|quot|#39|#96);)*$/s);
      }),
    );
  });
});

import { describe, expect, it } from 'vitest';
import { RolloutController } from '../../lib/index.ts';
import { aStack, resourcesOf } from './a-stack.ts';

interface Document {
  readonly parameters: Readonly<
    Record<'Alias' | 'Reason', { readonly allowedPattern: string; readonly default?: string }>
  >;
}

const stack = aStack();
new RolloutController(stack, 'Rollouts');
const document = Object.values(resourcesOf(stack)).find(({ Type }) => Type === 'AWS::SSM::Document') as unknown as {
  readonly Properties: { readonly Content: Document };
};
const { parameters } = document.Properties.Content;
const reason = new RegExp(parameters.Reason.allowedPattern);

describe('the reason that the Systems Manager document takes', () => {
  it.each([
    'orders are missing',
    'asked for in Systems Manager',
    "5xx at 10 % (see INC-7); it's Ann",
    'Bestellungen fehlen: Ä',
  ])('may be %j', (text) => {
    expect(reason.test(text)).toBe(true);
  });

  it.each([
    ['a mark', 'x [sluice:ffffffffffff]'],
    ['an end of the JSON text that it stands in', 'x","version":"1'],
    ['an escape', 'x\\'],
    ['another parameter', '{{ automation:EXECUTION_ID }}'],
    ['nothing', ''],
    ['more than a description holds', 'x'.repeat(201)],
  ])('may not hold %s', (_, text) => {
    expect(reason.test(text)).toBe(false);
  });

  it('may be its default', () => {
    expect(reason.test(parameters.Reason.default ?? '')).toBe(true);
  });
});

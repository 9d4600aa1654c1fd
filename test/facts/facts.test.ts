import { describe, expect, it } from 'vitest';
import { facts } from './facts.ts';
import { judge } from './judge.ts';
import { checkOnRehearsal } from './on-rehearsal.ts';

describe("the rehearsal's AWS does what AWS does", () => {
  it.for(facts.map((fact) => [fact.sentence, fact] as const))('%s', async ([, fact], { skip }) => {
    const { kind, detail } = await judge(fact, 'rehearsal', checkOnRehearsal);
    if (kind === 'unchecked') skip(detail);
    expect(['ok', 'known', 'unknown'], `${kind}: ${detail}`).toContain(kind);
  });
});

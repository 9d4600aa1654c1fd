import { describe, expect, it } from 'vitest';
import { facts } from './facts.ts';
import { judge } from './judge.ts';
import { checkOnRehearsal } from './on-rehearsal.ts';

describe("the rehearsal's AWS does what AWS does", () => {
  it.each(facts.map((fact) => [fact.sentence, fact] as const))('%s', async (_, fact) => {
    const { kind, detail } = await judge(fact, 'rehearsal', checkOnRehearsal);
    expect(['ok', 'known', 'unknown', 'unchecked'], `${kind}: ${detail}`).toContain(kind);
  });
});

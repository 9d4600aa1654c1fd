import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { facts } from '../facts/facts.ts';
import { judge } from '../facts/judge.ts';
import { Endpoint, sideHere } from '../facts/on-endpoint.ts';

let endpoint: Endpoint | undefined;

beforeAll(async () => {
  endpoint = await Endpoint.make(`sluice-e2e-facts-${process.pid}`);
});

afterAll(async () => {
  await endpoint?.remove();
});

describe('the AWS that the suite runs against does what AWS does', () => {
  it.for(facts.map((fact) => [fact.sentence, fact] as const))('%s', async ([, fact], { skip }) => {
    const { kind, detail } = await judge(fact, sideHere, (each) => (endpoint as Endpoint).check(each));
    if (kind === 'unchecked') skip(detail);
    expect(['ok', 'known', 'unknown'], `${kind}: ${detail}`).toContain(kind);
  });
});

import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { schemas } from '../../lib/build/schemas.ts';
import { packageRoot } from '../../lib/package-root.ts';
import { aliasPropertiesSchema, policyIn } from '../../lib/rollout/contracts/custom-resource.ts';
import { fromTemplate } from '../../lib/rollout/contracts/template-values.ts';
import { policySchema } from '../../lib/rollout/policy/policy.ts';

const ajv = new Ajv2020({ strict: false });
const valid = ajv.compile(schemas()['alias.schema.json'] as object);

/** Whether the function behind the resource takes the properties, with their policy. */
function isTaken(properties: unknown): boolean {
  const parsed = aliasPropertiesSchema.safeParse(properties);
  if (!parsed.success) return false;
  if (parsed.data.Group !== undefined) return true;
  try {
    return policySchema.safeParse(fromTemplate(policySchema, policyIn(parsed.data))).success;
  } catch {
    return false;
  }
}

const alias = { FunctionName: 'checkout', AliasName: 'live', Version: '41' };

describe('the JSON schemas of the custom resources', () => {
  it.each(Object.entries(schemas()))('are shipped as they are generated: %s', (file, schema) => {
    expect(JSON.parse(readFileSync(new URL(`dist/${file}`, packageRoot()), 'utf8'))).toEqual(schema);
  });

  it.each([
    {},
    { Version: 41 },
    { Existing: 'adopt', ProvisionedConcurrency: 2, Stack: 'shop' },
    { Existing: 'takeOver', ProvisionedConcurrency: '2', Group: 'shop', Alarms: ['errors'] },
    { Policy: { canary: { weight: 10, bakeSeconds: '60' }, batches: { count: '3' } } },
    { Policy: '{"preset":"AllAtOnce"}', Alarms: ['errors'], Hooks: { BeforeTraffic: ['smoke'] } },
    { Policy: { preset: 'AllAtOnce', evidence: { latency: { slowerThanMilliseconds: '800' } } } },
  ])('take what a deploy takes: %j', (more) => {
    expect([valid({ ...alias, ...more }), isTaken({ ...alias, ...more })]).toEqual([true, true]);
  });

  it.each([
    { FunctionName: '' },
    { AliasName: '42' },
    { Version: '$LATEST' },
    { Version: 0 },
    { Version: '0' },
    { Existing: 'replace' },
    { Alarm: ['errors'] },
    { Alarms: 'errors' },
    { Hooks: { BeforeTrafic: ['smoke'] } },
    { Policy: { canary: { weight: 'ten' } } },
    { Policy: { canary: { weight: 60 } } },
    { Policy: { preset: 'Canary' } },
    { Policy: { preset: 'AllAtOnce', evidence: { maximumGigabytesScanned: 'some' } } },
    { ProvisionedConcurrency: 'five' },
  ])('refuse what a deploy refuses: %j', (more) => {
    expect([valid({ ...alias, ...more }), isTaken({ ...alias, ...more })]).toEqual([false, false]);
  });

  it('refuse nothing that a deploy takes', () => {
    const number = fc.oneof(fc.integer({ min: -1, max: 120 }), fc.integer({ min: -1, max: 120 }).map(String));
    const optional = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined, freq: 1 });
    const given = fc
      .record({
        Version: fc.oneof(fc.integer({ min: 0, max: 50 }), fc.integer({ min: 0, max: 50 }).map(String)),
        Existing: optional(fc.constantFrom('fail', 'adopt', 'takeOver', 'other')),
        Policy: optional(
          fc.oneof(
            fc.record({ canary: fc.record({ weight: number, bakeSeconds: number }) }),
            fc.record({ steps: fc.array(fc.record({ weight: number, bakeSeconds: number }), { maxLength: 3 }) }),
            fc.record({ preset: fc.constantFrom('AllAtOnce', 'Canary10Percent5Minutes', 'none') }),
            fc.constant('{"adaptive":{}}'),
          ),
        ),
        Alarms: optional(fc.array(fc.string(), { maxLength: 2 })),
        ProvisionedConcurrency: optional(number),
      })
      .map((more) => JSON.parse(JSON.stringify({ ...alias, ...more })) as object);
    let taken = 0;
    fc.assert(
      fc.property(given, (properties) => {
        if (!isTaken(properties)) return;
        taken++;
        expect(valid(properties)).toBe(true);
      }),
      { numRuns: 500 },
    );
    expect(taken).toBeGreaterThan(20);
  });
});

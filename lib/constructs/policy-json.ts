import { readFileSync } from 'node:fs';
import { Duration } from 'aws-cdk-lib';
import { type Refusal, refusalLine, refusalsIn } from '../rollout/contracts/refusal.ts';
import { type PolicyInput, policySchema } from '../rollout/policy/policy.ts';
import type { RolloutPolicy } from './policy.ts';

/** A policy in the JSON contract, without the names of alarms and hooks. */
export type PolicyJson = Omit<PolicyInput, 'alarms' | 'hooks'>;

/** The fields that are times: a Duration in the CDK, `<field>Seconds` in JSON. */
const times: ReadonlySet<string> = new Set(['bake', 'interval', 'settle', 'approvalTimeout', 'maximumBake', 'grace']);
const SUFFIX = 'Seconds';

/** Its keys are names that the user chose. */
const NAMES = 'dimensions';

/** The name of a time in the CDK, by its name in JSON. */
const timeOf = (key: string): string => (key.endsWith(SUFFIX) ? key.slice(0, -SUFFIX.length) : '');

/** A policy in JSON, and the fields of it that were refused, by their names in the CDK. */
export interface CheckedPolicy {
  readonly json: PolicyJson;
  readonly refused: readonly Refusal[];
}

/** Turns a policy into JSON and checks it. */
export function checkPolicy(policy: unknown): CheckedPolicy {
  const refused: Refusal[] = [];
  const json = toJson(policy, '', refused);
  const known = new Set(refused.map(({ path }) => path));
  const parsed = policySchema.safeParse(json, { reportInput: true });
  const more = parsed.success
    ? []
    : refusalsIn(parsed.error)
        .map(inDurations)
        .filter(({ path }) => !known.has(path));
  return { json: json as PolicyJson, refused: [...refused, ...more] };
}

/**
 * Turns a policy into the JSON contract.
 *
 * @throws Error with each field that is refused
 */
export function toPolicyInput(policy: RolloutPolicy): PolicyJson {
  const { json, refused } = checkPolicy(policy);
  if (refused.length > 0) throw refusedPolicy('the policy', refused);
  return json;
}

/** A policy of the JSON contract. @throws Error with each field that is refused */
export function policyFromJson(json: unknown, name = 'the policy'): RolloutPolicy {
  const parsed = policySchema.safeParse(json, { reportInput: true });
  const refused = [...refusedConstructs(json), ...(parsed.success ? [] : refusalsIn(parsed.error))];
  if (refused.length > 0) throw refusedPolicy(name, refused);
  return fromJson(json) as RolloutPolicy;
}

/** A policy in a JSON file. @throws Error if there is none, or with each field that is refused */
export function policyFromFile(path: string): RolloutPolicy {
  return policyFromJson(jsonIn(path), path);
}

function jsonIn(path: string): unknown {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    throw new Error(`${path}: expected a policy file, but it cannot be read`, { cause: error });
  }
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new Error(`${path}: expected JSON, but ${(error as Error).message}`, { cause: error });
  }
}

const refusedPolicy = (name: string, refused: readonly Refusal[]): Error =>
  new Error(`${name} is refused\n  ${refused.map((each) => refusalLine(each, 'policy')).join('\n  ')}`);

function refusedConstructs(policy: unknown): readonly Refusal[] {
  return ['alarms', 'hooks']
    .filter((key) => isPlain(policy) && Object.hasOwn(policy, key))
    .map((path) => ({
      path,
      found: undefined,
      expected: `expected as a prop of the RolloutAlias: ${path} are constructs here`,
    }));
}

function toJson(value: unknown, path: string, refused: Refusal[]): unknown {
  if (Array.isArray(value)) return value.map((each, index) => toJson(each, `${path}[${index}]`, refused));
  if (!isPlain(value) || path.endsWith(`.${NAMES}`)) return value;
  const constructs = path === '' ? refusedConstructs(value) : [];
  refused.push(...constructs);
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key, each]) => each !== undefined && !constructs.some((construct) => construct.path === key))
      .map(([key, each]) => {
        const field = path ? `${path}.${key}` : key;
        if (times.has(key)) return [key + SUFFIX, secondsIn(each, field, refused)];
        if (times.has(timeOf(key))) {
          refused.push({
            path: field,
            found: JSON.stringify(each),
            expected: `expected ${timeOf(key)}, for example Duration.seconds(${each}); RolloutPolicy.fromJson takes seconds`,
          });
        }
        return [key, toJson(each, field, refused)];
      }),
  );
}

function secondsIn(value: unknown, path: string, refused: Refusal[]): number | undefined {
  if (!isDuration(value)) {
    refused.push({
      path,
      found: isPlain(value) ? 'an object' : JSON.stringify(value),
      expected: 'expected a Duration, for example Duration.minutes(5)',
    });
    return undefined;
  }
  if (value.isUnresolved()) {
    refused.push({ path, found: 'a token', expected: 'expected a Duration that is known at synth' });
    return undefined;
  }
  return value.toSeconds({ integral: false });
}

function fromJson(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(fromJson);
  if (!isPlain(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, each]) =>
      times.has(timeOf(key))
        ? [timeOf(key), Duration.seconds(each as number)]
        : [key, key === NAMES ? each : fromJson(each)],
    ),
  );
}

/** A field that was refused in JSON, by its name in the CDK. */
const inDurations = (refusal: Refusal): Refusal =>
  times.has(timeOf(refusal.path.split('.').at(-1) as string))
    ? { ...refusal, path: timeOf(refusal.path), expected: `${refusal.expected}, in seconds` }
    : refusal;

/** By what it offers and not by its class: an app may hold two copies of the CDK. */
const isDuration = (value: unknown): value is Duration =>
  typeof (value as Duration | undefined)?.toSeconds === 'function' &&
  typeof (value as Duration).isUnresolved === 'function';

/** Constructs are left alone: they refer to each other without end. */
const isPlain = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && [Object.prototype, null].includes(Object.getPrototypeOf(value));

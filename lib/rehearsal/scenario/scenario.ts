import * as z from 'zod';
import { MOST_MEMBERS } from '../../rollout/document/start.ts';
import { policySchema } from '../../rollout/policy/policy.ts';
import { FUNCTION } from '../names.ts';
import { alarmsSchema, compositeAlarmsSchema } from './alarm-spec.ts';
import { awsFaultSchema } from './aws-fault.ts';
import { behaviourSchema, incidentSchema, stableSchema } from './behaviour.ts';
import { clocksSchema } from './clocks.ts';
import { deliverySchema } from './delivery.ts';
import { logsSchema } from './logs.ts';
import { type OperatorAction, timedOperatorActionSchema } from './operator-action.ts';
import { trafficSchema } from './traffic.ts';
import { DAY } from './values.ts';

const memberFields = {
  traffic: trafficSchema,
  stable: stableSchema.prefault({}),
  candidate: behaviourSchema.prefault({}),
  alarms: alarmsSchema.default([]),
};

const memberSchema = z.strictObject({
  /** The name of its function. */
  name: z.string().regex(/^[A-Za-z0-9-_]{1,64}$/, {
    error: 'expected the name of a function: 1 to 64 letters, digits, "-" or "_"',
  }),
  ...memberFields,
});

const commonFields = {
  name: z.string().default('rehearsal'),
  seed: z.number().int().default(1),
  incidents: z.array(incidentSchema).default([]),
  metrics: z
    .strictObject({
      periodSeconds: z.number().int().min(1).max(DAY).default(60),
      delaySeconds: z.number().int().min(0).max(DAY).default(60),
    })
    .prefault({}),
  logs: logsSchema.optional(),
  policy: policySchema,
  operator: z.array(timedOperatorActionSchema).default([]),
  aws: z.array(awsFaultSchema).default([]),
  events: z.array(deliverySchema).optional(),
  compositeAlarms: compositeAlarmsSchema.optional(),
  /** How many execution environments every deploy asks for; the stable version has as many from before. */
  provisionedConcurrency: z.number().int().min(1).optional(),
  clocks: clocksSchema.optional(),
};

const aloneSchema = z.strictObject({ ...memberFields, ...commonFields });

const groupSchema = z
  .strictObject({ ...commonFields, members: z.array(memberSchema).min(1).max(MOST_MEMBERS) })
  .superRefine(({ members, compositeAlarms = [] }, context) => {
    const refuse = (path: (string | number)[], message: string, input: unknown) =>
      context.addIssue({ code: 'custom', path: ['members', ...path], message, input });
    const names = members.map(({ name }) => name);
    names.forEach((name, index) => {
      if (names.indexOf(name) < index) refuse([index, 'name'], 'expected a name that no other member has', name);
    });
    const alarms = new Set<string>();
    members.forEach((member, place) => {
      member.alarms.forEach(({ name }, index) => {
        if (alarms.has(name)) refuse([place, 'alarms', index, 'name'], 'expected a name that no other alarm has', name);
        alarms.add(name);
      });
    });
    compositeAlarms.forEach(({ anyOf }, index) => {
      const first = members[0]?.alarms.map(({ name }) => name) ?? [];
      const other = anyOf.find((name) => !first.includes(name));
      if (other === undefined) return;
      const message = 'expected an alarm of the first member: the rehearsal has composite alarms of that one alone';
      context.addIssue({ code: 'custom', path: ['compositeAlarms', index], message, input: other });
    });
  });

/**
 * A scenario: a policy, and the world that it meets. Weights are percent of traffic, times are seconds since the execution's
 * start, error rates are probabilities from 0 to 1. An unknown key, a wrong type or an impossible value is refused with its
 * path. With `members` it is that of a group; the keys that each member has of its own are then not at the top.
 */
export const scenarioSchema: z.ZodType<Scenario, ScenarioInput> = z
  .custom<ScenarioInput>()
  .transform((input, context): Scenario => {
    const isGroup = typeof input === 'object' && input !== null && 'members' in input;
    const parsed = (isGroup ? groupSchema : aloneSchema).safeParse(input, { reportInput: true });
    const issues = parsed.error?.issues ?? strangersIn(parsed.data as Parsed);
    if (issues.length === 0) return asScenario(parsed.data as Parsed);
    context.issues.push(...issues.map((issue) => ({ ...issue, input: issue.input }) as z.core.$ZodRawIssue));
    return z.NEVER;
  });

type Parsed = z.output<typeof aloneSchema> | z.output<typeof groupSchema>;

/** Actions on members that the scenario does not have. */
function strangersIn(scenario: Parsed): readonly z.core.$ZodIssue[] {
  const names = 'members' in scenario ? scenario.members.map(({ name }) => name) : [];
  const expected =
    names.length > 0 ? names.map((name) => `"${name}"`).join(' or ') : 'no member, for the scenario has none';
  const refused = (member: string | undefined, path: (string | number)[]): z.core.$ZodIssue[] =>
    member === undefined || names.includes(member)
      ? []
      : [{ code: 'custom', path, message: `expected ${expected}`, input: member }];
  return [
    ...scenario.operator.flatMap((action, index) => refused(memberIn(action), ['operator', index, 'member'])),
    ...scenario.aws.flatMap(({ operator }, index) => refused(memberIn(operator), ['aws', index, 'operator', 'member'])),
  ];
}

/** The member that an action is on; undefined if it names none. */
export const memberIn = (action: OperatorAction | undefined): string | undefined =>
  action && 'member' in action ? action.member : undefined;

/** The first member's keys stand at the top too, as those of a scenario of one alias do. */
function asScenario(parsed: Parsed): Scenario {
  if (!('members' in parsed)) return parsed;
  const { name: _, ...first } = parsed.members[0] as MemberScenario;
  return { ...parsed, ...first };
}

/** A member of a scenario's group. */
export type MemberScenario = z.output<typeof memberSchema>;

/** A checked scenario with every default filled in. */
export interface Scenario extends z.output<typeof aloneSchema> {
  /** The members of a group; left out if the scenario is of one alias. */
  readonly members?: readonly MemberScenario[];
}

/** A scenario as a person writes it: most keys are optional. */
export interface ScenarioInput extends Omit<z.input<typeof aloneSchema>, 'traffic'> {
  readonly traffic?: z.input<typeof trafficSchema>;
  readonly members?: z.input<typeof memberSchema>[];
}

/** The members of a scenario; one alias is the only one. */
export const membersIn = ({ members, traffic, stable, candidate, alarms }: Scenario): readonly MemberScenario[] =>
  members ?? [{ name: FUNCTION, traffic, stable, candidate, alarms }];

/** The alarms of all members. */
export const alarmsIn = (scenario: Scenario) => membersIn(scenario).flatMap(({ alarms }) => alarms);

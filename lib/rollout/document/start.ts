import * as z from 'zod';
import { arnBeside } from '../contracts/arn.ts';
import { oneLine } from '../contracts/text.ts';
import { alarmNamesSchema, policySchema } from '../policy/policy.ts';

/** A function: its name, or its ARN without a qualifier. */
export const functionSchema = z
  .string()
  .regex(/^(arn:aws[a-z-]{0,20}:lambda:[a-z0-9-]{1,32}:\d{12}:function:)?[A-Za-z0-9-_]{1,64}$/, {
    error: "expected a function's name or its ARN without a qualifier",
  });

/** A version that was published. */
export const versionSchema = z
  .string()
  .regex(/^[1-9]\d{0,9}$/, { error: 'expected a published version such as "42"; $LATEST is not one' });

/** The name of a function that is given by name or ARN. */
export const functionNameOf = (functionName: string): string => functionName.split(':').at(-1) as string;

/** The name of an alias: one that could not be taken for a version. */
export const aliasNameSchema = z.string().regex(/^(?!\d+$)[A-Za-z0-9-_]{1,128}$/, {
  error: 'expected the name of an alias: 1 to 128 letters, digits, "-" or "_", and not only digits',
});

/** What every input has beside its members. */
const commonFields = {
  operation: z.literal('start', { error: 'expected "start" or "rollback"' }).default('start'),
  /** Left out: the policy that the stack of the alias has deployed; that of the first member, if there are several. */
  policy: policySchema.optional(),
  stack: z.string().min(1).max(1024).nullable().default(null),
  startedBy: z
    .string()
    .max(256)
    .default('somebody')
    .transform((text) => oneLine(text)),
};

/** What is shifted: an alias, and the version that it is shifted to. */
const memberFields = {
  function: functionSchema,
  alias: aliasNameSchema,
  version: versionSchema,
  /** Execution environments of the version to make ready before its first traffic. Left out: the number that the stack has deployed. */
  provisionedConcurrency: z.int().min(1).nullable().optional(),
};

/** What starts a rollout of one alias: the input of the execution. */
export const startInputSchema = z.strictObject({ ...commonFields, ...memberFields });

/** A rollout has at most so many members: the document has room for so many, and a step writes them within some seconds. */
export const MOST_MEMBERS = 20;

const memberSchema = z.strictObject({
  ...memberFields,
  /** Alarms that watch this member alone, beside those of the policy. If one fires, its member is put back first. */
  alarms: alarmNamesSchema.default([]),
});

/** What starts a rollout of several aliases, which move together and go back together. */
export const groupStartSchema = z.strictObject({
  ...commonFields,
  /** Left out: the group has no name, and its first member stands for it. */
  group: z
    .string()
    .regex(/^[A-Za-z0-9][A-Za-z0-9._/-]{0,127}$/, {
      error:
        'expected the name of a group: 1 to 128 letters, digits, ".", "-", "_" or "/", the first a letter or digit',
    })
    .optional(),
  /** In the order in which they get their weights: callees first. */
  members: z
    .array(memberSchema)
    .min(1, { error: 'expected at least one member' })
    .superRefine((members, context) => {
      const refuse = (path: number[], message: string, input: unknown) =>
        context.addIssue({ code: 'custom', path, message, input });
      if (members.length > MOST_MEMBERS) {
        refuse([], `expected at most ${MOST_MEMBERS} members, for so many fit into one rollout`, members.length);
      }
      const names = members.map(nameOf);
      const twice = names.findIndex((name, index) => names.indexOf(name) < index);
      if (twice >= 0) refuse([twice], `expected each alias once; ${names[twice]} is a member already`, names[twice]);
    }),
});

const nameOf = (member: { readonly function: string; readonly alias: string }): string =>
  `${functionNameOf(member.function)}:${member.alias}`;

/** The input as a person or the deploy writes it: of one alias, or of several. */
export type StartInput = z.input<typeof startInputSchema> | z.input<typeof groupStartSchema>;

/** A member as a checked input asks for it. */
export type RequestedMember = z.output<typeof memberSchema>;

/** A checked input. One alias is a group of one. */
export interface StartRequest extends Pick<z.output<typeof groupStartSchema>, keyof typeof commonFields> {
  /** Null if the group has no name. */
  readonly group: string | null;
  readonly members: readonly RequestedMember[];
}

/** Checks an input, and reads one alias as a group of one. */
export function readStartInput(input: unknown): z.ZodSafeParseResult<StartRequest> {
  const options = { reportInput: true };
  return typeof input === 'object' && input !== null && 'members' in input
    ? groupStartSchema
        .transform(({ group = null, ...request }): StartRequest => ({ ...request, group }))
        .safeParse(input, options)
    : startInputSchema.transform(groupOfOne).safeParse(input, options);
}

function groupOfOne({
  function: functionName,
  alias,
  version,
  provisionedConcurrency,
  ...request
}: z.output<typeof startInputSchema>): StartRequest {
  const member = { function: functionName, alias, version, provisionedConcurrency, alarms: [] };
  return { ...request, group: null, members: [member] };
}

/**
 * Why an execution cannot shift a function: its ARN is in another partition, region or account than the execution's own. Undefined
 * if it can: a function that is named without its ARN is always in reach.
 */
export function outOfReach(functionName: string, executionArn: string): string | undefined {
  return elsewhere('function', functionName, executionArn, 'lambda', 'function:');
}

/** Why an execution cannot wait for a stack: its id is of another partition, region or account. A stack's name is always in reach. */
export const stackOutOfReach = (stack: string, executionArn: string): string | undefined =>
  elsewhere('stack', stack, executionArn, 'cloudformation', 'stack/');

function elsewhere(
  what: string,
  name: string,
  executionArn: string,
  service: string,
  resource: string,
): string | undefined {
  if (!name.startsWith('arn:')) return undefined;
  const here = arnBeside(executionArn, service, resource);
  return name.startsWith(here)
    ? undefined
    : `${what} ${oneLine(name, 200)} is out of reach: expected one of this partition, region and account (${here}...)`;
}

import type * as z from 'zod';

/**
 * Makes numbers and booleans again of texts, at the places for which a schema expects them: CloudFormation makes text of every value of a
 * custom resource. Any other value stays as it is, so that the schema refuses it with what was found.
 */
export function fromTemplate(schema: z.ZodType, value: unknown): unknown {
  const { error } = schema.safeParse(value);
  const mended = (error?.issues ?? []).flatMap((issue) => placesIn(issue, [])).reduce(mendedAt, value);
  return mended === value ? value : fromTemplate(schema, mended);
}

/** A place of a value for which a schema expects another type than text. */
interface Place {
  readonly path: readonly PropertyKey[];
  readonly type: string;
}

function placesIn(issue: z.core.$ZodIssue, parents: readonly PropertyKey[]): readonly Place[] {
  const path = [...parents, ...issue.path];
  if (issue.code === 'invalid_union') return issue.errors.flat().flatMap((inner) => placesIn(inner, path));
  return issue.code === 'invalid_type' ? [{ path, type: issue.expected }] : [];
}

function mendedAt(value: unknown, { path: [key, ...rest], type }: Place): unknown {
  if (key === undefined) return typeof value === 'string' ? scalarIn(value, type) : value;
  const inside = (value as Readonly<Record<PropertyKey, unknown>>)[key];
  const mended = mendedAt(inside, { path: rest, type });
  if (mended === inside) return value;
  return Array.isArray(value) ? value.with(Number(key), mended) : { ...(value as object), [key]: mended };
}

/** As CloudFormation writes a number, `1.0E-4` among them. */
export const NUMBER = /^-?\d+(\.\d+)?([eE][+-]?\d+)?$/;

function scalarIn(text: string, type: string): unknown {
  if (type === 'number' || type === 'int') return NUMBER.test(text) ? Number(text) : text;
  if (type === 'boolean') return text === 'true' || text === 'false' ? text === 'true' : text;
  return text;
}

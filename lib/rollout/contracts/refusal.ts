import type * as z from 'zod';
import { oneLine } from './text.ts';

/** One field that was refused: its place, the value that was found there and the one that was expected. */
export interface Refusal {
  /** For example `steps[1].weight`; empty for the document itself. */
  readonly path: string;
  /** As JSON, cut to a line; undefined if the path says it all. */
  readonly found: string | undefined;
  readonly expected: string;
}

/** The fields that a schema refused. Parse with `reportInput: true`, or the values that were found are not known. */
export const refusalsIn = (error: z.ZodError): readonly Refusal[] =>
  error.issues.flatMap((issue) => ofIssue(issue, []));

/** More fields than these have no room in any text. */
const MOST_TOLD = 100;

/** The same in one line. */
export const refusalInWords = (error: z.ZodError): string =>
  refusalsIn(error)
    .slice(0, MOST_TOLD)
    .map((refusal) => refusalLine(refusal, 'the input'))
    .join('; ');

/** Something that a handler was called with is not what it takes. Nothing was done. */
export class EventRefused extends Error {
  override readonly name = 'EventRefused';
}

/** A document may have thousands of fields that are refused; an error's cause has room for some. */
const LONGEST_REFUSAL = 2000;

/**
 * The event of a handler, checked.
 *
 * @param what how the event is called in words
 * @throws EventRefused with each field that was refused: what was found, and what was expected
 */
export function checkedEvent<T>(schema: z.ZodType<T>, event: unknown, what: string): T {
  const parsed = schema.safeParse(event, { reportInput: true });
  if (parsed.success) return parsed.data;
  throw new EventRefused(oneLine(`${what} is refused: ${refusalInWords(parsed.error)}`, LONGEST_REFUSAL));
}

/** One refused field in one line; `whole` names the document itself. */
export const refusalLine = ({ path, found, expected }: Refusal, whole: string): string =>
  `${path || whole}: ${expected}${found ? `, found ${found}` : ''}`;

function ofIssue(issue: z.core.$ZodIssue, parents: readonly PropertyKey[]): readonly Refusal[] {
  const path = [...parents, ...issue.path];
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({
      path: inWords([...path, key]),
      found: 'a key that is not known here',
      expected: 'only keys of the contract: check its spelling and its place',
    }));
  }
  if (issue.code === 'invalid_union' && issue.errors.length > 0) {
    const closest = issue.errors.toSorted((a, b) => a.length - b.length)[0] ?? [];
    return closest.flatMap((inner) => ofIssue(inner, path));
  }
  const found = 'input' in issue ? shown(valueAt(issue)) : undefined;
  return [{ path: inWords(path), found, expected: expectation(issue) }];
}

/** The value at the issue's path: a union names its discriminator, but hands over the whole object. */
function valueAt(issue: z.core.$ZodIssue): unknown {
  const last = issue.path.at(-1);
  const { input } = issue as { input?: unknown };
  return issue.code === 'invalid_union' && last !== undefined && typeof input === 'object' && input !== null
    ? (input as Record<PropertyKey, unknown>)[last]
    : input;
}

function expectation(issue: z.core.$ZodIssue): string {
  const { message } = issue;
  if (issue.code === 'custom' || message.startsWith('expected')) return message;
  if (issue.code === 'invalid_type') return `expected ${article(issue.expected)}`;
  if (issue.code === 'invalid_value')
    return `expected ${issue.values.map((value) => JSON.stringify(value)).join(' or ')}`;
  if (issue.code === 'too_small')
    return `expected ${sized(issue, issue.inclusive ? 'at least' : 'more than', issue.minimum)}`;
  if (issue.code === 'too_big')
    return `expected ${sized(issue, issue.inclusive ? 'at most' : 'less than', issue.maximum)}`;
  return message.replace(/^Invalid \w+: must /, 'expected to ').replace(/^Invalid /, 'expected a valid ');
}

function sized(issue: { readonly origin: string }, relation: string, limit: number | bigint): string {
  const unit = { string: ' characters', array: ' entries' }[issue.origin] ?? '';
  return `${relation} ${limit}${unit}`;
}

const article = (type: string): string =>
  ({
    int: 'a whole number',
    number: 'a number',
    object: 'an object',
    array: 'a list',
    string: 'a text',
    record: 'an object',
  })[type] ?? type;

const inWords = (path: readonly PropertyKey[]): string =>
  path.reduce<string>(
    (text, key) => (typeof key === 'number' ? `${text}[${key}]` : text ? `${text}.${String(key)}` : String(key)),
    '',
  );

function shown(value: unknown): string {
  const text = value === undefined ? 'nothing' : jsonOf(value);
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}

/** A construct in a policy is no JSON, and neither is a value that is nested too deeply. */
function jsonOf(value: unknown): string {
  try {
    return JSON.stringify(value) ?? typeof value;
  } catch {
    return Array.isArray(value) ? 'a list that is no JSON' : 'an object that is no JSON';
  }
}

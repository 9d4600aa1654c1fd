import { readFileSync } from 'node:fs';
import type * as z from 'zod';
import { refusalsIn } from '../../rollout/contracts/refusal.ts';
import { CommandRefused, refusedFields } from './command-refused.ts';

/**
 * Reads a JSON file and checks it against a schema.
 *
 * @throws CommandRefused if there is no such file, if it is not JSON, or if the schema refuses a field
 */
export function readInput<T>(file: string, schema: z.ZodType<T>): T {
  const parsed = schema.safeParse(parse(file, read(file)), { reportInput: true });
  if (!parsed.success) throw refusedFields(file, refusalsIn(parsed.error));
  return parsed.data;
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const why =
      { ENOENT: 'there is no such file', EISDIR: 'it is a folder', EACCES: 'reading it is not allowed' }[code ?? ''] ??
      message;
    throw new CommandRefused(`${file} cannot be read: ${why}.\n\n  expected: the path of a JSON file`);
  }
}

function parse(file: string, text: string): unknown {
  try {
    // A byte order mark is not part of the document.
    return JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch (error) {
    throw new CommandRefused(`${file} is not JSON: ${(error as Error).message}.\n\n  expected: one JSON document`);
  }
}

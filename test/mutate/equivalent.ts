import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { type Mutant, onOneLine } from './mutants.ts';

const entry = z.strictObject({
  /** The mutant's name, as the report prints it. */
  name: z.string().min(1),
  /** The folder that its file is in, or the file; needed if two files have a mutant of that name. */
  under: z.string().optional(),
  /** Why no test can tell it from the original. */
  reason: z.string().min(20),
});

/** A mutant that behaves as the original does, which a person has judged. */
export type Equivalent = z.infer<typeof entry>;

/** @throws Error if the file is not a list of these */
export const readEquivalents = (file: URL): Equivalent[] =>
  z.array(entry).parse(JSON.parse(readFileSync(file, 'utf8')));

/**
 * The mutants without those that are listed.
 *
 * @throws Error if an entry names no mutant, because the code has changed, or more than one
 */
export function withoutEquivalents(mutants: readonly Mutant[], equivalents: readonly Equivalent[]): Mutant[] {
  const listed = equivalents.map((equivalent) => {
    const named = mutants.filter((mutant) => isNamed(mutant, equivalent));
    const [mutant] = named;
    if (mutant && named.length === 1) return mutant;
    const found = named.length === 0 ? 'no mutant' : `${named.length}: ${named.map(({ file }) => file).join(', ')}`;
    throw new Error(`equivalent.json: expected one mutant "${equivalent.name}", found ${found}`);
  });
  return mutants.filter((mutant) => !listed.includes(mutant));
}

const isNamed = ({ name, file }: Mutant, equivalent: Equivalent): boolean =>
  name === onOneLine(equivalent.name) && file.startsWith(equivalent.under ?? '');

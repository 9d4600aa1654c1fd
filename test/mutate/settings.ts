import { parseArgs } from 'node:util';
import { z } from 'zod';

/** What decides: the domain, the calls to AWS, and the functions. */
const DECIDING = ['lib/rollout/**/*.ts', 'lib/aws/**/*.ts', 'functions/**/*.ts'];

const count = z.coerce.number().int().positive();

const schema = z.object({
  sample: count.default(300),
  seed: z.coerce.number().int().default(7),
  parallel: count.max(64).default(2),
  files: z.array(z.string()).default(DECIDING),
  tests: z.array(z.string()).default([]),
  threshold: z.coerce.number().min(0).max(100).default(0),
  json: z.string().optional(),
  list: z.boolean().default(false),
});

export type Settings = z.infer<typeof schema>;

export const USAGE = `npm run mutate -- [options]

  --sample 300      how many mutants are drawn
  --seed 7          of the draw
  --parallel 2      processes side by side
  --files GLOB      what is mutated, again for more; else lib/rollout, lib/aws and functions
  --tests GLOB      only these tests, again for more; else every unit test that imports a drawn file
  --threshold 0     exit code 1 below this score, in percent
  --json FILE       writes the report for programs too
  --list            prints the draw and runs nothing`;

/** @throws Error with what is wrong and the usage */
export function settingsOf(words: readonly string[]): Settings {
  try {
    const { values } = parseArgs({
      args: [...words],
      options: {
        sample: { type: 'string' },
        seed: { type: 'string' },
        parallel: { type: 'string' },
        files: { type: 'string', multiple: true },
        tests: { type: 'string', multiple: true },
        threshold: { type: 'string' },
        json: { type: 'string' },
        list: { type: 'boolean' },
      },
    });
    return schema.parse(values);
  } catch (error) {
    const message = error instanceof z.ZodError ? z.prettifyError(error) : (error as Error).message;
    throw new Error(`${message}\n\n${USAGE}`);
  }
}

import * as z from 'zod';

/** The log of the function: how it logs, and how late its lines can be found. */
export const logsSchema = z.strictObject({
  format: z.enum(['JSON', 'Text']).default('JSON'),
  systemLevel: z.enum(['DEBUG', 'INFO', 'WARN']).default('INFO'),
  /** From the end of an invocation until its line can be found, in seconds: so long, and up to `varyingSeconds` longer. */
  lagSeconds: z.number().int().min(0).max(3600).default(8),
  varyingSeconds: z.number().int().min(0).max(3600).default(7),
  /** The share of the lines that come later than that, and by how many seconds. */
  lateShare: z.number().min(0).max(1).default(0),
  lateSeconds: z.number().int().min(0).max(3600).default(60),
  /** What a query scans for each invocation, in bytes. */
  bytesPerInvocation: z.number().int().min(0).default(1000),
});

/** The log of a scenario. */
export type LogSpec = z.output<typeof logsSchema>;

/** A log as it is if a scenario says nothing of it. */
export const usualLog: LogSpec = logsSchema.parse({});

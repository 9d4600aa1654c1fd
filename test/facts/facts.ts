import { aliasFacts } from './alias-facts.ts';
import { executionFacts } from './execution-facts.ts';
import type { Fact } from './fact.ts';
import { functionFacts } from './function-facts.ts';
import { logFacts } from './log-facts.ts';
import { monitoringFacts } from './monitoring-facts.ts';

/** Every behaviour of AWS that Sluice relies on, and what it has to get along with because nobody has recorded it. */
export const facts: readonly Fact[] = [
  ...aliasFacts,
  ...functionFacts,
  ...executionFacts,
  ...monitoringFacts,
  ...logFacts,
];

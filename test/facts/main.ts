import { parseArgs } from 'node:util';
import type { Fact, Side } from './fact.ts';
import { facts } from './facts.ts';
import { isAgainst, judge, type Verdict } from './judge.ts';
import { linesOf, sumOf } from './print.ts';

/**
 * Prints the table of facts, each checked against the endpoint or account of the environment, or with `--rehearsal` against the
 * rehearsal's AWS. Exit code 1 where something that was recorded on AWS differs and nobody has written that down.
 */
const { values } = parseArgs({ options: { rehearsal: { type: 'boolean', default: false } } });

async function checkAll(side: Side, check: (fact: Fact) => Promise<unknown>): Promise<readonly Verdict[]> {
  const verdicts: Verdict[] = [];
  for (const fact of facts) {
    const verdict = await judge(fact, side, check);
    console.log(linesOf(verdict).join('\n'));
    verdicts.push(verdict);
  }
  return verdicts;
}

async function checkHere(): Promise<readonly Verdict[]> {
  if (values.rehearsal) return checkAll('rehearsal', (await import('./on-rehearsal.ts')).checkOnRehearsal);
  const { Endpoint, sideHere } = await import('./on-endpoint.ts');
  const name = `sluice-facts-${process.pid}`;
  if (process.env['AWS_REGION'] === undefined) {
    console.error('No endpoint or account here: set AWS_REGION, credentials, and AWS_ENDPOINT_URL for an endpoint.');
    console.error("  try: npm run facts -- --rehearsal   # against the rehearsal's AWS");
    process.exit(2);
  }
  console.error(`Makes stack ${name} and deletes it in the end; takes a minute, on an account some ten.\n`);
  const endpoint = await Endpoint.make(name);
  try {
    return await checkAll(sideHere, (fact) => endpoint.check(fact));
  } finally {
    await endpoint.remove();
  }
}

const verdicts = await checkHere();
console.log(`\n${sumOf(verdicts)}`);
if (verdicts.some(isAgainst)) process.exitCode = 1;

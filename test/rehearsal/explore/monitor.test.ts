import { describe, expect, it } from 'vitest';
import type { InvariantName } from '../../../lib/rehearsal/explore/invariants/invariants.ts';
import { Monitor } from '../../../lib/rehearsal/explore/monitor.ts';
import { OPERATOR } from '../../../lib/rehearsal/names.ts';
import type { Execution, ExecutionEnd } from '../../../lib/rehearsal/services/execution.ts';
import type { Invocation } from '../../../lib/rehearsal/simulation/invocation.ts';
import { type AliasState, allTrafficTo, type Routing, split } from '../../../lib/rollout/alias/alias.ts';
import { policySchema } from '../../../lib/rollout/policy/policy.ts';

const policy = policySchema.parse({
  steps: [
    { weight: 20, bakeSeconds: 60 },
    { weight: 60, bakeSeconds: 60 },
  ],
});

/** A run as a monitor sees it, with the alias at version 41 and a rollout of 42 that starts at second 0. */
class History {
  readonly #monitor = new Monitor(policy);
  #alias: AliasState = { ...allTrafficTo('41'), description: '', revisionId: '1' };

  constructor() {
    this.starts(0, 'one', '42');
  }

  starts(second: number, name: string, version: string): this {
    this.#monitor.onExecution({ name, input: { version } } as Execution, second);
    return this;
  }

  enters(second: number, state: string): this {
    this.#monitor.onState({ execution: 'one', state, input: {} }, second);
    return this;
  }

  /** A handler writes the alias. */
  writes(second: number, routing: Routing, { handler = 'shift', execution = 'one', begunAt = second } = {}): this {
    const event = { execution: { name: execution }, step: 0 };
    return this.#changes(second, routing, handler, { name: handler, event, begunAt } as Invocation);
  }

  operatorWrites(second: number, routing: Routing): this {
    return this.#changes(second, routing, OPERATOR, undefined);
  }

  /** An observation of the first step. The policy names no alarm, so one answer is enough. */
  observes(second: number): this {
    const event = { execution: { name: 'one' }, step: 0 };
    const invocation = { name: 'observe', event, begunAt: second } as unknown as Invocation;
    this.#monitor.onAnswer({ invocation, call: 'lambda:GetAlias', input: {}, output: {} }, second);
    return this;
  }

  fails(second: number, call: string): this {
    this.#monitor.onCall(call, 'answerLost', second);
    return this;
  }

  ends(second: number, error: string, cause = 'because', name = 'one'): this {
    const end: ExecutionEnd = { status: 'FAILED', error, cause, output: null, second };
    this.#monitor.onEnd({ name } as Execution, end);
    return this;
  }

  /** The invariants that are broken once everything rests, in the order in which they were found. */
  rests(second: number): readonly InvariantName[] {
    this.#monitor.finish(second);
    return this.#monitor.violations.map(({ invariant }) => invariant);
  }

  #changes(second: number, routing: Routing, by: string, invocation: Invocation | undefined): this {
    const before = this.#alias;
    const after: AliasState = { ...routing, description: '', revisionId: `${before.revisionId}1` };
    this.#alias = after;
    this.#monitor.onAliasChange({ by, before, after }, invocation, second);
    return this;
  }
}

const stable = allTrafficTo('41');
const promoted = allTrafficTo('42');
const weighing = (weight: number) => split('41', '42', weight);

/** A rollout that was given its first weight at second 10. */
const canary = () => new History().writes(10, weighing(20));

/** A rollout whose first step was observed, and which entered Revert at second 100. */
const reverting = () => canary().observes(80).enters(100, 'Revert');

/** A rollout whose first weight was replaced by that of a newer rollout. */
const superseded = () =>
  canary()
    .starts(40, 'two', '43')
    .writes(50, split('41', '43', 20), { execution: 'two' });

/** The write of a function that takes weights away. */
const byRevert = { handler: 'revert' };

/** For each invariant a history that breaks it, and one that is close to it and right. */
const histories: Readonly<Record<InvariantName, { broken: () => History; right: () => History }>> = {
  alias: {
    broken: () => canary().writes(100, allTrafficTo('40'), byRevert).ends(110, 'RolledBack'),
    right: () => canary().writes(100, stable, byRevert).ends(110, 'RolledBack'),
  },
  person: {
    broken: () => canary().operatorWrites(50, weighing(37)).writes(70, stable, byRevert).ends(80, 'RolledBack'),
    right: () => canary().operatorWrites(50, weighing(60)).writes(70, stable, byRevert).ends(80, 'RolledBack'),
  },
  verdict: {
    broken: () => reverting().writes(110, weighing(60)).writes(120, stable, byRevert).ends(130, 'RolledBack'),
    right: () =>
      reverting().writes(110, weighing(60), { begunAt: 99 }).writes(120, stable, byRevert).ends(130, 'RolledBack'),
  },
  proof: {
    broken: () => canary().writes(100, weighing(60)).writes(120, stable, byRevert).ends(130, 'RolledBack'),
    right: () => canary().observes(80).writes(100, weighing(60)).writes(120, stable, byRevert).ends(130, 'RolledBack'),
  },
  supersede: {
    broken: () => superseded().writes(60, stable, byRevert),
    right: () =>
      superseded()
        .writes(60, stable, { handler: 'revert', execution: 'two' })
        .ends(70, 'Superseded')
        .ends(80, 'RolledBack', 'because', 'two'),
  },
  end: {
    broken: () => canary().writes(100, stable, byRevert).ends(110, 'RolledBack', ''),
    right: () => canary().writes(100, stable, byRevert).ends(110, 'RolledBack', 'an alarm fired'),
  },
  revert: {
    broken: () => reverting().writes(500, stable, byRevert).ends(501, 'RolledBack'),
    right: () => reverting().writes(300, stable, byRevert).ends(501, 'RolledBack'),
  },
  abandoned: {
    broken: () => canary().fails(100, 'lambda:UpdateAlias').ends(110, 'RevertFailed').writes(800, stable, byRevert),
    right: () => canary().fails(300, 'lambda:UpdateAlias').ends(310, 'RevertFailed').writes(800, stable, byRevert),
  },
};

describe('a monitor', () => {
  it.each(Object.entries(histories))('reports %s first if it is broken first', (name, { broken }) => {
    expect(broken().rests(2000)[0]).toBe(name);
  });

  it.each(Object.entries(histories))('finds nothing wrong with a history that only just keeps %s', (_, { right }) => {
    expect(right().rests(2000)).toEqual([]);
  });

  it('reports an execution that never ends', () => {
    expect(new History().rests(2000)).toEqual(['end']);
  });

  it('reports weights that are left when everything rests', () => {
    expect(canary().ends(20, 'Superseded').rests(30)).toEqual(['alias']);
  });

  it('reports a write for a rollout that was never started', () => {
    const monitor = new Monitor(policy);
    const before = { ...stable, description: '', revisionId: '1' };
    const invocation = { name: 'shift', event: {}, begunAt: 1 } as Invocation;
    monitor.onAliasChange({ by: 'shift', before, after: { ...before, ...promoted } }, invocation, 1);
    expect(monitor.violations).toMatchObject([{ invariant: 'alias', second: 1 }]);
  });
});

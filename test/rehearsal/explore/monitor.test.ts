import { describe, expect, it } from 'vitest';
import type { InvariantName } from '../../../lib/rehearsal/explore/invariants/invariants.ts';
import { Monitor } from '../../../lib/rehearsal/explore/monitor.ts';
import { OPERATOR } from '../../../lib/rehearsal/names.ts';
import { type Scenario, type ScenarioInput, scenarioSchema } from '../../../lib/rehearsal/scenario/scenario.ts';
import type { Execution, ExecutionEnd } from '../../../lib/rehearsal/services/execution.ts';
import type { Invocation } from '../../../lib/rehearsal/simulation/invocation.ts';
import { EPOCH } from '../../../lib/rehearsal/simulation/virtual-time.ts';
import {
  type AliasState,
  allTrafficTo,
  carriesWeights,
  type Routing,
  shareOf,
  split,
} from '../../../lib/rollout/alias/alias.ts';
import { describeEnd, describeShift } from '../../../lib/rollout/alias/description.ts';
import { type Policy, policySchema } from '../../../lib/rollout/policy/policy.ts';

const policy = policySchema.parse({
  steps: [
    { weight: 20, bakeSeconds: 60 },
    { weight: 60, bakeSeconds: 60 },
  ],
});

const withAlarm = policySchema.parse({
  steps: [
    { weight: 20, bakeSeconds: 60 },
    { weight: 60, bakeSeconds: 60 },
  ],
  alarms: ['errors'],
});

/** A scenario in which nothing is wrong but what the changes say. */
const scenarioWith = (changes: Partial<ScenarioInput> = {}) =>
  scenarioSchema.parse({ traffic: { requestsPerSecond: 5 }, policy: { preset: 'AllAtOnce' }, ...changes });

/** What an end by that error says that it was. */
const outcomes: Readonly<Record<string, string>> = { RolledBack: 'rolledBack', Superseded: 'superseded' };
const events: Readonly<Record<string, string>> = { RolledBack: 'reverted', Superseded: 'superseded' };

/** A run as a monitor sees it, with the alias at version 41 and a rollout of 42 that starts at second 0. */
class History {
  readonly #monitor: Monitor;
  #alias: AliasState = { ...allTrafficTo('41'), description: '', revisionId: '1' };

  constructor(given: Policy = policy, scenario: Scenario | null = null) {
    this.#monitor = new Monitor(given, scenario);
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
  writes(
    second: number,
    routing: Routing,
    { handler = 'shift', execution = 'one', begunAt = second, description = toldBy(execution, routing) } = {},
  ): this {
    const event = { execution: { name: execution }, step: 0 };
    return this.#changes(second, routing, handler, { name: handler, event, begunAt } as Invocation, description);
  }

  /** The revert function writes the alias because of an event. */
  writesOn(event: object, second: number, routing: Routing): this {
    const invocation = { name: 'revert', event, begunAt: second } as unknown as Invocation;
    return this.#changes(second, routing, 'revert', invocation, toldBy('one', routing));
  }

  operatorDescribes(second: number, description: string): this {
    return this.#changes(second, this.#alias, OPERATOR, undefined, description);
  }

  operatorWrites(second: number, routing: Routing, description = this.#alias.description): this {
    return this.#changes(second, routing, OPERATOR, undefined, description);
  }

  /** An observation of the first step. The policy names no alarm, so one answer is enough. */
  observes(second: number, counts = { stable: 0, candidate: 0 }): this {
    const result = (role: 'stable' | 'candidate') => ({
      Id: `${role}Invocations`,
      Values: [counts[role]],
      StatusCode: 'Complete',
    });
    const output = { MetricDataResults: [result('stable'), result('candidate')] };
    return this.#answers(second, 'observe', 'cloudwatch:GetMetricData', output);
  }

  /** A hook answers. */
  hears(second: number, answer: object): this {
    const output = { Payload: new TextEncoder().encode(JSON.stringify(answer)) };
    return this.#answers(second, 'run-hooks', 'lambda:Invoke', output);
  }

  /** An alarm fires. */
  fires(second: number, name: string): this {
    this.#monitor.onAlarm({ name, state: 'ALARM', before: 'OK', reason: '', second });
    return this;
  }

  operatorActs(second: number, action: 'hold' | 'resume' | 'approve'): this {
    this.#monitor.onOperatorAction({ do: action }, 'one', second);
    return this;
  }

  succeeds(second: number): this {
    this.#tells('one', 'promoted');
    const output = { reason: 'all is well', report: { outcome: 'promoted' } };
    this.#monitor.onEnd({ name: 'one' } as Execution, {
      status: 'SUCCEEDED',
      error: null,
      cause: null,
      output,
      second,
    });
    return this;
  }

  /** Its weights are taken away, and it ends. */
  reverted(second: number): this {
    return this.writes(second, stable, byRevert).ends(second + 1, 'RolledBack');
  }

  fails(second: number, call: string): this {
    this.#monitor.onCall(call, 'answerLost', second);
    return this;
  }

  ends(second: number, error: string, cause = 'because', name = 'one'): this {
    const output = { report: { outcome: outcomes[error] } };
    this.#monitor.onTask({ execution: name, state: 'Revert', input: {}, output });
    this.#tells(name, events[error]);
    const end: ExecutionEnd = { status: 'FAILED', error, cause, output: null, second };
    this.#monitor.onEnd({ name } as Execution, end);
    return this;
  }

  /** The invariants that are broken once everything rests, in the order in which they were found. */
  rests(second: number): readonly InvariantName[] {
    this.#monitor.finish(second);
    return this.#monitor.violations.map(({ invariant }) => invariant);
  }

  #tells(execution: string, event: string | undefined): void {
    const Entries = [{ Detail: JSON.stringify({ execution, event }) }];
    this.#monitor.onAnswer({ invocation: undefined, call: 'events:PutEvents', input: { Entries }, output: {} }, 0);
  }

  #answers(second: number, handler: string, call: string, output: object): this {
    const event = { execution: { name: 'one' }, step: 0 };
    const invocation = { name: handler, event, begunAt: second } as unknown as Invocation;
    this.#monitor.onAnswer({ invocation, call, input: {}, output }, second);
    return this;
  }

  #changes(
    second: number,
    routing: Routing,
    by: string,
    invocation: Invocation | undefined,
    description = this.#alias.description,
  ): this {
    const before = this.#alias;
    const after: AliasState = { ...routing, description, revisionId: `${before.revisionId}1` };
    this.#alias = after;
    this.#monitor.onAliasChange({ functionName: 'checkout', by, before, after }, invocation, second);
    return this;
  }
}

const starts: Readonly<Record<string, number>> = { one: 0, two: 40 };

/** The description that a rollout writes with a routing. */
function toldBy(execution: string, routing: Routing): string {
  const candidate = execution === 'one' ? '42' : '43';
  const writer = { execution, startedAt: EPOCH / 1000 + (starts[execution] ?? 0) };
  const weight = shareOf(candidate, routing);
  if (carriesWeights(routing)) {
    return describeShift({ ...writer, stable: '41', candidate, weight }, { number: 1, of: 2 });
  }
  return weight === 100
    ? describeEnd({ ...writer, did: 'promoted', from: '41', to: candidate, reason: 'all is well' })
    : describeEnd({ ...writer, did: 'reverted', from: candidate, to: '41', reason: 'because' });
}

const stable = allTrafficTo('41');
const promoted = allTrafficTo('42');
const weighing = (weight: number) => split('41', '42', weight);

/** A rollout that was given its first weight at second 10. */
const canary = (given?: Policy, scenario?: Scenario) => new History(given, scenario).writes(10, weighing(20));

/** A rollout whose first step was observed, and which entered Revert at second 100. */
const reverting = () => canary().observes(80).enters(100, 'Revert');

/** A rollout whose first weight was replaced by that of a newer rollout. */
const superseded = () =>
  canary()
    .starts(40, 'two', '43')
    .writes(50, split('41', '43', 20), { execution: 'two' });

/** The write of a function that takes weights away. */
const byRevert = { handler: 'revert' };

/** For each invariant of one alias a history that breaks it, and one that is close to it and right. */
const histories: Readonly<Record<Exclude<InvariantName, 'together'>, { broken: () => History; right: () => History }>> =
  {
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
      right: () =>
        canary().observes(80).writes(100, weighing(60)).writes(120, stable, byRevert).ends(130, 'RolledBack'),
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
    starved: {
      broken: () => canary().observes(200, { stable: 240, candidate: 0 }).writes(210, weighing(60)).reverted(220),
      right: () => canary().observes(200, { stable: 240, candidate: 1 }).writes(210, weighing(60)).reverted(220),
    },
    hold: {
      broken: () =>
        canary().operatorActs(20, 'hold').observes(180).enters(190, 'Shift').writes(191, weighing(60)).reverted(220),
      right: () =>
        canary().operatorActs(100, 'hold').observes(180).enters(190, 'Shift').writes(191, weighing(60)).reverted(220),
    },
    hooks: {
      broken: () => canary().hears(20, { ok: false }).observes(80).writes(100, weighing(60)).reverted(120),
      right: () => canary().hears(20, { ok: true }).observes(80).writes(100, weighing(60)).reverted(120),
    },
    firing: {
      broken: () => canary(withAlarm).fires(30, 'errors').reverted(640),
      right: () => canary(withAlarm).fires(50, 'errors').fires(20, 'others').reverted(640),
    },
    shown: {
      broken: () => canary().writes(100, stable, byRevert).succeeds(110),
      right: () => canary().reverted(100),
    },
    account: {
      broken: () =>
        canary()
          .writes(100, stable, { ...byRevert, description: 'all is well' })
          .ends(110, 'RolledBack'),
      right: () => canary().reverted(100),
    },
    transient: {
      broken: () => canary(policy, scenarioWith()).reverted(100),
      right: () => canary(policy, scenarioWith({ candidate: { errorRate: 0.5 } })).reverted(100),
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
    monitor.onAliasChange(
      { functionName: 'checkout', by: 'shift', before, after: { ...before, ...promoted } },
      invocation,
      1,
    );
    expect(monitor.violations).toMatchObject([{ invariant: 'alias', second: 1 }]);
  });

  it('lets a rollout go on from its own weight that a person has restored over a newer one, which then never writes again', () => {
    const restored = () => superseded().operatorWrites(60, weighing(20)).observes(200).writes(210, weighing(60));
    const goneOn = restored().reverted(220).ends(330, 'Superseded', 'by hand', 'two');
    expect(goneOn.rests(2000)).toEqual([]);
    const both = restored().writes(220, split('41', '43', 20), { execution: 'two' });
    expect(both.rests(2000)[0]).toBe('supersede');
    expect(superseded().writes(70, weighing(60)).rests(2000)[0]).toBe('supersede');
  });

  it('lets the event of an alarm take back what a person has restored of an older rollout that runs', () => {
    const restored = () => superseded().operatorWrites(60, weighing(20), toldBy('one', weighing(20)));
    const ended = restored()
      .writesOn({ trigger: 'alarm' }, 70, stable)
      .ends(80, 'RolledBack')
      .ends(90, 'Superseded', 'x', 'two');
    expect(ended.rests(2000)).toEqual([]);
    const own = superseded().operatorWrites(60, weighing(37)).writesOn({ trigger: 'alarm' }, 70, stable);
    expect(own.rests(2000)[0]).toBe('person');
  });

  it('takes an approval for one weight only', () => {
    const manual = policySchema.parse({
      steps: [20, 40, 60].map((weight) => ({ weight, bakeSeconds: 60, approval: 'manual' })),
    });
    const approved = () =>
      new History(manual).enters(1, 'AwaitApproval').operatorActs(10, 'approve').writes(10, weighing(20));
    expect(approved().reverted(100).rests(2000)).toEqual([]);
    const twice = approved().observes(80).writes(90, weighing(40));
    expect(twice.reverted(100).rests(2000)).toEqual(['proof']);
  });

  it('reports an execution that goes on long after an alarm has put its alias back', () => {
    const alarm = { trigger: 'alarm' };
    const put = (second: number) => canary().writesOn(alarm, 100, stable).ends(second, 'RolledBack');
    expect(put(1090).rests(2000)).toEqual([]);
    expect(put(1200).rests(2000)).toEqual(['end']);
  });

  it('reports a revert that is given up within ten minutes', () => {
    const givenUp = (second: number) =>
      reverting()
        .fails(second - 1, 'lambda:UpdateAlias')
        .ends(second, 'RevertFailed');
    expect(givenUp(300).writes(310, stable, byRevert).rests(320)).toEqual(['revert']);
  });

  it('reports a write that loses the mark of the owner', () => {
    const marked = new History().operatorDescribes(1, '[sluice:0123456789ab]');
    expect(marked.writes(10, weighing(20)).reverted(20).rests(100)).toEqual(['account']);
  });
});

describe('the monitors of a group', () => {
  const input = {
    members: ['stock', 'checkout'].map((name) => ({ function: name, alias: 'live', version: '42' })),
  };

  /** Both members at rest, as their writers have left them. */
  function atRest(left: Readonly<Record<string, { readonly routing: Routing; readonly by?: string }>>) {
    const monitors = Object.keys(left).map((name) => new Monitor(policy, null, name));
    Monitor.together(monitors);
    Object.entries(left).forEach(([functionName, { routing, by = 'shift' }], index) => {
      const monitor = monitors[index] as Monitor;
      monitor.onExecution({ name: 'one', input } as unknown as Execution, 0);
      const before = { ...stable, description: '', revisionId: '1' };
      const after = { ...routing, description: toldBy('one', routing), revisionId: '2' };
      const invocation = { name: by, event: { execution: { name: 'one' } }, begunAt: 9 } as unknown as Invocation;
      monitor.onAliasChange({ functionName, by, before, after }, by === OPERATOR ? undefined : invocation, 10);
    });
    for (const monitor of monitors) monitor.finish(2000);
    return monitors.flatMap(({ violations }) => violations.map(({ invariant }) => invariant));
  }

  it.each([
    ['one promoted and one put back', promoted, stable],
    ['one put back and one forgotten', stable, weighing(20)],
  ])('report %s', (_, stock, checkout) => {
    expect(atRest({ stock: { routing: stock }, checkout: { routing: checkout } })).toContain('together');
  });

  it.each([
    ['both promoted', promoted, promoted, 'shift'],
    ['both put back', stable, stable, 'revert'],
    ['one that a person has promoted, and the other put back', stable, promoted, OPERATOR],
  ])('take %s for whole', (_, stock, checkout, by) => {
    expect(atRest({ stock: { routing: stock, by: 'revert' }, checkout: { routing: checkout, by } })).not.toContain(
      'together',
    );
  });
});

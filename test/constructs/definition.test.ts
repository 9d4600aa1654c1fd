import aslValidator from 'asl-validator';
import { describe, expect, it } from 'vitest';
import { controllerFunctions, definition, functionTimeout } from '../../lib/constructs/definition.ts';

interface State {
  readonly Type: string;
  readonly Next?: string;
  readonly Default?: string;
  readonly Choices?: readonly { readonly Next: string }[];
  readonly Catch?: readonly { readonly ErrorEquals: readonly string[]; readonly Next: string }[];
  readonly Retry?: readonly unknown[];
  readonly Parameters?: { readonly FunctionName?: string };
  readonly TimeoutSeconds?: number;
  readonly TimeoutSecondsPath?: string;
}

const arns = Object.fromEntries(
  controllerFunctions.map((name) => [name, `arn:aws:lambda:us-east-1:123456789012:function:${name}`]),
) as Record<(typeof controllerFunctions)[number], string>;
const machine = definition(arns, 'aws');
const states = Object.entries(machine.States) as [string, State][];
const tasks = states.filter(([, { Type }]) => Type === 'Task');

describe('the state machine', () => {
  it('invokes its functions in its own partition: an execution calls no resource of another one', () => {
    const elsewhere = Object.values(definition(arns, 'aws-cn').States).flatMap((state) =>
      'Resource' in state ? [state.Resource] : [],
    );
    expect(elsewhere.length).toBeGreaterThan(10);
    for (const resource of elsewhere) expect(resource).toMatch(/^arn:aws-cn:states:::lambda:invoke/);
  });

  it('is valid Amazon States Language', () => {
    const { isValid, errorsText } = aslValidator(machine as never);
    expect(errorsText?.()).toBeFalsy();
    expect(isValid).toBe(true);
  });

  it('leads only to states that exist, and to every one of them', () => {
    const targets = states.flatMap(([, { Next, Default, Choices = [], Catch = [] }]) => [
      Next,
      Default,
      ...Choices.map((choice) => choice.Next),
      ...Catch.map((catcher) => catcher.Next),
    ]);
    const reached = new Set([machine.StartAt, ...targets.filter((target) => target !== undefined)]);
    expect([...reached].sort()).toEqual(states.map(([name]) => name).sort());
  });

  it.each(tasks)(
    'retries, times out and catches everything in %s',
    (_, { Retry, Catch, TimeoutSeconds, TimeoutSecondsPath }) => {
      expect(Retry?.length).toBeGreaterThan(0);
      expect(TimeoutSeconds ?? TimeoutSecondsPath).toBeDefined();
      expect(Catch?.flatMap(({ ErrorEquals }) => ErrorEquals)).toContain('States.ALL');
    },
  );

  it.each(tasks)(
    'outlives the function behind %s, so that nothing is written after its Task was given up',
    (_, task) => {
      const name = controllerFunctions.find((each) => task.Parameters?.FunctionName === arns[each]);
      if (task.TimeoutSeconds === undefined || !name) return expect(task.TimeoutSecondsPath).toBeDefined();
      expect(task.TimeoutSeconds).toBeGreaterThan(functionTimeout(name));
    },
  );

  /** How long a task is tried, in seconds, if every try fails at once. */
  const triedFor = (name: 'Revert' | 'Rollback' | 'Shift') => {
    const [retry] = machine.States[name].Retry as readonly {
      IntervalSeconds: number;
      BackoffRate: number;
      MaxAttempts: number;
      MaxDelaySeconds: number;
    }[];
    const { IntervalSeconds: first, BackoffRate, MaxAttempts, MaxDelaySeconds } = retry as NonNullable<typeof retry>;
    return Array.from({ length: MaxAttempts }, (_, index) =>
      Math.min(first * BackoffRate ** index, MaxDelaySeconds),
    ).reduce((sum, seconds) => sum + seconds, 0);
  };

  it.each(['Revert', 'Rollback'] as const)('tries %s for a quarter of an hour, whatever the error', (name) => {
    expect(triedFor(name)).toBeGreaterThanOrEqual(15 * 60);
    expect(machine.States[name].Retry).toMatchObject([{ ErrorEquals: ['States.ALL'] }]);
  });

  it('tries everything else for a minute, and then reverts', () => {
    expect(triedFor('Shift')).toBeGreaterThanOrEqual(60);
    expect(triedFor('Shift')).toBeLessThan(5 * 60);
  });

  it('ends every rollout that was not promoted as failed, with a name of its own and the reason', () => {
    const ends = states.filter(([, { Type }]) => Type === 'Fail').map(([name]) => name);
    expect(ends.sort()).toEqual(['Cancelled', 'Rejected', 'RevertFailed', 'RolledBack', 'Superseded']);
  });

  it('passes through Release before every end of a rollout, and there alone is told from the end itself', () => {
    const ends = Object.keys(machine.States).filter((name) =>
      /^(Promoted|RolledBack|Superseded|Cancelled|Rejected)$/.test(name),
    );
    const ofAnEnd = states.filter(([, { Choices = [] }]) => Choices.some(({ Next }) => ends.includes(Next)));
    expect(ofAnEnd.map(([name]) => name)).toEqual([
      'May it start?',
      'Warm?',
      'Shifted?',
      'Verdict',
      'Promoted?',
      'Reverted?',
      'Released?',
    ]);
    for (const [name, { Choices = [] }] of ofAnEnd) {
      const nexts = Choices.map(({ Next }) => Next);
      const release = nexts.indexOf('Release');
      if (name === 'Released?') expect(nexts.sort()).toEqual(ends.sort());
      else expect(nexts.findIndex((next) => ends.includes(next))).toBe(release + 1);
    }
    expect(machine.States.Release.Catch).toEqual([
      { ErrorEquals: ['States.ALL'], ResultPath: '$.error', Next: 'Released?' },
    ]);
  });

  it('uses no JSONata and no intrinsic functions, which a local interpreter may read otherwise', () => {
    const text = JSON.stringify(machine);
    expect(text).not.toContain('JSONata');
    expect(text).not.toMatch(/States\.(Format|JsonMerge|Math|Array|String|UUID)/);
  });
});

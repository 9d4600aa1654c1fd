import type { AwsFault } from '../scenario/aws-fault.ts';
import type { OperatorAction } from '../scenario/operator-action.ts';
import { exceptionOf } from '../services/exceptions.ts';

/** The outcome of one call. */
export type CallOutcome =
  | 'answered'
  | 'answerLost'
  | 'handlerDies'
  | 'handlerDiesBefore'
  | 'handlerOutlives'
  | 'stale'
  | 'empty'
  | 'outdated'
  | 'partial'
  | 'unread'
  | 'unevaluated'
  | 'slow'
  | 'throws'
  | 'refuses'
  | 'oldRouting'
  | 'queryFails'
  | 'queryHangs'
  | { readonly error: Error }
  /** An operator acts first, and then the call is answered. */
  | { readonly action: OperatorAction };

/** The values of a scenario's `fail` that are not the name of an error. */
const outcomes: Readonly<Record<string, CallOutcome>> = {
  timeout: 'answerLost',
  crash: 'handlerDies',
  crashBefore: 'handlerDiesBefore',
  outlive: 'handlerOutlives',
  stale: 'stale',
  empty: 'empty',
  outdated: 'outdated',
  partial: 'partial',
  unread: 'unread',
  unevaluated: 'unevaluated',
  slow: 'slow',
  throws: 'throws',
  refuses: 'refuses',
  oldRouting: 'oldRouting',
  queryFails: 'queryFails',
  queryHangs: 'queryHangs',
};

/** Deals out the faults that a scenario asks for. Every attempt of the SDK is a call and counts. */
export class Faults {
  readonly #planned: readonly AwsFault[];
  readonly #counted = new Map<string, number>();

  constructor(planned: readonly AwsFault[]) {
    this.#planned = planned;
  }

  /** How often each call was made, by its name such as `lambda:UpdateAlias`. */
  get counted(): Readonly<Record<string, number>> {
    return Object.fromEntries([...this.#counted].sort(([a], [b]) => (a < b ? -1 : 1)));
  }

  /** Counts a call, and decides its outcome. */
  outcomeOf(call: string): CallOutcome {
    const count = (this.#counted.get(call) ?? 0) + 1;
    this.#counted.set(call, count);
    const fault = this.#planned.find(
      (each) => each.call === call && count >= each.nth && count < each.nth + each.times,
    );
    if (!fault) return 'answered';
    if (fault.operator) return { action: fault.operator };
    return outcomes[fault.fail] ?? { error: exceptionOf(call, fault.fail) };
  }
}

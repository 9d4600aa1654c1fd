import { MACHINE } from '../names.ts';
import type { Delivery } from '../scenario/delivery.ts';
import type { Execution, ExecutionEnd } from '../services/execution.ts';
import type { AlarmTransition } from '../world/alarms.ts';
import type { EventDelivery } from './event-delivery.ts';
import type { LambdaRuntime } from './lambda-runtime.ts';
import type { Timeline } from './timeline.ts';
import { EPOCH, pause, type VirtualTime } from './virtual-time.ts';

/** Where events go: to the revert function, as the synthesized rules say. */
export interface EventBridgeParts {
  readonly runtime: LambdaRuntime;
  readonly deliveries: EventDelivery;
  readonly timeline: Timeline;
  readonly time: VirtualTime;
}

/** EventBridge, as the synthesized rules use it. */
export class EventBridge {
  readonly #parts: EventBridgeParts;

  constructor(parts: EventBridgeParts) {
    this.#parts = parts;
  }

  /** `Step Functions Execution Status Change`, for the statuses that the synthesized rule names. */
  async executionEnded(execution: Execution, end: ExecutionEnd): Promise<void> {
    if (end.status === 'SUCCEEDED') return;
    await this.#deliver('executionEnded', {
      source: 'aws.states',
      'detail-type': 'Step Functions Execution Status Change',
      detail: {
        executionArn: execution.arn,
        name: execution.name,
        status: end.status,
        startDate: execution.startedAt,
        input: JSON.stringify(execution.input),
        error: end.error,
        cause: end.cause,
        output: null,
      },
    });
  }

  /** `CloudWatch Alarm State Change` of any alarm: the rule's input transformer makes this event of it. */
  async alarmFired({ name, before, reason, second }: AlarmTransition): Promise<void> {
    await this.#deliver('alarm', {
      trigger: 'alarm',
      stateMachineArn: MACHINE,
      time: `${new Date(EPOCH + second * 1000).toISOString().slice(0, -5)}Z`,
      detail: { alarmName: name, state: { value: 'ALARM', reason }, previousState: { value: before } },
    });
  }

  /** The scheduled rule: the revert function looks through the executions that ended. */
  async sweep(): Promise<void> {
    await this.#invokeRevert({ trigger: 'sweep', stateMachineArn: MACHINE });
  }

  async #deliver(kind: Delivery['event'], event: unknown): Promise<void> {
    await Promise.all(
      this.#parts.deliveries.delaysOf(kind).map(async (delay) => {
        await pause(delay);
        await this.#invokeRevert(event);
      }),
    );
  }

  async #invokeRevert(event: unknown): Promise<void> {
    const { runtime, timeline, time } = this.#parts;
    const { reverted, reason = '' } = (await runtime.deliver('revert', event)) as RevertAnswer;
    if (reverted) timeline.add({ second: time.second(), event: 'reverted', weight: 0, reason });
  }
}

interface RevertAnswer {
  readonly reverted?: boolean;
  readonly reason?: string;
}

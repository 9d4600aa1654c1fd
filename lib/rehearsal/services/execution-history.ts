import type { HistoryEvent } from '@aws-sdk/client-sfn';
import { REGION } from '../names.ts';

type EventType = HistoryEvent['type'];
type Details = () => Omit<HistoryEvent, 'timestamp' | 'id' | 'type'>;

/** An event, which is written out only if somebody asks: a rehearsal has many documents and few readers. */
export type UnwrittenEvent = () => HistoryEvent;

/** The events of one execution that show where it stands, as GetExecutionHistory returns them. */
export class ExecutionHistory {
  readonly #events: UnwrittenEvent[] = [];
  #latest: EventType;

  /** Newest first. */
  get events(): readonly UnwrittenEvent[] {
    return this.#events;
  }

  taskScheduled(waits: boolean, parameters: object): void {
    this.#add('TaskScheduled', () => ({
      taskScheduledEventDetails: {
        resourceType: 'lambda',
        resource: waits ? 'invoke.waitForTaskToken' : 'invoke',
        region: REGION,
        parameters: JSON.stringify(parameters),
      },
    }));
  }

  stateEntered(type: string, name: string, input: unknown): void {
    this.#add(`${type}StateEntered` as EventType, () => ({
      stateEnteredEventDetails: { name, input: JSON.stringify(input) },
    }));
  }

  stateExited(type: string, name: string, output: unknown): void {
    this.#add(`${type}StateExited` as EventType, () => ({
      stateExitedEventDetails: { name, output: JSON.stringify(output) },
    }));
  }

  #add(type: EventType, details: Details): void {
    // The interpreter reports the events before a task a little after the task was called.
    const late = this.#latest === 'TaskScheduled' && type !== 'TaskStateExited';
    const about = { id: this.#events.length + 1, timestamp: new Date(Date.now()), type };
    this.#events.splice(late ? 1 : 0, 0, () => ({ ...details(), ...about }));
    if (!late) this.#latest = type;
  }
}

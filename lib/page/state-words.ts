import { ends, type Outcome, otherEnds } from '../rollout/contracts/ends.ts';
import type { Tone } from './tone.ts';

/** How a rollout ended, or that it has not. `stopped`: its execution was ended. `failed`: it could not put the alias back. */
export type PageState = Outcome | 'running' | 'stopped' | 'failed';

/** What a running rollout is doing. */
export type PageActivity = 'starting' | 'waitingForCommit' | 'held' | 'waitingForApproval' | 'baking' | 'shifting';

/** A state in words, and how they are coloured. */
export interface StateWords {
  readonly words: string;
  readonly tone: Tone;
}

const states: Readonly<Record<Exclude<PageState, 'running'>, StateWords>> = {
  promoted: { words: ends.promoted.words, tone: 'good' },
  rolledBack: { words: ends.rolledBack.words, tone: 'bad' },
  superseded: { words: ends.superseded.words, tone: 'plain' },
  cancelled: { words: ends.cancelled.words, tone: 'plain' },
  rejected: { words: ends.rejected.words, tone: 'asks' },
  stopped: { words: 'stopped', tone: 'asks' },
  failed: { words: otherEnds.revertFailed.words, tone: 'bad' },
};

const activities: Readonly<Record<PageActivity, StateWords>> = {
  starting: { words: 'is starting', tone: 'runs' },
  waitingForCommit: { words: 'waits for the stack', tone: 'runs' },
  held: { words: 'is held', tone: 'asks' },
  waitingForApproval: { words: 'waits for an approval', tone: 'asks' },
  baking: { words: 'is watched', tone: 'runs' },
  shifting: { words: 'moves on', tone: 'runs' },
};

/** Where a rollout stands, or how it ended, in words that begin a line. */
export function stateWords(state: PageState, doing: PageActivity | null = null): StateWords {
  const { words, tone } = state === 'running' ? activities[doing ?? 'shifting'] : states[state];
  return { words: sentence(words), tone };
}

/** A text that begins with a capital letter. */
export const sentence = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1)}`;

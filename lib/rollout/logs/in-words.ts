import { formatTarget } from '../alias/format-target.ts';
import type { LogMemory } from './memory.ts';

/** A member, and what is remembered of its log. */
interface Logged {
  readonly functionName: string;
  readonly aliasName: string;
  readonly logs: LogMemory | null;
}

/**
 * What the logs of the members could not tell, in words, if it was not known before.
 *
 * @param known the members as they were before, in the same order
 */
export const logsInWords = (members: readonly Logged[], known: readonly Logged[] = []): readonly string[] =>
  members.flatMap((member, index) => {
    const before = known[index]?.logs ?? null;
    const told = logInWords(member.logs, before);
    return members.length > 1 ? told.map((words) => `${formatTarget(member)}: ${words}`) : told;
  });

function logInWords(logs: LogMemory | null, before: LogMemory | null): readonly string[] {
  if (!logs) return [];
  const { late, minutesBecause } = logs;
  const isLateKnown = before !== null && before.late > 0;
  return [
    ...(minutesBecause !== null && before?.minutesBecause !== minutesBecause
      ? [`requests are counted by CloudWatch's minutes: ${minutesBecause}`]
      : []),
    ...(late > 0 && !isLateKnown
      ? [`${late === 1 ? '1 line' : `${late} lines`} of the log came too late to be counted`]
      : []),
  ];
}

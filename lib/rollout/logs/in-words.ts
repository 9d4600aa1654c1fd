import { formatTarget } from '../alias/format-target.ts';
import { logSignalsIn, type Signal } from '../evidence/streams.ts';
import type { LogMemory } from './memory.ts';

/** A member, and what is remembered of its log. */
interface Logged {
  readonly functionName: string;
  readonly aliasName: string;
  readonly logs: LogMemory | null;
  readonly policy: { readonly evidence?: { readonly signals: readonly Signal[] } | undefined };
}

/**
 * What the logs of the members could not tell, in words, if it was not known before.
 *
 * @param known the members as they were before, in the same order
 */
export const logsInWords = (members: readonly Logged[], known: readonly Logged[] = []): readonly string[] =>
  members.flatMap((member, index) => {
    const before = known[index]?.logs ?? null;
    const told = logInWords(member, before);
    return members.length > 1 ? told.map((words) => `${formatTarget(member)}: ${words}`) : told;
  });

function logInWords({ logs, policy }: Logged, before: LogMemory | null): readonly string[] {
  if (!logs) return [];
  const { late, minutesBecause } = logs;
  const isLateKnown = before !== null && before.late > 0;
  return [
    ...(minutesBecause !== null && before?.minutesBecause !== minutesBecause
      ? [
          `requests are counted by CloudWatch's minutes: ${minutesBecause}${untoldInWords(policy.evidence?.signals ?? [])}`,
        ]
      : []),
    ...(late > 0 && !isLateKnown
      ? [`${late === 1 ? '1 line' : `${late} lines`} of the log came too late to be counted`]
      : []),
  ];
}

/** The signals of which minutes do not tell. */
function untoldInWords(signals: readonly Signal[]): string {
  const names = logSignalsIn(signals).map(({ name }) => name);
  return names.length === 0
    ? ''
    : `; they do not tell ${names.length === 1 ? 'signal' : 'the signals'} ${names.join(', ')}`;
}

import { type AlarmShape, needInWords, secondsToFire } from './alarm-shape.ts';
import { oneLine } from './contracts/text.ts';
import type { Rollout } from './document/rollout.ts';
import { isIgnored } from './ignored-alarms.ts';
import type { AlarmObservation, Timing } from './observation.ts';

/** So many names of alarms stand in one sentence; a policy may name a hundred. */
const MOST_NAMES = 4;
const LONGEST_NAME = 80;
const MOST_REMARKS = 5;

/** The name of an alarm in a sentence. */
export const nameInWords = ({ name }: Pick<AlarmObservation, 'name'>): string => `alarm ${oneLine(name, LONGEST_NAME)}`;

/** Whether an alarm sees one version alone, and that is not the candidate. */
export function seesAnother({ candidate }: Pick<Rollout, 'candidate'>, { shape }: AlarmObservation): boolean {
  const version = shape?.version ?? null;
  return version !== null && version !== candidate;
}

/** A passed step's alarms: those that are not simply quiet first, each with what it is. */
export function alarmsInWords(rollout: Rollout, alarms: readonly AlarmObservation[]): string {
  if (alarms.length === 0) return 'no alarm is named';
  const kinds = new Map<string, AlarmObservation[]>();
  for (const alarm of alarms) {
    const kind = kindOf(rollout, alarm);
    kinds.set(kind, [...(kinds.get(kind) ?? []), alarm]);
  }
  const quiet = kinds.get(QUIET) ?? [];
  kinds.delete(QUIET);
  const told = [...kinds].map(([kind, them]) => sentence(them, kind));
  return [...told, ...(quiet.length > 0 ? [sentence(quiet, QUIET)] : [])].join(', ');
}

const QUIET = 'quiet';

/** What an alarm is, as the end of a sentence that begins with its name. */
function kindOf(rollout: Rollout, alarm: AlarmObservation): string {
  if (isIgnored(rollout, alarm)) {
    if (alarm.state === 'ALARM') return 'ignored and firing since before the rollout';
    if (alarm.state !== 'OK') return 'ignored since before the rollout and without data';
  }
  if (alarm.state !== 'OK') return 'without data';
  return seesAnother(rollout, alarm)
    ? `quiet but watching ${alarm.shape?.version} alone, not ${rollout.candidate}`
    : QUIET;
}

function sentence(alarms: readonly AlarmObservation[], kind: string): string {
  const shown = alarms.slice(0, MOST_NAMES).map(({ name }) => oneLine(name, LONGEST_NAME));
  const rest = alarms.length - shown.length;
  const all = rest > 0 ? [...shown, `${rest} more`] : shown;
  const names = all.length === 1 ? all[0] : `${all.slice(0, -1).join(', ')} and ${all.at(-1)}`;
  return alarms.length === 1 ? `alarm ${names} is ${kind}` : `alarms ${names} are ${kind}`;
}

/** Remarks on the alarms before a rollout begins: those that make its steps longer, and those that do not see the candidate. */
export function remarksOnAlarms(
  { candidate, plan }: Pick<Rollout, 'candidate' | 'plan'>,
  alarms: readonly AlarmObservation[],
  timing: Timing,
): string[] {
  const bakes = plan.map((step) => step.bakeSeconds).filter((seconds) => seconds > 0);
  const shortest = Math.min(...bakes);
  const all = alarms.flatMap((alarm) => {
    const needs = secondsToFire(alarm.shape, timing.alarms);
    return [
      ...(seesAnother({ candidate }, alarm)
        ? [`${nameInWords(alarm)} watches version ${alarm.shape?.version} alone, so it says nothing of ${candidate}`]
        : []),
      ...(!alarm.shape
        ? [`${nameInWords(alarm)} does not tell its period, so it is taken to fire after one bad minute`]
        : needs > shortest
          ? [longerInWords(nameInWords(alarm), alarm.shape, needs, shortest)]
          : []),
    ];
  });
  const more = all.length - MOST_REMARKS;
  return more > 0 ? [...all.slice(0, MOST_REMARKS), `${more} more remarks on alarms`] : all;
}

/** Says of an alarm that a step is too short for it. */
export const longerInWords = (name: string, shape: AlarmShape, needs: number, shortest: number): string =>
  `${name} fires on ${needInWords(shape)}, which takes up to ${needs} s; a step of ${shortest} s lasts until then`;

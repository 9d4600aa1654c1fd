/** Seconds for people: `45 s`, `5 min`, `1 h 30 min`. */
export function duration(seconds: number): string {
  const units = [
    [Math.floor(seconds / 86_400), 'd'],
    [Math.floor((seconds % 86_400) / 3600), 'h'],
    [Math.floor((seconds % 3600) / 60), 'min'],
    [seconds % 60, 's'],
  ] as const;
  const shown = units.filter(([count]) => count > 0);
  return shown.length === 0 ? '0 s' : shown.map(([count, unit]) => `${count} ${unit}`).join(' ');
}

/** A moment of a rollout: `12:05`, or `1:02:05` from an hour on. */
export function clock(second: number): string {
  const whole = Math.round(second);
  const two = (value: number) => String(value).padStart(2, '0');
  const [hours, minutes, seconds] = [Math.floor(whole / 3600), Math.floor((whole % 3600) / 60), whole % 60];
  return hours > 0 ? `${hours}:${two(minutes)}:${two(seconds)}` : `${minutes}:${two(seconds)}`;
}

/** A count for people: `12,345`. */
export const count = (value: number): string => value.toLocaleString('en-US');

/** A share as a percentage with the digits that matter: `0.13 %`, `9.6 %`, `100 %`. */
export const percent = (share: number): string => `${Number((share * 100).toPrecision(3)).toLocaleString('en-US')} %`;

/** How many of how many: `12 of 1,200 (1 %)`. */
export const outOf = (some: number, all: number): string =>
  `${count(some)} of ${count(all)}${all > 0 ? ` (${percent(some / all)})` : ''}`;

/** An amount of US dollars, in whole cents from a dollar on: `$0.0012`. */
export const money = (usd: number): string => `$${usd.toFixed(usd >= 1 ? 2 : 4)}`;

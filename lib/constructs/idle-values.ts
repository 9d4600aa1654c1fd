import prices from './idle-prices.json' with { type: 'json' };
import type { Resolved } from './resolved.ts';

/** A charge: a key of the price list, how often it is paid, and a price for each where the configuration tells another one. */
export interface Charge {
  readonly key: string;
  /** @default 1 */
  readonly times?: number;
  /**
   * US dollars a month; null if it is not known.
   *
   * @default - the price of the key
   */
  readonly each?: number | null;
}

/** What the configuration of a resource costs while idle; nothing if it scales to zero. */
export type IdleRule = (resource: Resolved, all: readonly Resolved[]) => readonly Charge[];

/** A feature is off only if the template says so: a parameter or a condition may turn it on. */
export const isOff = (value: unknown): boolean => value === undefined || value === false || value === 'false';

/** A number of a template, which may be text; another value counts as `otherwise`. */
export function numberIn(value: unknown, otherwise: number): number {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  return typeof number === 'number' && Number.isFinite(number) ? number : otherwise;
}

/** Whether a template gives exactly zero. A parameter does not. */
export const isZero = (value: unknown): boolean => numberIn(value, 1) === 0;

/** An object of a template; an empty one for anything else. */
export const objectIn = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {};

/** A list of a template; an empty one for anything else. */
export const listIn = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

const perLarge: Readonly<Record<string, number>> = prices.perLargeInstance;

/** Sizes of an instance as multiples of `large`. Prices of a family grow with them (AWS's normalization factors). */
const sizes: Readonly<Record<string, number>> = {
  nano: 1 / 16,
  micro: 1 / 8,
  small: 1 / 4,
  medium: 1 / 2,
  large: 1,
  xlarge: 2,
};

/**
 * US dollars a month of an instance class such as `m5.24xlarge` or `db.r6g.large`; null for a family that the price list does not name.
 * `of` stands before the family of services whose classes look like those of RDS.
 */
export function priceOfClass(instanceClass: unknown, of = ''): number | null {
  const [, family = '', size = ''] = /^((?:\w+\.)?\w+)\.(\w+)$/.exec(String(instanceClass)) ?? [];
  const many = /^(\d+)xlarge$/.exec(size)?.[1];
  const factor = many === undefined ? sizes[size] : Number(many) * 2;
  const large = perLarge[of ? `${of}.${family.replace(/^\w+\./, '')}` : family];
  return large === undefined || factor === undefined ? null : large * factor;
}

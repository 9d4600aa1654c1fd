import type { IConstruct } from 'constructs';
import free from './idle-free.json' with { type: 'json' };
import prices from './idle-prices.json' with { type: 'json' };
import { idleRules } from './idle-rules.ts';
import { type Resolved, resolvedBelow } from './resolved.ts';

/** A resource that costs while nobody uses it, or may cost as far as is known. */
export interface IdleCost {
  /** Where it stands in the app. */
  readonly path: string;
  /** Its type in CloudFormation. */
  readonly resource: string;
  /** Its key in the price list: the type in CloudFormation, or the feature that costs. */
  readonly type: string;
  /** What it is, in words; null for a type that neither list names. */
  readonly what: string | null;
  /** US dollars a month; null if it is not known. */
  readonly price: number | null;
}

/** The day on which both lists were last compared with AWS's price pages. */
export const PRICES_OF: string = prices.date;

const freeTypes: ReadonlySet<string> = new Set(
  Object.entries(free.types).flatMap(([service, names]) => names.split(' ').map((name) => `AWS::${service}::${name}`)),
);

const perMonth: Readonly<Record<string, { readonly what: string; readonly price: number | null }>> = prices.perMonth;

/**
 * The resources below a construct that cost while idle. A type is free if the list of free types names it, or if the rule of its type
 * finds nothing in its configuration that costs. A type that no list names is told, too, without a price.
 */
export function idleCostsOf(scope: IConstruct): readonly IdleCost[] {
  const all = resolvedBelow(scope);
  return all.flatMap((resource) => costsOf(resource, all));
}

function costsOf(resource: Resolved, all: readonly Resolved[]): readonly IdleCost[] {
  const { path, type } = resource;
  // The function of a custom resource stands in a template of its own and is judged there.
  if (type.startsWith('Custom::')) return [];
  const rule = idleRules[type];
  if (rule) {
    return rule(resource, all).map(({ key, times = 1, each }) => {
      const { what, price } = perMonth[key] as { what: string; price: number | null };
      const unit = each === undefined ? price : each;
      return { path, resource: type, type: key, what, price: unit === null ? null : unit * times };
    });
  }
  if (freeTypes.has(type)) return [];
  return [{ path, resource: type, type, ...(perMonth[type] ?? { what: null, price: null }) }];
}

/** The known prices in US dollars a month, and the keys of what has no known price. */
export function idleSumOf(costs: readonly IdleCost[]): {
  readonly dollars: number;
  readonly unknown: readonly string[];
} {
  return {
    dollars: costs.reduce((sum, { price }) => sum + (price ?? 0), 0),
    unknown: [...new Set(costs.filter(({ price }) => price === null).map(({ type }) => type))],
  };
}

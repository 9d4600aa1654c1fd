import { createHash } from 'node:crypto';
import type { Marks } from '../../rollout/alias/ownership.ts';
import type { AliasName } from '../lambda/alias.ts';
import type { CustomResourceEvent } from './custom-resource.ts';

/** The physical id of a resource: the same for as long as it lives. Another one would be a replacement, and would delete the alias. */
export const physicalIdOf = (event: CustomResourceEvent): string =>
  event.RequestType === 'Create' || event.PhysicalResourceId === ''
    ? `sluice-${marksOf(event).made}`
    : event.PhysicalResourceId;

/**
 * The marks of a template's resource, different from every other's. The physical id holds them after the first request: a refactored stack
 * gives the resource another logical id, or moves it to another stack, and keeps the physical one.
 */
export function marksOf(event: CustomResourceEvent): Marks {
  const kept =
    event.RequestType === 'Create' ? undefined : /^sluice-([0-9a-f]{12})$/.exec(event.PhysicalResourceId)?.[1];
  const made = kept ?? hashOf(`${event.StackId}/${event.LogicalResourceId}`);
  return { made, adopted: hashOf(`${made}/adopted`) };
}

/** The marks of an alias that a person has handed over: no resource has them. */
export function marksOfAdoption({ functionName, aliasName }: AliasName): Marks {
  const made = hashOf(`by hand/${functionName}:${aliasName}`);
  return { made, adopted: hashOf(`${made}/adopted`) };
}

const hashOf = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 12);

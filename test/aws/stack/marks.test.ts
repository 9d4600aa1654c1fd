import { expect, it } from 'vitest';
import type { CustomResourceEvent } from '../../../lib/aws/stack/custom-resource.ts';
import { physicalIdOf } from '../../../lib/aws/stack/marks.ts';

const event = (RequestType: CustomResourceEvent['RequestType'], PhysicalResourceId: string) =>
  ({ RequestType, PhysicalResourceId, StackId: 'stack', LogicalResourceId: 'Live' }) as CustomResourceEvent;

it('a resource gets its physical id when it is made, and keeps it', () => {
  const made = physicalIdOf(event('Create', ''));
  expect(made).toMatch(/^sluice-[0-9a-f]{12}$/);
  expect(physicalIdOf(event('Create', 'whatever'))).toBe(made);
  expect(physicalIdOf(event('Update', ''))).toBe(made);
  expect(physicalIdOf(event('Update', 'sluice-0123456789ab'))).toBe('sluice-0123456789ab');
});

import { describe, expect, it } from 'vitest';
import { refusalInWords } from '../../../lib/rollout/contracts/refusal.ts';
import { MOST_MEMBERS, readStartInput } from '../../../lib/rollout/document/start.ts';

const policy = { preset: 'AllAtOnce' };
const member = (name: string, more: object = {}) => ({ function: name, alias: 'live', version: '42', ...more });
const some = (count: number) => Array.from({ length: count }, (_, index) => member(`f${index}`));
const refused = (input: object): string => {
  const { error } = readStartInput({ policy, ...input });
  return error ? refusalInWords(error) : '';
};

describe('the input of a group', () => {
  it('has a name, members in their order, and the alarms of each', () => {
    const members = [member('stock', { alarms: ['stock-errors'] }), member('checkout')];
    expect(readStartInput({ group: 'shop', members, policy }).data).toMatchObject({
      group: 'shop',
      members: [
        { function: 'stock', alias: 'live', version: '42', alarms: ['stock-errors'] },
        { function: 'checkout', alias: 'live', version: '42', alarms: [] },
      ],
      startedBy: 'somebody',
      stack: null,
    });
  });

  it('may be one alias, as it has always been: a group of one without a name', () => {
    const alone = readStartInput({ ...member('checkout', { provisionedConcurrency: 5 }), policy }).data;
    expect(alone).toEqual(
      readStartInput({ members: [member('checkout', { provisionedConcurrency: 5 })], policy }).data,
    );
    expect(alone).toMatchObject({ group: null, members: [{ provisionedConcurrency: 5 }] });
  });

  it('has as many members as fit into a rollout, and is refused with the number if it has more', () => {
    expect(refused({ members: some(MOST_MEMBERS) })).toBe('');
    expect(refused({ members: some(23) })).toBe(
      'members: expected at most 20 members, for so many fit into one rollout, found 23',
    );
  });

  it.each([
    ['no member', { members: [] }, 'members: expected at least one member'],
    ['an alias twice', { members: [member('f'), member('g'), member('f')] }, 'members[2]: expected each alias once'],
    [
      'an alias twice, by name and by ARN',
      { members: [member('f'), member('arn:aws:lambda:us-east-1:123456789012:function:f')] },
      'f:live is a member already',
    ],
    ['an alias beside its members', { ...member('f'), members: [member('g')] }, 'function: only keys'],
    ['a version of nobody', { members: [member('f', { version: '$LATEST' })] }, 'members[0].version'],
    ['a member with a key that is not known', { members: [member('f', { weight: 5 })] }, 'members[0].weight'],
    ['a name that is none', { group: '', members: [member('f')] }, 'group: expected the name of a group'],
    ['a name beside one alias', { group: 'shop', ...member('f') }, 'group: only keys'],
  ])('is refused with %s', (_, input, why) => {
    expect(refused(input)).toContain(why);
  });
});

import { describe, expect, it } from 'vitest';
import { earlierOf } from '../../../lib/rollout/decisions/join.ts';
import { membersOf } from '../../../lib/rollout/document/members.ts';
import { aGroup } from '../group/a-group.ts';

const members = membersOf(aGroup());
const theirs = members.map(({ functionName, aliasName, candidate }) => ({
  functionName,
  aliasName,
  candidate,
  alarms: [],
}));

describe('an earlier rollout of a group', () => {
  it('is seen by every member if it leads all of them to their versions', () => {
    expect(earlierOf(members, { name: 'deploy-6', members: theirs })).toEqual(
      theirs.map(({ candidate }) => ({ execution: 'deploy-6', candidate })),
    );
  });

  it('is seen by none if it leads one of them to another version, or leaves one out', () => {
    const another = theirs.map((each, index) => (index === 1 ? { ...each, candidate: '99' } : each));
    expect(earlierOf(members, { name: 'deploy-6', members: another })).toEqual(members.map(() => null));
    expect(earlierOf(members, { name: 'deploy-6', members: theirs.slice(1) })).toEqual(members.map(() => null));
  });
});

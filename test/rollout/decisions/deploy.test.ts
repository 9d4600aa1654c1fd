import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { allTrafficTo, type Routing, split } from '../../../lib/rollout/alias/alias.ts';
import { type DeployedMember, membersToStart } from '../../../lib/rollout/decisions/deploy.ts';

const serving = (routing: Routing) => ({ ...routing, revisionId: '1', description: '' });

/** A member of a group whose version the deploy leaves as it is. */
const member = (functionName: string, version: string, changes: Partial<DeployedMember> = {}): DeployedMember => ({
  alias: serving(allTrafficTo(version)),
  wanted: { functionName, version },
  before: { functionName, version },
  isNew: false,
  ...changes,
});

/** A member to which the deploy brings a version. */
const changed = (functionName: string, from: string, to: string): DeployedMember =>
  member(functionName, to, {
    alias: serving(allTrafficTo(from)),
    before: { functionName, version: from },
    isNew: true,
  });

const namesOf = (members: readonly DeployedMember[]) => members.map(({ wanted }) => wanted.functionName);

describe('the rollout that a deploy of a group starts', () => {
  it('shifts the members whose version changed, in their order, and no other', () => {
    const started = membersToStart([
      changed('prices', '7', '8'),
      member('orders', '3'),
      changed('checkout', '41', '42'),
    ]);
    expect(namesOf(started)).toEqual(['prices', 'checkout']);
  });

  it('is none if no version changed', () => {
    expect(membersToStart([member('prices', '7'), member('checkout', '41')])).toEqual([]);
  });

  it('brings a member along that was reverted before: a release is all versions of a template', () => {
    const reverted = member('prices', '8', { alias: serving(allTrafficTo('7')) });
    expect(namesOf(membersToStart([reverted, changed('checkout', '42', '43')]))).toEqual(['prices', 'checkout']);
  });

  it('brings a member along that is under way, for its rollout is superseded', () => {
    const underWay = member('prices', '8', { alias: serving(split('7', '8', 10)) });
    expect(namesOf(membersToStart([underWay, changed('checkout', '42', '43')]))).toEqual(['prices', 'checkout']);
  });

  it('does not start for a member that is behind if the deploy brings no version', () => {
    const reverted = member('prices', '8', { alias: serving(allTrafficTo('7')) });
    expect(membersToStart([reverted, member('checkout', '42')])).toEqual([]);
  });

  it('leaves a member at a newer version that a person has started', () => {
    const ahead = member('prices', '8', { alias: serving(allTrafficTo('9')) });
    expect(namesOf(membersToStart([ahead, changed('checkout', '42', '43')]))).toEqual(['checkout']);
  });

  it('does not start for an alias that joins the group as it is, reverted or not', () => {
    const joining = member('prices', '8', { alias: serving(allTrafficTo('7')), before: undefined });
    expect(membersToStart([joining, member('checkout', '42')])).toEqual([]);
  });

  it('starts for an alias that joins the group with a new version', () => {
    const joining = { ...changed('prices', '7', '8'), before: undefined };
    expect(namesOf(membersToStart([joining, member('checkout', '42')]))).toEqual(['prices']);
  });

  it('does not start for an alias that was made with the deploy: it serves its version from the beginning', () => {
    const made = member('prices', '1', { before: undefined, isNew: false });
    expect(membersToStart([made])).toEqual([]);
  });

  it('starts for a number of warm environments that changed alone', () => {
    const warmed = member('prices', '8', {
      wanted: { functionName: 'prices', version: '8', provisionedConcurrency: 5 },
      before: { functionName: 'prices', version: '8', provisionedConcurrency: 2 },
    });
    expect(namesOf(membersToStart([warmed, member('checkout', '42')]))).toEqual(['prices']);
  });

  it('is none if a rolled back stack goes back to lower versions', () => {
    const back = member('prices', '7', { before: { functionName: 'prices', version: '8' } });
    const underWay = { ...back, alias: serving(split('7', '8', 10)) };
    expect(membersToStart([back, underWay])).toEqual([]);
  });

  it('never shifts an alias to a version below the one that it serves, unless its function was replaced', () => {
    const version = fc.integer({ min: 1, max: 4 }).map(String);
    const anyMember = fc
      .record({ served: version, wanted: version, before: fc.option(version), isNew: fc.boolean() })
      .map(({ served, wanted, before, isNew }) =>
        member('prices', wanted, {
          alias: serving(allTrafficTo(served)),
          before: before === null ? undefined : { functionName: 'prices', version: before },
          isNew: isNew && before === null,
        }),
      );
    fc.assert(
      fc.property(fc.array(anyMember), (members) => {
        for (const { alias, wanted, before, isNew } of membersToStart(members)) {
          const behind = Number(alias?.functionVersion) < Number(wanted.version);
          const raised = isNew || Number(before?.version) < Number(wanted.version);
          expect(behind || raised).toBe(true);
        }
      }),
    );
  });
});

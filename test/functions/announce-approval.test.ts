import { describe, expect, it } from 'vitest';
import { create } from '../../functions/announce-approval.ts';
import type { Clients } from '../../lib/aws/handler/clients.ts';
import { announcementsOf } from '../../lib/rollout/contracts/announcement.ts';
import { withEvent } from '../../lib/rollout/document/change.ts';
import type { Rollout } from '../../lib/rollout/document/rollout.ts';
import { atStep, T0 } from '../rollout/a-rollout.ts';
import { documented } from './documented.ts';

async function asked(rollout: Rollout, answer: object = {}) {
  const sent: { readonly DetailType: string; readonly Detail: string }[] = [];
  const send = async ({ input }: { readonly input: { readonly Entries: typeof sent } }) => {
    sent.push(...input.Entries);
    return answer;
  };
  const handler = create({
    clients: { events: { send } as unknown as Clients['events'] },
    environment: {},
    now: () => T0,
  });
  await handler({ rollout, taskToken: 'token' });
  return { entry: sent[0], detail: JSON.parse(sent[0]?.Detail ?? '{}') };
}

describe('the event of a request for an approval', () => {
  const policy = { approvalTimeoutSeconds: 600, onApprovalTimeout: 'hold' } as const;
  const asking: Rollout = { ...atStep(1, policy), approval: 'asked', approvalSeconds: 600 };

  it('has every field that is documented, and says which weight is asked for', async () => {
    const { entry, detail } = await asked(asking);
    expect(Object.keys(detail)).toEqual(expect.arrayContaining(['schema', ...documented('Sluice Approval Requested')]));
    expect(detail).toMatchObject({ schema: 1, weight: asking.plan[1]?.weight, nextWeight: asking.plan[2]?.weight });
    expect(JSON.stringify(entry)).not.toContain('token');
  });

  it('asks for everything after the last step', async () => {
    const last = asking.plan.length - 1;
    expect((await asked({ ...asking, step: last })).detail).toMatchObject({ nextWeight: 100 });
  });

  it('tells when this request ends, which for a repeated one is later than the policy says', async () => {
    const at = (seconds: number) => new Date((T0 + seconds) * 1000).toISOString();
    expect((await asked(asking)).detail.expiresAt).toBe(at(600));
    expect((await asked({ ...asking, approvalSeconds: 3600 })).detail.expiresAt).toBe(at(3600));
  });

  it('that the bus refuses fails the request, which is then repeated', async () => {
    const refused = { Entries: [{ ErrorCode: 'InternalFailure' }] };
    await expect(asked(asking, refused)).rejects.toThrow('InternalFailure: no message');
  });
});

describe('the event of a change', () => {
  it('has every field that is documented, the failed requests among them', () => {
    const counts = { stable: { invocations: 540, errors: 1 }, candidate: { invocations: 60, errors: 6 } };
    const rollout: Rollout = { ...atStep(0), current: counts };
    const [told] = announcementsOf(withEvent({ rollout, events: [] }, T0, 'held', 10, 'freeze'), T0);
    const fields = documented('Sluice Rollout Changed');
    expect(fields).toContain('failedRequests');
    expect(Object.keys(told ?? {})).toEqual(expect.arrayContaining(['schema', 'event', ...fields]));
    expect(told).toMatchObject({ schema: 1, failedRequests: 6, evidence: { step: counts, rollout: counts } });
  });

  it('tells of no failed requests before anybody counted', () => {
    const [told] = announcementsOf(
      withEvent({ rollout: { ...atStep(0), step: -1 }, events: [] }, T0, 'held', 0, 'freeze'),
      T0,
    );
    expect(told).toMatchObject({ failedRequests: null, evidence: null });
  });
});

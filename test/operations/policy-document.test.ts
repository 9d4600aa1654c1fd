import { expect, expectTypeOf, it } from 'vitest';
import type { PolicyDocument } from '../../lib/operations/policy-document.ts';
import { type PolicyInput, policySchema } from '../../lib/rollout/policy/policy.ts';

it('a policy document is what the policy schema takes, and forgets no field', () => {
  expectTypeOf<PolicyDocument>().toExtend<PolicyInput>();
  expectTypeOf<Exclude<keyof PolicyInput, keyof PolicyDocument>>().toEqualTypeOf<never>();
});

it('a document with every field is accepted as it is', () => {
  const document: PolicyDocument = {
    canary: { weight: 10, bakeSeconds: 300, approval: 'manual' },
    batches: { count: 3, intervalSeconds: 60, approval: 'automatic' },
    settleSeconds: 600,
    approvalTimeoutSeconds: 900,
    onApprovalTimeout: 'hold',
    alarms: ['checkout-errors'],
    alarmsAlreadyFiring: 'ignore',
    evidence: { minimumInvocations: 5, maximumBakeSeconds: 100, onNoEvidence: 'hold', counts: 'metrics' },
    hooks: { beforeTraffic: ['smoke'], eachStep: ['probe'], afterTraffic: ['report'] },
    onConflict: 'reject',
  };
  expect(policySchema.parse(document)).toMatchObject(document);
});

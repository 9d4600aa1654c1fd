import { expect, it } from 'vitest';
import { type RolloutView, waitsForAnother } from '../../../lib/aws/states/rollout-view.ts';
import { aRollout } from '../../rollout/a-rollout.ts';

it('a rollout waits for another one while it runs and has joined it, and no longer', () => {
  const joined = { ...aRollout(), joined: 'deploy-6' };
  const view = (state: RolloutView['state'], rollout = joined) => ({ state, rollout }) as RolloutView;
  expect(waitsForAnother(view('running'))).toBe(true);
  expect(waitsForAnother(view('promoted'))).toBe(false);
  expect(waitsForAnother(view('running', { ...joined, joined: null } as unknown as typeof joined))).toBe(false);
});

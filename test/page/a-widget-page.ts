import { thinned } from '../../lib/page/thinned.ts';
import type { ActedOn } from '../../lib/page/widget/buttons.ts';
import type { WidgetPage, WidgetRollout } from '../../lib/page/widget/widget.ts';
import { widgetActions } from '../../lib/rollout/contracts/widget.ts';
import { aCourse, lookAfter } from './a-course.ts';

export const actedOn: ActedOn = {
  name: 'checkout:live',
  state: 'running',
  doing: 'baking',
  isHeld: false,
  stable: '41',
  candidate: '42',
  execution: 'deploy-7',
  step: 1,
  weight: 10,
  nextWeight: 40,
  serves: false,
};

export const aRollout: WidgetRollout = {
  ...actedOn,
  reason: 'is watched',
  startedBy: 'ann',
  course: aCourse(),
  members: [],
  signals: [],
};

export const aPage = (changes: Partial<WidgetPage> = {}): WidgetPage => ({
  theme: 'light',
  width: 800,
  name: 'checkout:live',
  message: null,
  rollout: aRollout,
  serves: '41 alone',
  past: [],
  buttons: {
    endpoint: 'arn:aws:lambda:us-east-1:123456789012:function:widget',
    actions: widgetActions,
    target: { function: 'checkout', alias: 'live' },
  },
  ...changes,
});

/** Twenty steps of ten looks each, and ten rollouts before it, with this text wherever others write. */
export function largePage(text: string): WidgetPage {
  const counts = { stable: { invocations: 1e6, errors: 1234 }, candidate: { invocations: 1e6, errors: 1234 } };
  const looks = Array.from({ length: 200 }, (_, index) => ({
    ...lookAfter(index + 1, index, (index % 20) / 20),
    strengths: ['errors', 'throttles', 'latency', text].map((name) => ({ name, strength: (index % 20) / 20 })),
  }));
  const steps = Array.from({ length: 20 }, (_, index) => {
    return { weight: 5 * index + 5, from: index * 600, until: index * 600 + 600, requests: counts, verdict: text };
  });
  const events = steps.map(({ weight, from }) => ({ second: from, event: 'shifted', weight, reason: text }));
  const members = Array.from({ length: 20 }, () => {
    return { name: text, stable: '41', candidate: '42', requests: counts, remark: text };
  });
  const past = Array.from({ length: 10 }, (_, index) => ({
    startedAt: '2026-11-27T07:00:00.000Z',
    seconds: 1740,
    versions: '41 → 42',
    state: 'rolledBack' as const,
    reason: text,
    requests: counts,
    execution: `deploy-${index}`,
  }));
  const course = thinned({ seconds: 12_000, events, looks, steps, planned: [] });
  const signals = [{ name: text, stable: '1 % (10 of 1,000)', candidate: '1 % (10 of 1,000)' }];
  return aPage({ rollout: { ...aRollout, reason: text, startedBy: text, course, members, signals }, past });
}

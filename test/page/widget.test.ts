import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { thinned } from '../../lib/page/thinned.ts';
import { type ActedOn, fitting } from '../../lib/page/widget/buttons.ts';
import { MOST_BYTES, type WidgetPage, type WidgetRollout, widget } from '../../lib/page/widget/widget.ts';
import { widgetActions } from '../../lib/rollout/contracts/widget.ts';
import { aCourse, lookAfter } from './a-course.ts';

const actedOn: ActedOn = {
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

const rollout: WidgetRollout = {
  ...actedOn,
  reason: 'is watched',
  startedBy: 'ann',
  course: aCourse(),
  members: [],
  signals: [],
};

const page = (changes: Partial<WidgetPage> = {}): WidgetPage => ({
  theme: 'light',
  width: 800,
  name: 'checkout:live',
  message: null,
  rollout,
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
function large(text: string): WidgetPage {
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
  return page({ rollout: { ...rollout, reason: text, startedBy: text, course, members, signals }, past });
}

const verdict =
  '300 s at 40 % passed and alarms checkout-errors and checkout-candidate-errors are quiet; 0 of 1196 requests failed on 42 against 0 of 1804';

describe('the size of a widget', () => {
  it('of 20 steps, 20 members and ten past rollouts is below 64 KB with all of its charts', () => {
    const text = widget(large(verdict));
    expect(Buffer.byteLength(text)).toBeLessThanOrEqual(MOST_BYTES);
    expect(text.match(/<svg class="chart" role="img"/g)?.length).toBe(4);
    expect(text.match(/deploy-/g)?.length).toBeGreaterThanOrEqual(10);
  });

  it.each(['"', '<', '\u20ac', '\ud83d\ude00', 'x'])(
    'is bounded if others write %j ten thousand times',
    (character) => {
      const text = widget(large(character.repeat(10_000)));
      expect(Buffer.byteLength(text)).toBeLessThanOrEqual(MOST_BYTES);
      expect(text).toContain('Roll back');
    },
  );
});

describe('the texts of a widget', () => {
  it('stay texts, whoever wrote them', () => {
    const evil = `"'><script>alert(1)</script>`;
    const evilPage = large(evil);
    const text = widget({
      ...evilPage,
      name: evil,
      message: { tone: 'bad', text: evil },
      rollout: { ...(evilPage.rollout as WidgetRollout), name: evil, stable: evil, candidate: evil, execution: evil },
      serves: evil,
      buttons: { ...evilPage.buttons, endpoint: evil, target: { function: evil, alias: evil } },
    });
    expect(text).not.toContain('<script');
    expect(text).not.toMatch(/ onclick|javascript:/);
    const [, json = ''] = />Roll back<\/a><cwdb-action [^>]*>([^<]*)</.exec(text) ?? [];
    expect(json).not.toMatch(/[<>&']/);
    expect(JSON.parse(json)).toMatchObject({ function: evil, alias: evil, execution: evil });
  });
});

describe('the buttons that fit a rollout', () => {
  const labels = (changes: Partial<ActedOn>) => fitting({ ...actedOn, ...changes }).map(({ action }) => action);

  it.each([
    [{ doing: 'baking' }, ['advance', 'hold', 'rollback']],
    [{ doing: 'waitingForApproval' }, ['approve', 'reject', 'hold', 'rollback']],
    [{ doing: 'held', isHeld: true }, ['advance', 'resume', 'rollback']],
    [{ doing: 'waitingForApproval', isHeld: true }, ['approve', 'reject', 'resume', 'rollback']],
    [{ doing: 'starting' }, ['hold', 'rollback']],
    [{ state: 'promoted', doing: null, serves: true }, ['rollback']],
    [{ state: 'promoted', doing: null, serves: false }, []],
    [{ state: 'rolledBack', doing: null, serves: false }, []],
    [{ state: 'stopped', doing: null, serves: true }, []],
  ] as const)('of %j are %j', (changes, expected) => {
    expect(labels(changes)).toEqual(expected);
  });

  it('are left out if the dashboard does not allow them, with the field for the reason', () => {
    const none = widget(page({ buttons: { ...page().buttons, actions: [] } }));
    expect(none).not.toContain('cwdb-action');
    expect(none).not.toContain('<input');
    const some = widget(page({ buttons: { ...page().buttons, actions: ['hold'] } }));
    expect(some.match(/<cwdb-action/g)?.length).toBe(1);
  });
});

describe('a thinned course', () => {
  it('keeps the last look, and no more looks than a small chart can show', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1000 }), (count) => {
        const looks = Array.from({ length: count }, (_, index) => lookAfter(index + 1));
        const { looks: kept } = thinned(aCourse({ looks }));
        expect(kept.length).toBeLessThanOrEqual(60);
        expect(kept.at(-1)).toBe(looks.at(-1));
      }),
    );
  });
});

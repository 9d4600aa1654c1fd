import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { thinned } from '../../lib/page/thinned.ts';
import { type ActedOn, fitting } from '../../lib/page/widget/buttons.ts';
import { MOST_BYTES, type WidgetRollout, widget } from '../../lib/page/widget/widget.ts';
import { aCourse, lookAfter } from './a-course.ts';
import { actedOn, aPage, largePage } from './a-widget-page.ts';

const verdict =
  '300 s at 40 % passed and alarms checkout-errors and checkout-candidate-errors are quiet; 0 of 1196 requests failed on 42 against 0 of 1804';

describe('the size of a widget', () => {
  it('of 20 steps, 20 members and ten past rollouts is below 64 KB with all of its charts', () => {
    const text = widget(largePage(verdict));
    expect(Buffer.byteLength(text)).toBeLessThanOrEqual(MOST_BYTES);
    expect(text.match(/<svg class="chart" role="img"/g)?.length).toBe(4);
    expect(text.match(/deploy-/g)?.length).toBeGreaterThanOrEqual(10);
  });

  it.each(['"', '<', '\u20ac', '\ud83d\ude00', 'x'])(
    'is bounded if others write %j ten thousand times',
    (character) => {
      const text = widget(largePage(character.repeat(10_000)));
      expect(Buffer.byteLength(text)).toBeLessThanOrEqual(MOST_BYTES);
      expect(text).toContain('Roll back');
    },
  );
});

describe('the texts of a widget', () => {
  it('stay texts, whoever wrote them', () => {
    const evil = `"'><script>alert(1)</script>`;
    const evilPage = largePage(evil);
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
    const none = widget(aPage({ buttons: { ...aPage().buttons, actions: [] } }));
    expect(none).not.toContain('cwdb-action');
    expect(none).not.toContain('<input');
    const some = widget(aPage({ buttons: { ...aPage().buttons, actions: ['hold'] } }));
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

import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Clients } from '../../lib/aws/handler/clients.ts';
import { widget } from '../../lib/page/widget/widget.ts';
import type { ScenarioInput } from '../../lib/rehearsal/scenario/scenario.ts';
import { type WidgetAction, widgetActions } from '../../lib/rollout/contracts/widget.ts';
import { ARN, messageIn, widgetOn } from '../functions/a-widget.ts';
import { checkout, manual } from '../operations/on-a-rollout.ts';
import { largePage } from '../page/a-widget-page.ts';
import { rehearsing, usual } from '../rehearsal/a-scenario.ts';
import { aConsole, type Call } from './a-console.ts';
import { faintTexts, keepPicture, launched, overflowOf } from './browser.ts';

let browser: Browser;

beforeAll(async () => {
  browser = await launched();
});

afterAll(() => browser?.close());

const evidence = { policy: { ...usual.policy, evidence: {} } };

/** What a widget answers to an event at a second of a rehearsal. A browser does not live in virtual time, so each page is drawn before. */
async function drawn(changes: Partial<ScenarioInput>, atSecond: number, event: object): Promise<string> {
  let html = '';
  const does = async (clients: Clients) => {
    html = await widgetOn(clients)(event);
  };
  await rehearsing(changes, [{ atSecond, does }]);
  return html;
}

const context = (theme: string, width: number) => ({ widgetContext: { theme, width } });

/** Holds and lets go on, so that the rollout ends. */
const held: Partial<ScenarioInput> = {
  operator: [
    { atSecond: 100, do: 'hold' },
    { atSecond: 900, do: 'resume' },
  ],
};
const letGoOn: Partial<ScenarioInput> = { operator: [{ atSecond: 900, do: 'resume' }] };

/** A moment at which the button of each action is there, its name, and what its press does. */
const moments: Readonly<Record<WidgetAction, readonly [label: string, Partial<ScenarioInput>, number, RegExp]>> = {
  rollback: ['Roll back', {}, 250, /^Rolled back: 41 serves/],
  advance: ['Advance', {}, 250, /^42 has 40 %/],
  hold: ['Hold', letGoOn, 250, /^Held/],
  resume: ['Resume', held, 400, /^Resumed/],
  approve: ['Approve', manual, 500, /^Approved: 42 gets 100 %/],
  reject: ['Reject', manual, 500, /^Rejected/],
};

describe('a button in the console', () => {
  it.each(widgetActions)('to %s asks, and calls the function with the place of its page', async (action) => {
    const [label, changes, second, done] = moments[action];
    const html = await drawn(changes, second, checkout);
    const { page, calls, confirmations } = await aConsole(browser, html);
    await page.getByLabel('Why, and who you are').fill('ann: as agreed');
    await page.getByText(label, { exact: true }).click();
    await page.getByText('done').waitFor();
    expect(confirmations).toEqual([expect.stringContaining('checkout:live')]);
    expect(calls).toEqual([
      {
        endpoint: ARN,
        event: {
          ...checkout,
          do: action,
          execution: 'rehearsal-42',
          step: 1,
          weight: 10,
          widgetContext: expect.objectContaining({ forms: { all: { comment: 'ann: as agreed' } } }),
        },
      },
    ]);
    await page.close();
    // The call that the browser has made is one that does what its button says.
    const [call] = calls as readonly [Call];
    expect(messageIn(await drawn(changes, second + 1, call.event))).toMatch(done);
  });

  it('calls nothing if the person does not confirm', async () => {
    const { page, calls, confirmations } = await aConsole(browser, await drawn({}, 250, checkout), { confirms: false });
    await page.getByText('Roll back', { exact: true }).click();
    expect(confirmations).toHaveLength(1);
    expect(calls).toEqual([]);
    await page.close();
  });

  it('of a stale page is refused, and the page then shows where the rollout stands', async () => {
    const html = await drawn({}, 250, checkout);
    const { page, calls } = await aConsole(browser, html);
    await page.getByText('Advance', { exact: true }).click();
    await page.getByText('done').waitFor();
    await page.close();
    const later = await aConsole(browser, await drawn({}, 500, (calls[0] as Call).event));
    expect(await later.page.getByRole('status').textContent()).toContain('Refused: expected');
    expect(await later.page.getByText('40 %, step 2 of 4').count()).toBe(1);
    await keepPicture(later.page, 'widget-refused');
    await later.page.close();
  });
});

describe('the look of a widget', () => {
  it.each([
    ['running', evidence, 700, 'light', 1200],
    ['running-narrow', evidence, 700, 'light', 340],
    ['approval-dark', manual, 500, 'dark', 900],
    ['ended', {}, 4000, 'light', 900],
    ['rolled-back', { ...evidence, candidate: { errorRate: 0.1 } }, 4000, 'dark', 900],
  ] as const)('is readable and within its width: %s', async (name, changes, second, theme, width) => {
    const html = await drawn(changes, second, { ...checkout, ...context(theme, width) });
    const { page } = await aConsole(browser, html, { width, theme });
    await keepPicture(page, `widget-${name}`);
    const faint = await faintTexts(page);
    // The console colours its own buttons.
    expect(faint.filter(({ text }) => !Object.values(moments).some(([label]) => label === text))).toEqual([]);
    expect(await overflowOf(page)).toBe(0);
    await page.close();
  });

  it('is text, and no script runs, whatever others have written into a rollout', async () => {
    const { page } = await aConsole(
      browser,
      widget(largePage(`"'><img src=x onerror="window.ran=1"><script>window.ran=1</script>`)),
    );
    expect(await page.evaluate(() => (window as unknown as { ran?: number }).ran)).toBeUndefined();
    expect(await page.locator('#widget img, #widget script').count()).toBe(0);
    await page.close();
  });
});

import { describe, expect, it } from 'vitest';
import { create } from '../../functions/widget.ts';
import type { Clients } from '../../lib/aws/handler/clients.ts';
import { loadController } from '../../lib/cli/load-controller.ts';
import { accountOf } from '../../lib/cli/operator-commands.ts';
import { history } from '../../lib/operations/history.ts';
import { widgetDescription } from '../../lib/page/widget/describe.ts';
import { type ScenarioInput, scenarioSchema } from '../../lib/rehearsal/scenario/scenario.ts';
import { rehearse } from '../../lib/rehearsal/simulation/rehearse.ts';
import type { Actor } from '../../lib/rehearsal/simulation/setup.ts';
import { checkout, manual } from '../operations/on-a-rollout.ts';
import { eventsOf, rehearsing, usual } from '../rehearsal/a-scenario.ts';
import { ARN, buttonsIn, messageIn, type Params, press, widgetOn } from './a-widget.ts';
import { alone } from './alone.ts';

/** What somebody does with a widget at seconds of a rehearsal; answers what each saw. */
async function onADashboard(
  changes: Partial<ScenarioInput>,
  ...visits: readonly (readonly [atSecond: number, visit: (widget: ReturnType<typeof widgetOn>) => Promise<unknown>])[]
) {
  const seen: unknown[] = [];
  const people = visits.map(([atSecond, visit], index) => ({
    atSecond,
    does: async (clients: Clients) => {
      seen[index] = await visit(widgetOn(clients)).catch((error: unknown) => error);
    },
  }));
  const rehearsal = await rehearsing(changes, people);
  return { rehearsal, seen, pages: seen.map(String) };
}

describe('the widget', () => {
  it('describes itself and does nothing else', async () => {
    const widget = widgetOn({} as Clients);
    expect(await widget({ describe: true, do: 'rollback' })).toBe(widgetDescription);
    expect(widgetDescription).toMatch(/``` yaml\nfunction: /);
  });

  it('shows a rollout that is under way: where it stands, its steps, and the buttons that fit', async () => {
    const { pages } = await onADashboard({}, [250, (widget) => widget(checkout)]);
    const [page = ''] = pages;
    expect(page).toContain('>Is watched</span>');
    expect(page).toContain('10 %, step 1 of 4');
    expect(page).toContain('class="ahead"');
    expect(Object.keys(buttonsIn(page)).sort()).toEqual(['advance', 'hold', 'rollback']);
    expect(page).not.toMatch(/<script|javascript:|\son\w+=/i);
  });

  it('has buttons that ask for a confirmation and call the same function, with the place that the page shows', async () => {
    const { pages } = await onADashboard({}, [250, (widget) => widget(checkout)]);
    const [page = ''] = pages;
    expect(buttonsIn(page)['rollback']).toEqual({
      ...checkout,
      do: 'rollback',
      execution: 'rehearsal-42',
      step: 1,
      weight: 10,
    });
    expect(page).toContain(
      `<cwdb-action action="call" display="widget" endpoint="${ARN}" confirmation="Roll checkout:live back?`,
    );
  });

  it('shows who waits for a person, and what the approval gives', async () => {
    const { pages } = await onADashboard(manual, [500, (widget) => widget(checkout)]);
    expect(pages[0]).toContain('>Waits for an approval</span>');
    expect(pages[0]).toContain('confirmation="Approve? 42 of checkout:live gets 100 % of the traffic."');
    expect(Object.keys(buttonsIn(pages[0] ?? '')).sort()).toEqual(['approve', 'hold', 'reject', 'rollback']);
  });

  it('shows the last rollout when none is under way, and the list of those that have ended', async () => {
    const { pages } = await onADashboard({}, [4000, (widget) => widget(checkout)]);
    const [page = ''] = pages;
    expect(page).toContain('Last rollout: checkout:live');
    expect(page).toContain('the alias serves 42 alone');
    expect(page).toContain('<h3>The last rollouts</h3>');
    expect(Object.keys(buttonsIn(page))).toEqual(['rollback']);
  });

  it('offers no rollback of a rollout that has taken its traffic back already', async () => {
    const { pages } = await onADashboard({ candidate: { errorRate: 0.3 } }, [4000, (widget) => widget(checkout)]);
    expect(pages[0]).toContain('>Rolled back</span>');
    expect(buttonsIn(pages[0] ?? '')).toEqual({});
  });

  it('shows the members of a group side by side', async () => {
    const member = (name: string) => ({
      name,
      traffic: { requestsPerSecond: 20 },
      stable: {},
      candidate: {},
      alarms: [],
    });
    const policy = { steps: [{ weight: 50, bakeSeconds: 300 }] };
    const scenario = scenarioSchema.parse({ members: [member('prices'), member('basket')], policy });
    const target = { function: 'prices', alias: 'live' };
    let page = '';
    const look: Actor = {
      atSecond: 200,
      does: async (clients) => {
        page = await widgetOn(clients, { targets: [target] })(target);
      },
    };
    await rehearse(scenario, loadController(), {}, [look]);
    expect(page).toContain('<h2>rehearsal <span');
    expect(page).toContain('<td>prices:live</td>');
    expect(page).toContain('<td>basket:live</td>');
  });

  it('draws itself in the theme of the dashboard', async () => {
    const { pages } = await onADashboard(
      {},
      [250, (widget) => widget({ ...checkout, widgetContext: { theme: 'dark' } })],
      [251, (widget) => widget({ ...checkout, widgetContext: { theme: 'light', width: 1200, height: 300, new: 1 } })],
    );
    expect(pages[0]).toContain('--ground:#0f1720');
    expect(pages[1]).toContain('--ground:#fff');
  });

  it('shows the one alias of its dashboard if the parameters name none', async () => {
    const { pages } = await onADashboard({}, [250, (widget) => widget({})]);
    expect(pages[0]).toContain('checkout:live');
  });

  it('tells that AWS cannot be read, and does not fail', async () => {
    const failing = { send: async () => Promise.reject(new Error('no network')), config: {} };
    const page = await widgetOn({ lambda: failing, sfn: failing, ssm: failing } as never)(checkout);
    expect(messageIn(page)).toContain('cannot be shown: Error: ');
  });

  it('does not start without its settings', () => {
    expect(() => create({ clients: {} as Clients, environment: {}, now: () => 0 })).toThrow(
      'SLUICE_WIDGET should be JSON',
    );
  });
});

describe('a button of the widget', () => {
  it('rolls back, with what was written into the field', async () => {
    const { rehearsal, pages } = await onADashboard({}, [
      250,
      press('rollback', { comment: 'orders are missing (ann)' }),
    ]);
    expect(messageIn(pages[0] ?? '')).toBe('Rolled back: 41 serves all traffic again.');
    expect(rehearsal.result).toMatchObject({ outcome: 'rolledBack', alias: alone('41') });
    expect(rehearsal.result.reason).toContain('orders are missing (ann)');
  });

  it('undoes a promotion', async () => {
    const { rehearsal } = await onADashboard({}, [4000, press('rollback')]);
    expect(rehearsal.result.alias).toEqual(alone('41'));
  });

  it('approves, and the record names the dashboard and has the comment', async () => {
    let approvals: unknown;
    const rehearsal = await rehearsing(manual, [
      {
        atSecond: 500,
        does: async (clients) => {
          const widget = widgetOn(clients);
          const button = buttonsIn(await widget(checkout))['approve'];
          const page = await widget({
            ...button,
            widgetContext: { dashboardName: 'checkout', forms: { all: { comment: 'looks good' } } },
          });
          expect(messageIn(page)).toContain('Approved: 42 gets 100 %');
        },
      },
      {
        atSecond: 4000,
        does: async (clients) => {
          approvals = (await history(checkout, accountOf(clients))).rollouts[0]?.report?.approvals;
        },
      },
    ]);
    expect(rehearsal.result.outcome).toBe('promoted');
    expect(approvals).toMatchObject([{ verdict: 'approved', by: 'dashboard checkout', comment: 'looks good' }]);
  });

  it('rejects', async () => {
    const { rehearsal, pages } = await onADashboard(manual, [500, press('reject')]);
    expect(messageIn(pages[0] ?? '')).toContain('Rejected');
    expect(rehearsal.result).toMatchObject({ outcome: 'rolledBack', alias: alone('41') });
  });

  it('holds, and lets go on', async () => {
    const { rehearsal, pages } = await onADashboard({}, [250, press('hold')], [500, press('resume')]);
    expect(pages.map(messageIn)).toEqual([expect.stringContaining('Held'), expect.stringContaining('Resumed')]);
    expect(eventsOf(rehearsal)).toEqual(expect.arrayContaining(['held', 'resumed']));
  });

  it('skips the rest of a step', async () => {
    const { pages } = await onADashboard({}, [90, press('advance')]);
    expect(messageIn(pages[0] ?? '')).toBe('42 has 40 % of the traffic.');
  });

  const stale = async (action: string, from: number, at: number, changes: Partial<ScenarioInput>) => {
    let button: Params | undefined;
    const { rehearsal, pages } = await onADashboard(
      changes,
      [
        from,
        async (widget) => {
          button = buttonsIn(await widget(checkout))[action];
        },
      ],
      [at, (widget) => widget({ ...button })],
    );
    expect(button).toBeDefined();
    return { rehearsal, message: messageIn(pages[1] ?? '') };
  };

  const approvals = {
    policy: { ...usual.policy, batches: { count: 2, intervalSeconds: 60, approval: 'manual' as const } },
  };
  const approving = { ...approvals, operator: [{ atSecond: 500, do: 'approve' as const }] };

  it.each([
    ['approve', 450, 900, approving],
    ['reject', 450, 900, approving],
    ['hold', 450, 900, approving],
    ['advance', 100, 500, {}],
  ] as const)(
    'to %s is refused without harm when the rollout has come to a later step',
    async (action, from, at, changes) => {
      const { rehearsal, message } = await stale(action, from, at, changes);
      expect(message).toMatch(/^Refused: expected .*nothing was done\.$/);
      const without = await rehearsing(changes);
      expect(eventsOf(rehearsal)).toEqual(eventsOf(without));
    },
  );

  it('to resume is refused when the rollout has moved on', async () => {
    const { message } = await stale('resume', 400, 1400, {
      operator: [
        { atSecond: 100, do: 'hold' },
        { atSecond: 700, do: 'resume' },
      ],
    });
    expect(message).toMatch(/^Refused: /);
  });

  it.each(['rollback', 'hold', 'advance'])(
    'to %s is refused when the rollout was taken back meanwhile',
    async (action) => {
      const { rehearsal, message } = await stale(action, 100, 5000, {
        candidate: { faults: [{ afterSeconds: 120, errorRate: 1 }] },
      });
      expect(message).toMatch(/^Refused: .*nothing was done/);
      expect(rehearsal.result).toMatchObject({ outcome: 'rolledBack', alias: alone('41') });
    },
  );

  it('to roll back is refused when another rollout has begun', async () => {
    const { message } = await stale('rollback', 100, 700, {
      operator: [{ atSecond: 400, do: 'deploy', candidate: {} }],
    });
    expect(message).toMatch(/^Refused: expected rehearsal-42, found /);
  });

  it('to roll back is carried out at a later step of the same rollout: it is wanted all the more', async () => {
    const { rehearsal, message } = await stale('rollback', 100, 500, {});
    expect(message).toBe('Rolled back: 41 serves all traffic again.');
    expect(rehearsal.result.alias).toEqual(alone('41'));
  });

  it('does nothing that the dashboard does not allow, or for an alias that it does not show', async () => {
    const visits: unknown[] = [];
    const rehearsal = await rehearsing({}, [
      {
        atSecond: 250,
        does: async (clients) => {
          const page = await widgetOn(clients)(checkout);
          const button = buttonsIn(page)['rollback'] as Params;
          visits.push(await widgetOn(clients, { actions: ['hold'] })(button));
          visits.push(await widgetOn(clients, { targets: [{ function: 'payments', alias: 'live' }] })(button));
          visits.push(await widgetOn(clients)({ ...button, do: 'explode' }));
          visits.push(await widgetOn(clients)({ ...button, execution: 7 }));
        },
      },
    ]);
    expect(visits.map((page) => messageIn(String(page)))).toEqual([
      expect.stringContaining('no button to rollback'),
      expect.stringContaining('shows payments:live'),
      expect.stringContaining('not known any more'),
      expect.stringContaining('not known any more'),
    ]);
    expect(buttonsIn(String(visits[0]))).toHaveProperty('hold');
    expect(buttonsIn(String(visits[0]))).not.toHaveProperty('rollback');
    expect(rehearsal.result.outcome).toBe('promoted');
  });
});

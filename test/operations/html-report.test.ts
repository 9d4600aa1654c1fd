import { describe, expect, it } from 'vitest';
import type { OperationClients } from '../../lib/operations/clients.ts';
import { ExecutionNotFound, InvalidRequest } from '../../lib/operations/errors.ts';
import { history } from '../../lib/operations/history.ts';
import { type HtmlReportResult, htmlReport } from '../../lib/operations/html-report.ts';
import { MACHINE } from '../../lib/rehearsal/names.ts';
import { AnAccount } from '../cli/an-account.ts';
import { checkout, manual, onARollout } from './on-a-rollout.ts';

/** The page of the newest rollout of checkout. */
async function newest(clients: OperationClients): Promise<HtmlReportResult> {
  const { rollouts } = await history({ ...checkout, limit: 1 }, clients);
  return htmlReport({ execution: rollouts[0]?.execution ?? '' }, clients);
}

const pageAt = async (second: number, ...[changes = {}]: Partial<Parameters<typeof onARollout>>) => {
  const { results } = await onARollout(changes, [second, newest]);
  return results[0] as HtmlReportResult;
};

describe('the HTML report of an execution', () => {
  it('tells of a rollout that has ended: every step with its verdict, every event, and the end', async () => {
    const { html, rollout } = await pageAt(4000);
    expect(rollout.state).toBe('promoted');
    expect(html).toContain('>Promoted</span>');
    for (const { weight } of rollout.report?.steps ?? []) expect(html).toContain(`<td class="figure">${weight} %</td>`);
    for (const { reason } of rollout.events) expect(html).toContain(reason.slice(0, 40));
    expect(html).toContain(rollout.executionArn);
    expect(html).not.toContain('line-planned"');
  });

  it('draws each look at the requests, not the end alone', async () => {
    const { html } = await pageAt(4000);
    expect(html.match(/class="bar-candidate"/g)?.length).toBeGreaterThan(15);
  });

  it('draws a rollout that is under way as it stands, with the steps to come', async () => {
    const { html } = await pageAt(250);
    expect(html).toContain('>Is watched</span>');
    expect(html).toContain('line-planned"');
  });

  it('tells that a rollout waits for a person', async () => {
    expect((await pageAt(500, manual)).html).toContain('>Waits for an approval</span>');
  });

  it('tells of a rollout that was rolled back, with the reason', async () => {
    const { html } = await pageAt(4000, { candidate: { errorRate: 0.3 } });
    expect(html).toContain('>Rolled back</span>');
    expect(html).toContain('is in ALARM');
  });

  it('finds an execution by its ARN, by its name, and by its name with the controller', async () => {
    const find = async (clients: OperationClients) => {
      const { execution, executionArn } = (await newest(clients)).rollout;
      const requests = [{ execution }, { execution: executionArn }, { execution, controller: MACHINE }];
      return Promise.all(
        requests.map(async (each) => (await htmlReport(each, clients)).rollout.execution === execution),
      );
    };
    const { results } = await onARollout({}, [250, find]);
    expect(results).toEqual([[true, true, true]]);
  });

  it('is refused for an execution that does not exist, and for what is no name of one', async () => {
    const { results } = await onARollout(
      {},
      [250, (clients) => htmlReport({ execution: 'nowhere' }, clients)],
      [251, (clients) => htmlReport({ execution: 'two words' }, clients)],
      [252, (clients) => htmlReport({ execution: '' }, clients)],
    );
    expect(results[0]).toBeInstanceOf(ExecutionNotFound);
    expect(results[1]).toBeInstanceOf(InvalidRequest);
    expect(results[2]).toBeInstanceOf(InvalidRequest);
  });

  it('keeps what others have written into an execution text', async () => {
    const evil = `"'><script>alert(1)</script>`;
    const account = new AnAccount();
    account.addService('checkout', ['41', '42']);
    const input = { function: 'checkout', alias: 'live', version: '42', startedBy: evil };
    account.executions.push({ name: 'bad', status: 'FAILED', input, error: 'RolledBack', cause: evil } as never);
    const { html } = await htmlReport({ execution: 'bad' }, account.clients());
    expect(html).not.toContain('<script');
    expect(html).toContain('&lt;script&gt;');
  });
});

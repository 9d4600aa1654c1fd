import { create } from '../../functions/widget.ts';
import type { Clients } from '../../lib/aws/handler/clients.ts';
import { widgetActions } from '../../lib/rollout/contracts/widget.ts';
import { checkout } from '../operations/on-a-rollout.ts';

export const ARN = 'arn:aws:lambda:us-east-1:123456789012:function:widget';

const settings = { targets: [checkout], actions: [...widgetActions] };

/** The widget of a dashboard on an account. */
export function widgetOn(clients: Clients, changes: object = {}) {
  const environment = { SLUICE_WIDGET: JSON.stringify({ ...settings, ...changes }) };
  const handler = create({ clients, environment, now: () => Date.now() / 1000 });
  const context = { getRemainingTimeInMillis: () => 60_000, invokedFunctionArn: ARN };
  return async (event: object = {}) => String(await handler(event, context));
}

/** The parameters of a button, as CloudWatch hands them to the function. */
export type Params = Readonly<Record<string, unknown>>;

/** The buttons of a page by their actions. */
export function buttonsIn(page: string): Readonly<Record<string, Params>> {
  const all = page.matchAll(/data-action="(\w+)">[^<]*<\/a><cwdb-action ([^>]*)>([^<]*)<\/cwdb-action>/g);
  return Object.fromEntries([...all].map(([, action = '', , json = '']) => [action, JSON.parse(json)]));
}

export const messageIn = (page: string): string => /role="status">([^<]*)/.exec(page)?.[1] ?? '';

/** Looks at the page, and presses a button of it in the same moment. */
export const press =
  (action: string, forms: object = {}) =>
  async (widget: ReturnType<typeof widgetOn>) => {
    const page = await widget(checkout);
    return widget({ ...buttonsIn(page)[action], widgetContext: { forms: { all: forms } } });
  };

import { lambda, sfn, ssm } from '../lib/aws/handler/clients.ts';
import { entry, type HandlerFactory } from '../lib/aws/handler/entry.ts';
import { RecentRollouts } from '../lib/aws/states/recent-rollouts.ts';
import { readBoard } from '../lib/operations/board.ts';
import { carryOut } from '../lib/operations/board-action.ts';
import type { OperationClients } from '../lib/operations/clients.ts';
import { Refused } from '../lib/operations/errors.ts';
import { widgetPageOf } from '../lib/operations/widget-page.ts';
import { widgetDescription } from '../lib/page/widget/describe.ts';
import { type Message, widget } from '../lib/page/widget/widget.ts';
import { cut, oneLine } from '../lib/rollout/contracts/text.ts';
import { askedIn, type WidgetSettings, widgetEventSchema, widgetSettingsIn } from '../lib/rollout/contracts/widget.ts';

/**
 * The custom widget of a dashboard: HTML without script. CloudWatch calls it with the permissions of whoever looks at the dashboard, to draw
 * it and for each button. It shows and acts on the aliases of its dashboard alone, whatever the parameters say.
 */
export const create: HandlerFactory<'lambda' | 'sfn' | 'ssm'> = ({ clients, environment, now }) => {
  const settings = widgetSettingsIn(environment);
  const recent = new RecentRollouts(clients.sfn);
  return async (received, context) => {
    const event = widgetEventSchema.parse(received ?? {});
    if (event.describe) return widgetDescription;
    const { theme, width, forms, dashboardName } = event.widgetContext;
    const target = targetIn(settings, event);
    if (!target) return notShown(settings, event, { theme, width });
    const asked = askedIn(received);
    const by = `dashboard ${oneLine(dashboardName, 60).replaceAll(':', ' ')}`.trim();
    const message = asked ? await answerTo(asked, target, commentIn(forms.all), operator(by)) : null;
    try {
      const board = await readBoard(clients, recent, target, now());
      const { actions } = settings;
      const buttons = { endpoint: context?.invokedFunctionArn ?? '', actions, target };
      return widget({ ...widgetPageOf(board, now()), theme, width, message, buttons });
    } catch (error) {
      const text = `${message ? `${message.text} ` : ''}The rollouts cannot be shown: ${inWords(error)}.`;
      return widget({ ...nothing(nameOf(target)), theme, width, message: { tone: 'bad', text } });
    }
  };

  /** What became of a button. A failure is told on the page, which then shows where the rollout stands. */
  async function answerTo(
    asked: NonNullable<ReturnType<typeof askedIn>>,
    target: WidgetSettings['targets'][number],
    comment: string,
    operating: OperationClients,
  ): Promise<Message> {
    if (!asked.success)
      return { tone: 'bad', text: 'Nothing was done: the button of this page is not known any more.' };
    if (!settings.actions.includes(asked.data.do)) {
      return { tone: 'bad', text: `Nothing was done: this dashboard has no button to ${asked.data.do}.` };
    }
    try {
      return { tone: 'good', text: await carryOut({ ...asked.data, target, comment }, operating) };
    } catch (error) {
      if (error instanceof Refused) return { tone: 'bad', text: `Refused: ${error.message}.` };
      return { tone: 'bad', text: `AWS failed: ${inWords(error)}. Look at the rollout below before you try again.` };
    }
  }

  /** The clients of an operation. The operations of a widget find no function by its tags and wait for nothing, so they use no more. */
  function operator(by: string): OperationClients {
    return { ...clients, caller: async () => by } as unknown as OperationClients;
  }
};

export const handler = entry(create, { lambda, sfn, ssm });

type Target = WidgetSettings['targets'][number];

/** The alias that the widget is asked for, if it is one of the dashboard; the only one if none is named. */
function targetIn(
  { targets }: WidgetSettings,
  asked: { readonly function?: string | undefined; readonly alias?: string | undefined },
): Target | undefined {
  if (asked.function === undefined) return targets.length === 1 ? targets[0] : undefined;
  return targets.find((each) => each.function === asked.function && each.alias === asked.alias);
}

const nameOf = ({
  function: functionName,
  alias,
}: {
  readonly function: string;
  readonly alias?: string | undefined;
}) => (alias === undefined ? functionName : `${functionName}:${alias}`);

const nothing = (name: string) => ({
  name,
  message: null,
  rollout: null,
  serves: 'what it did',
  past: [],
  buttons: { endpoint: '', actions: [], target: { function: name } },
});

function notShown(
  { targets }: WidgetSettings,
  asked: { readonly function?: string | undefined; readonly alias?: string | undefined },
  { theme, width }: { readonly theme: 'light' | 'dark'; readonly width: number },
): string {
  const found = asked.function === undefined ? 'no function' : nameOf({ ...asked, function: asked.function });
  const known = targets.map(nameOf).join(', ');
  const text = `This widget shows ${known}: expected one of them in its parameters function and alias, found ${found}.`;
  return widget({ ...nothing('Sluice'), theme, width, message: { tone: 'bad', text } });
}

/** So much of a comment is taken: the description of an alias has room for no more. */
const LONGEST_COMMENT = 150;

/** What was written into the field of the page, as one line. */
function commentIn(fields: Readonly<Record<string, unknown>>): string {
  const { comment } = fields;
  return typeof comment === 'string' ? cut(oneLine(comment, 1000), LONGEST_COMMENT).trim() : '';
}

const inWords = (error: unknown): string => {
  const { name, message } = error as Error;
  return oneLine(`${name}: ${message}`, 300);
};

import * as z from 'zod';
import { aliasNameSchema, functionSchema } from '../document/start.ts';

/** The actions of a widget's buttons. */
export const widgetActions = ['rollback', 'approve', 'reject', 'hold', 'resume', 'advance'] as const;

/** An action of a widget's button. */
export type WidgetAction = (typeof widgetActions)[number];

/** The environment variable that tells a widget's function which aliases it may show, and what its buttons may do. */
export const WIDGET_VARIABLE = 'SLUICE_WIDGET';

/** An alias of a widget. A member of a group stands for the group: its rollout is that of all members. */
const targetSchema = z.strictObject({ function: functionSchema, alias: aliasNameSchema });

export const widgetSettingsSchema = z.strictObject({
  targets: z.array(targetSchema).min(1),
  actions: z.array(z.enum(widgetActions)),
});

/** What a widget's function may show and do. */
export interface WidgetSettings extends z.output<typeof widgetSettingsSchema> {}

/**
 * Reads the settings of a widget from its function's environment.
 *
 * @throws Error with the value that was found if there are none
 */
export function widgetSettingsIn(environment: Readonly<Record<string, string | undefined>>): WidgetSettings {
  const text = environment[WIDGET_VARIABLE];
  try {
    return widgetSettingsSchema.parse(JSON.parse(text ?? ''));
  } catch (error) {
    throw new Error(`${WIDGET_VARIABLE} should be JSON with targets and actions, but is ${text}`, { cause: error });
  }
}

const action = z.object({
  do: z.enum(widgetActions),
  /** The place of the rollout that the page showed. */
  execution: z.string().max(80),
  step: z.int().min(0),
  weight: z.number().min(0).max(100),
});

/** What CloudWatch tells of the place of a widget. It is read loosely: CloudWatch adds fields. */
const contextSchema = z.object({
  dashboardName: z.string().catch(''),
  theme: z.enum(['light', 'dark']).catch('light'),
  width: z.number().catch(0),
  forms: z.object({ all: z.record(z.string(), z.unknown()).catch({}) }).catch({ all: {} }),
});

/**
 * The event of a custom widget: the parameters of the widget or of a button, and its context. The parameters are checked; what
 * CloudWatch adds is read loosely. (AWS: CloudWatch guide, "Details about custom widgets in CloudWatch".)
 */
export const widgetEventSchema = z.object({
  describe: z.unknown().optional(),
  function: z.string().optional(),
  alias: z.string().optional(),
  widgetContext: contextSchema.default({ dashboardName: '', theme: 'light', width: 0, forms: { all: {} } }).catch({
    dashboardName: '',
    theme: 'light',
    width: 0,
    forms: { all: {} },
  }),
});

/** What a button asks for; undefined if the event is of no button. */
export const askedIn = (event: unknown) =>
  typeof event === 'object' && event !== null && 'do' in event ? action.safeParse(event) : undefined;

/** What a button asks for, and for which place. */
export interface AskedAction extends z.output<typeof action> {}

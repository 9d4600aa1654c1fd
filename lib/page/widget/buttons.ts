import type { WidgetAction } from '../../rollout/contracts/widget.ts';
import { Html, html } from '../html.ts';
import type { PageActivity, PageState } from '../state-words.ts';

/** What buttons are made from. */
export interface ButtonsPage {
  /** The ARN of the function that they call: the widget's own. */
  readonly endpoint: string;
  /** What they may do. */
  readonly actions: readonly WidgetAction[];
  /** The parameters of the widget: which alias or group it shows. */
  readonly target: { readonly function: string; readonly alias?: string | undefined };
}

/** The rollout that buttons act on. */
export interface ActedOn {
  readonly name: string;
  readonly state: PageState;
  readonly doing: PageActivity | null;
  /** Whether it is held, whatever else it does. */
  readonly isHeld: boolean;
  readonly stable: string;
  readonly candidate: string;
  readonly execution: string;
  /** The number of the step, from 1 on; 0 before the first traffic. */
  readonly step: number;
  /** In percent. */
  readonly weight: number;
  /** The weight of the next step in percent; null after the last. */
  readonly nextWeight: number | null;
  /** Whether the alias serves the candidate alone: only then a promotion can be undone. */
  readonly serves: boolean;
}

interface Button {
  readonly action: WidgetAction;
  readonly label: string;
  readonly confirmation: string;
  readonly isPrimary?: boolean;
}

/** The buttons that fit a rollout, whatever is allowed. */
export function fitting(rollout: ActedOn): readonly Button[] {
  const { name, state, doing, isHeld, stable, candidate, nextWeight, serves } = rollout;
  const next = `${nextWeight ?? 100} % of the traffic`;
  const back: Button = {
    action: 'rollback',
    label: 'Roll back',
    confirmation: `Roll ${name} back? ${stable} gets all traffic at once, and ${candidate} gets none.`,
  };
  if (state !== 'running') return state === 'promoted' && serves ? [back] : [];
  const answers: readonly Button[] =
    doing === 'waitingForApproval'
      ? [
          {
            action: 'approve',
            label: 'Approve',
            isPrimary: true,
            confirmation: `Approve? ${candidate} of ${name} gets ${next}.`,
          },
          { action: 'reject', label: 'Reject', confirmation: `Reject? ${stable} of ${name} gets all traffic again.` },
        ]
      : [];
  const advance: readonly Button[] =
    doing === 'baking' || doing === 'held'
      ? [
          {
            action: 'advance',
            label: 'Advance',
            confirmation:
              nextWeight === null
                ? `Promote ${candidate} of ${name} now, without waiting for the end of its watch?`
                : `Skip the rest of this step? ${candidate} of ${name} gets ${next} now.`,
          },
        ]
      : [];
  const brake: Button = isHeld
    ? { action: 'resume', label: 'Resume', confirmation: `Let the rollout of ${name} go on?` }
    : { action: 'hold', label: 'Hold', confirmation: `Keep the rollout of ${name} where it is? Alarms still revert.` };
  return [...answers, ...advance, brake, back];
}

/**
 * The buttons that fit a rollout and are allowed. Each names the place that the page shows: the function refuses it elsewhere. What
 * CloudWatch makes of an action is what follows an element. (AWS: CloudWatch guide, "Interactivity in the custom widget".)
 */
export function buttonsFor(rollout: ActedOn, { endpoint, actions, target }: ButtonsPage): Html | false {
  const shown = fitting(rollout).filter(({ action }) => actions.includes(action));
  const { execution, step, weight } = rollout;
  return (
    shown.length > 0 &&
    html`<div class="actions"><label>Why, and who you are <input name="comment" maxlength="150" placeholder="for the record"></label><span class="buttons">${shown.map(
      ({ action, label, confirmation, isPrimary }) =>
        html`<a class="${isPrimary ? 'btn btn-primary' : 'btn'}" data-action="${action}">${label}</a><cwdb-action action="call" display="widget" endpoint="${endpoint}" confirmation="${confirmation}">${Html.json({ ...target, do: action, execution, step, weight })}</cwdb-action> `,
    )}</span></div>`
  );
}

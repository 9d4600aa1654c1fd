import { Token } from 'aws-cdk-lib';
import type * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type { Construct } from 'constructs';
import * as z from 'zod';
import { widgetActions } from '../rollout/contracts/widget.ts';
import type { RolloutController } from './controller.ts';
import { checkProps, has } from './props.ts';
import type { RolloutAlias } from './rollout-alias.ts';
import type { RolloutGroup } from './rollout-group.ts';

/** An alias or a group that a dashboard shows. */
export type DashboardTarget = RolloutAlias | RolloutGroup;

/** The aliases that one part of a dashboard shows: one, or the members of a group. */
export interface DashboardRow {
  readonly title: string;
  readonly members: readonly [RolloutAlias, ...RolloutAlias[]];
  /** The alarms that stop its rollouts, also those that are added later. */
  readonly alarms: () => readonly cloudwatch.IAlarm[];
}

const expectedTargets = { error: 'expected at least one RolloutAlias or RolloutGroup' };

const propsSchema = z.strictObject({
  show: z
    .array(
      z.custom<DashboardTarget>((given) => has(given, 'alarms') && has(given, 'controller'), expectedTargets),
      expectedTargets,
    )
    .min(1, expectedTargets),
  dashboardName: z
    .string()
    .refine((name) => Token.isUnresolved(name) || /^[A-Za-z0-9_-]{1,255}$/.test(name), {
      error: 'expected letters, digits, "-" and "_", at most 255 in all',
    })
    .optional(),
  actions: z.array(z.enum(widgetActions)).optional(),
});

const isGroup = (target: DashboardTarget): target is RolloutGroup => has(target, 'members');

/**
 * What a dashboard shows: an alias of a group stands for the group, and each is shown once.
 *
 * @throws Error if a prop is refused, a group has no members, or the controllers differ
 */
export function shownBy(
  dashboard: Construct,
  props: { readonly show: readonly DashboardTarget[] },
): { readonly controller: RolloutController; readonly rows: readonly DashboardRow[] } {
  const { path } = dashboard.node;
  checkProps(propsSchema, props, [], { path, of: 'RolloutDashboard' });
  const shown = [...new Set(props.show.map((each) => (isGroup(each) ? each : (each.group ?? each))))];
  const first = shown[0] as DashboardTarget;
  const other = shown.find(({ controller }) => controller !== first.controller);
  if (other) {
    throw new Error(
      `${path}: expected aliases of one controller, found ${other.controller.node.path} beside ${first.controller.node.path}: make one dashboard for each`,
    );
  }
  return { controller: first.controller, rows: shown.map((target) => rowOf(dashboard, target)) };
}

function rowOf(dashboard: Construct, target: DashboardTarget): DashboardRow {
  if (!isGroup(target)) return { title: target.node.path, members: [target], alarms: () => target.alarms };
  const [first, ...others] = target.members;
  const { path } = dashboard.node;
  if (!first) {
    throw new Error(
      `${path}: expected a group with members, found none in ${target.node.path}: make the dashboard after them`,
    );
  }
  dashboard.node.addValidation({
    validate: () =>
      target.members.length === 1 + others.length
        ? []
        : [`${path}: expected all members of ${target.node.path} to have joined before: make the dashboard after them`],
  });
  return {
    title: target.groupName,
    members: [first, ...others],
    alarms: () => [...target.alarms, ...target.members.flatMap(({ alarms }) => alarms)],
  };
}

import { Duration, Stack } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import { WIDGET_VARIABLE, widgetActions } from '../rollout/contracts/widget.ts';
import { controllerLambda } from './controller-lambda.ts';
import { grantActions } from './dashboard-grants.ts';
import { metricRows } from './dashboard-metrics.ts';
import { type DashboardTarget, shownBy } from './dashboard-props.ts';

/** Properties of a dashboard. */
export interface RolloutDashboardProps {
  /**
   * The aliases and groups to show, at least one, each with rows of its own; all of one controller. A group stands for its members: make
   * the dashboard after they have joined.
   */
  readonly show: readonly DashboardTarget[];

  /**
   * The name of the dashboard: letters, digits, "-" and "_".
   *
   * @default - CloudFormation makes one
   */
  readonly dashboardName?: string;

  /**
   * What the buttons may do. CloudWatch calls the function behind them with the permissions of whoever looks at the dashboard, and does not
   * tell who that is: whoever may invoke the function may do all of this.
   *
   * @default - everything: roll back, approve, reject, hold, resume and advance
   */
  readonly actions?: readonly DashboardAction[];
}

/** Something that a button of a dashboard does. */
export type DashboardAction = 'rollback' | 'approve' | 'reject' | 'hold' | 'resume' | 'advance';

/** The units of a dashboard's grid that a row has. */
const ROW = 24;

/** How high the widget is: a rollout with its charts and its steps. */
const HEIGHT = 18;

/**
 * A CloudWatch dashboard of rollouts: for each alias or group the rollout with its buttons, the alarms that stop it, and invocations, errors
 * and latency by version. AWS charges for a dashboard by the month, beyond the first three of an account.
 *
 * CloudWatch asks each person once whether the widget may run.
 *
 * @throws Error at synth if there is nothing to show, if the controllers differ, or if a group has gained members since
 * @example
 * new RolloutDashboard(this, 'Dashboard', { show: [live], actions: ['rollback', 'hold', 'resume'] });
 */
export class RolloutDashboard extends Construct {
  /** The dashboard. More widgets may be added to it. */
  readonly dashboard: cloudwatch.Dashboard;
  /** The function behind the widgets. To invoke it is to see the rollouts, and to press the buttons. */
  readonly widget: lambda.IFunction;

  constructor(scope: Construct, id: string, props: RolloutDashboardProps) {
    super(scope, id);
    const { controller, rows } = shownBy(this, props);
    const actions = [...new Set(props.actions ?? widgetActions)];
    const targets = rows.map(({ members: [first] }) => ({
      function: first.lambda.functionName,
      alias: first.aliasName,
    }));
    const statements = new iam.PolicyDocument();
    const { handler, role } = controllerLambda(this, 'widget', {
      settings: controller.settings,
      // A controller may have several dashboards.
      suffix: `-${this.node.addr.slice(-8)}`,
      description: 'Sluice: draws rollouts on a dashboard, and carries out what its buttons ask for',
      timeout: Duration.seconds(30),
      statements,
      called: 'CloudWatch invokes it synchronously, and people look again.',
      environment: { [WIDGET_VARIABLE]: Stack.of(this).toJsonString({ targets, actions }) },
    });
    grantActions(rows, { role, statements, actions });
    this.widget = handler;
    this.dashboard = new cloudwatch.Dashboard(this, 'Dashboard', {
      dashboardName: props.dashboardName,
      defaultInterval: Duration.hours(3),
    });
    for (const [index, row] of rows.entries()) {
      this.dashboard.addWidgets(
        new cloudwatch.CustomWidget({
          title: `Rollout: ${row.title}`,
          functionArn: handler.functionArn,
          width: ROW,
          height: HEIGHT,
          updateOnRefresh: true,
          updateOnResize: true,
          updateOnTimeRangeChange: false,
          params: targets[index],
        }),
      );
      for (const widgets of metricRows(row)) this.dashboard.addWidgets(...widgets);
    }
  }

  /**
   * Allows to see the rollouts on the dashboard and to press its buttons: to invoke the function behind the widgets. Whoever may look at
   * dashboards and not invoke it sees the metrics alone.
   */
  grantUse(grantee: iam.IGrantable): iam.Grant {
    return this.widget.grantInvoke(grantee);
  }
}

import { App, type Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { AwsSolutionsChecks, HIPAASecurityChecks, NIST80053R5Checks, PCIDSS321Checks, ServerlessChecks } from 'cdk-nag';
import { describe, expect, it } from 'vitest';
import {
  RolloutAlias,
  RolloutController,
  RolloutDashboard,
  type RolloutDashboardProps,
  RolloutGroup,
  RolloutPolicy,
} from '../../lib/index.ts';
import { type WidgetAction, widgetActions } from '../../lib/rollout/contracts/widget.ts';
import { press, widgetOn } from '../functions/a-widget.ts';
import { manual } from '../operations/on-a-rollout.ts';
import { rehearsing } from '../rehearsal/a-scenario.ts';
import { aStack, inWords, resourcesOf, statementsOf } from './a-stack.ts';

const aFunction = (stack: Stack, id: string) =>
  new lambda.Function(stack, id, {
    runtime: lambda.Runtime.NODEJS_24_X,
    handler: 'index.handler',
    code: lambda.Code.fromInline('exports.handler = async () => {};'),
  });

const policy = RolloutPolicy.preset('AllAtOnce');

function anAlias(stack: Stack, id = 'Live', props: Partial<ConstructorParameters<typeof RolloutAlias>[2]> = {}) {
  const own = props.group ? {} : { policy };
  return new RolloutAlias(stack, id, {
    function: aFunction(stack, `${id}Function`),
    aliasName: 'live',
    ...own,
    ...props,
  });
}

/** A stack with a dashboard of one alias. */
function withDashboard(props: Partial<RolloutDashboardProps> = {}) {
  const stack = aStack();
  const live = anAlias(stack);
  const dashboard = new RolloutDashboard(stack, 'Board', { show: [live], ...props });
  return { stack, live, dashboard };
}

interface Shown {
  readonly type: string;
  readonly properties: {
    readonly title: string;
    readonly alarms?: readonly string[];
    readonly params?: unknown;
    readonly metrics?: readonly [{ readonly expression: string; readonly label: string }][];
  };
}

/** The widgets of the dashboard, with references in words. */
function widgetsIn(stack: Stack): readonly Shown[] {
  const [board] = Object.values(Template.fromStack(stack).findResources('AWS::CloudWatch::Dashboard'));
  return JSON.parse(inWords(board?.['Properties']?.['DashboardBody'])).widgets;
}

describe('a dashboard of an alias', () => {
  it('has the rollout with its buttons, the alarms, and three graphs by version', () => {
    const { stack } = withDashboard();
    expect(widgetsIn(stack).map(({ type, properties }) => [type, properties.title])).toEqual([
      ['custom', 'Rollout: checkout/Live'],
      ['alarm', 'Alarms that stop a rollout: checkout/Live'],
      ['metric', 'Invocations by version: checkout/Live'],
      ['metric', 'Errors by version: checkout/Live'],
      ['metric', 'Duration, p99 by version: checkout/Live'],
    ]);
  });

  it('tells the widget its alias, and the function behind it which it may show and what it may do', () => {
    const { stack } = withDashboard({ actions: ['rollback', 'hold'] });
    expect(widgetsIn(stack)[0]?.properties.params).toEqual({
      function: '<LiveFunction>',
      alias: '<LiveAlias.AliasName>',
    });
    const [widget] = Object.entries(resourcesOf(stack)).flatMap(([id, { Type, Properties }]) =>
      Type === 'AWS::Lambda::Function' && id.startsWith('Board') ? [Properties] : [],
    );
    const environment = widget?.['Environment'] as { Variables: Record<string, unknown> } | undefined;
    expect(JSON.parse(inWords(environment?.Variables['SLUICE_WIDGET']))).toEqual({
      targets: [{ function: '<LiveFunction>', alias: '<LiveAlias.AliasName>' }],
      actions: ['rollback', 'hold'],
    });
  });

  it('finds the metrics of each version when it is looked at, because the next ones are not known yet', () => {
    const { stack } = withDashboard();
    const [invocations] = widgetsIn(stack).filter(({ type }) => type === 'metric');
    const metric = invocations?.properties.metrics?.[0]?.[0];
    expect(metric?.expression).toBe(
      `SEARCH('{AWS/Lambda,ExecutedVersion,FunctionName,Resource} MetricName="Invocations" FunctionName="<LiveFunction>" Resource="<LiveFunction>:<LiveAlias.AliasName>"', 'Sum', 60)`,
    );
    // biome-ignore lint/suspicious/noTemplateCurlyInString: CloudWatch fills it in
    expect(metric?.label).toBe("version ${PROP('Dim.ExecutedVersion')}");
  });

  it('shows alarms that are added later', () => {
    const { stack, live } = withDashboard();
    live.addAlarm(cloudwatch.Alarm.fromAlarmArn(stack, 'Late', 'arn:aws:cloudwatch:us-east-1:123456789012:alarm:late'));
    expect(widgetsIn(stack)[1]?.properties.alarms).toContain('arn:aws:cloudwatch:us-east-1:123456789012:alarm:late');
    expect(widgetsIn(stack)[1]?.properties.alarms).toHaveLength(3);
  });

  it('lets those use it who are granted it, and nobody else', () => {
    const { stack, dashboard } = withDashboard();
    dashboard.grantUse(new iam.Role(stack, 'OnCall', { assumedBy: new iam.AccountRootPrincipal() }));
    expect(statementsOf(stack, 'OnCall').flatMap(({ actions }) => actions)).toEqual(['lambda:InvokeFunction']);
    Template.fromStack(stack).resourceCountIs(
      'AWS::Lambda::Permission',
      Object.keys(Template.fromStack(aStackWithoutDashboard()).findResources('AWS::Lambda::Permission')).length,
    );
  });
});

function aStackWithoutDashboard(): Stack {
  const stack = aStack();
  anAlias(stack);
  return stack;
}

describe('a dashboard of a group', () => {
  it('has one widget for the group, which a member stands for, and graphs of each member', () => {
    const stack = aStack();
    const group = new RolloutGroup(stack, 'Service', { policy });
    const prices = anAlias(stack, 'Prices', { group });
    anAlias(stack, 'Basket', { group });
    new RolloutDashboard(stack, 'Board', { show: [group, prices] });
    expect(widgetsIn(stack).map(({ type }) => type)).toEqual(['custom', 'alarm', ...Array(6).fill('metric')]);
    expect(widgetsIn(stack)[0]?.properties).toMatchObject({ params: { function: '<PricesFunction>' } });
  });

  it('is refused if members join after it was made, and if there are none', () => {
    const stack = aStack();
    const group = new RolloutGroup(stack, 'Service', { policy });
    expect(() => new RolloutDashboard(stack, 'Early', { show: [group] })).toThrow('make the dashboard after them');
    anAlias(stack, 'Prices', { group });
    new RolloutDashboard(stack, 'Board', { show: [group] });
    anAlias(stack, 'Basket', { group });
    expect(() => Template.fromStack(stack)).toThrow('make the dashboard after them');
  });
});

describe('a dashboard is refused', () => {
  it.each([
    ['with nothing to show', { show: [] }, 'expected at least one RolloutAlias or RolloutGroup'],
    ['with something else to show', { show: [{}] }, 'expected at least one RolloutAlias or RolloutGroup'],
    ['with an action that there is not', { actions: ['explode'] }, 'actions'],
    ['with a name that CloudWatch refuses', { dashboardName: 'my board' }, 'expected letters, digits'],
    ['with an unknown prop', { aliases: [] }, 'aliases'],
  ])('%s', (_, props, why) => {
    expect(() => withDashboard(props as never)).toThrow(why);
  });

  it('for aliases of two controllers: the roles of one are not known to the other', () => {
    const stack = aStack();
    const [one, other] = ['One', 'Other'].map((id) =>
      anAlias(stack, id, { controller: new RolloutController(stack, `${id}Controller`) }),
    ) as [RolloutAlias, RolloutAlias];
    expect(() => new RolloutDashboard(stack, 'Board', { show: [one, other] })).toThrow('make one dashboard for each');
  });
});

/** The actions that a widget's role allows, beside logs and traces. */
function allowed(actions: readonly WidgetAction[]): readonly string[] {
  const { stack } = withDashboard({ actions });
  const all = statementsOf(stack, 'BoardRole').flatMap((statement) => statement.actions);
  return [...new Set(all)].filter((action) => !/^(logs|xray):/.test(action)).sort();
}

/** A rollout that waits for an approval before its first traffic: a rollback stops it. */
const waiting = { policy: { steps: [{ weight: 50, bakeSeconds: 60, approval: 'manual' as const }] } };

/** What is held goes on later, so that it ends. */
const operator = [{ atSecond: 700, do: 'resume' as const }];

/** The calls that a widget makes while its page is drawn and one of its buttons is pressed, wherever that fits. */
async function calls(action: WidgetAction): Promise<readonly string[]> {
  const seen = new Set<string>();
  const moments = [
    [250, { operator }],
    [500, { ...manual, operator }],
    [100, waiting],
  ] as const;
  for (const [atSecond, scenario] of moments) {
    const does = async (clients: Parameters<typeof widgetOn>[0]) => {
      await press(action)(widgetOn(clients));
    };
    const rehearsal = await rehearsing(scenario, [{ atSecond, does }]);
    for (const call of rehearsal.calls) if (call.caller === 'operator') seen.add(call.action);
  }
  // GetFunction answers without the tags if they may not be read. (AWS: GetFunction.)
  seen.delete('lambda:ListTags');
  return [...seen];
}

describe('the role of a widget', () => {
  it.each(widgetActions)('allows every call of a button to %s', async (action) => {
    const may = allowed([action]);
    const made = await calls(action);
    expect(made.length).toBeGreaterThan(5);
    expect(made.filter((call) => !may.includes(call))).toEqual([]);
  });

  it('may write nothing for a dashboard without buttons', () => {
    expect(allowed([])).toEqual([
      'lambda:GetAlias',
      'ssm:GetParametersByPath',
      'states:DescribeExecution',
      'states:GetExecutionHistory',
      'states:ListExecutions',
      'states:ListTagsForResource',
    ]);
  });

  it('may act on the functions of its dashboard alone', () => {
    const stack = aStack();
    const live = anAlias(stack);
    anAlias(stack, 'Other');
    new RolloutDashboard(stack, 'Board', { show: [live] });
    const resources = statementsOf(stack, 'BoardRole').flatMap((statement) => statement.resources);
    expect(resources.filter((resource) => resource.includes('Other'))).toEqual([]);
    expect(resources.filter((resource) => resource === '*' || resource.includes('function:*'))).toEqual(['*']);
  });
});

describe('compliance', () => {
  const packs = { AwsSolutionsChecks, NIST80053R5Checks, HIPAASecurityChecks, PCIDSS321Checks, ServerlessChecks };

  it.each(Object.entries(packs))('%s finds nothing in a dashboard that is not acknowledged', (_, Pack) => {
    const app = new App();
    const stack = aStack(app);
    const live = anAlias(stack);
    new RolloutDashboard(stack, 'Board', { show: [live] });
    const found = new Pack(app)
      .validateScope(app)
      .violations.flatMap(({ ruleName, violatingResources }) =>
        violatingResources.flatMap(({ constructPath = '' }) =>
          constructPath.includes('/Board') ? [`${ruleName} ${constructPath}`] : [],
        ),
      );
    expect(found).toEqual([]);
  });
});

it('a dashboard needs a name of its own only if it is given one', () => {
  const { stack } = withDashboard({ dashboardName: 'checkout-rollouts' });
  Template.fromStack(stack).hasResourceProperties('AWS::CloudWatch::Dashboard', {
    DashboardName: 'checkout-rollouts',
    DashboardBody: Match.anyValue(),
  });
});

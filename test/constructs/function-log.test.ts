import { App } from 'aws-cdk-lib';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as logs from 'aws-cdk-lib/aws-logs';
import { describe, expect, it } from 'vitest';
import { RolloutAlias, RolloutGroup, RolloutPolicy } from '../../lib/index.ts';
import { aStack, statementsOf } from './a-stack.ts';

const byLog = { ...RolloutPolicy.adaptive(), evidence: { counts: 'logs' as const } };

/** A stack with one function, and an alias of it that counts by its log. */
function aRelease(props: (stack: ReturnType<typeof aStack>) => Partial<lambda.FunctionProps> = () => ({})) {
  const stack = aStack(new App());
  const handler = new lambda.Function(stack, 'Checkout', {
    runtime: lambda.Runtime.NODEJS_24_X,
    handler: 'index.handler',
    code: lambda.Code.fromInline('exports.handler = async () => {};'),
    functionName: 'checkout',
    loggingFormat: lambda.LoggingFormat.JSON,
    ...props(stack),
  });
  new RolloutAlias(stack, 'Live', { function: handler, aliasName: 'live', policy: byLog });
  return { stack, handler, synth: () => (stack.node.root as App).synth() };
}

const queried = (stack: ReturnType<typeof aStack>, role: string) =>
  statementsOf(stack, `SluiceController${role}Role`).filter(({ actions }) => actions.includes('logs:StartQuery'));

describe('an alias that counts by the log', () => {
  it.each(['Preflight', 'Observe'])(
    'lets the %s function query the log group of its function, and no other',
    (role) => {
      expect(queried(aRelease().stack, role).map(({ resources }) => resources)).toEqual([
        ['arn:aws:logs:us-east-1:123456789012:log-group:/aws/lambda/<Checkout>:*'],
      ]);
    },
  );

  it.each(['Shift', 'Revert', 'Provision'])('lets the %s function query none', (role) => {
    expect(queried(aRelease().stack, role)).toEqual([]);
  });

  it('has the log group queried that its function names', () => {
    const { stack } = aRelease((scope) => ({ logGroup: new logs.LogGroup(scope, 'Shared') }));
    expect(queried(stack, 'Observe').map(({ resources }) => resources)).toEqual([
      ['arn:aws:logs:us-east-1:123456789012:log-group:<Shared>:*'],
    ]);
  });

  it('may be a member of a group, whose policy says so', () => {
    const { stack, handler } = aRelease();
    const other = new lambda.Function(stack, 'Stock', {
      runtime: lambda.Runtime.NODEJS_24_X,
      handler: 'index.handler',
      code: lambda.Code.fromInline('exports.handler = async () => {};'),
      loggingFormat: lambda.LoggingFormat.JSON,
    });
    const group = new RolloutGroup(stack, 'Group', { policy: byLog });
    new RolloutAlias(stack, 'StockLive', { function: other, aliasName: 'live', group });
    expect(handler).toBeDefined();
    expect(queried(stack, 'Observe')).toHaveLength(2);
  });

  it('is no trouble if all is well', () => {
    expect(() => aRelease().synth()).not.toThrow();
    const standard = aRelease((scope) => ({ logGroup: new logs.LogGroup(scope, 'Shared') }));
    expect(() => standard.synth()).not.toThrow();
  });
});

describe('an alias that counts by the log is refused at synth', () => {
  it.each<[what: string, props: Partial<lambda.FunctionProps>, reason: RegExp]>([
    ['logs as text', { loggingFormat: lambda.LoggingFormat.TEXT }, /checkout\/Checkout has its log as text/],
    [
      'leaves the ends of invocations out of its log',
      { systemLogLevelV2: lambda.SystemLogLevel.WARN },
      /checkout\/Checkout has the system log level WARN/,
    ],
  ])('if its function %s', (_, props, reason) => {
    expect(() => aRelease(() => props).synth()).toThrow(reason);
  });

  it('if its function says nothing of its log, for that is text', () => {
    const { handler, synth } = aRelease();
    (handler.node.defaultChild as lambda.CfnFunction).loggingConfig = undefined;
    expect(synth).toThrow(/has its log as text.*loggingFormat JSON/);
  });

  it.each(['INFREQUENT_ACCESS', 'DELIVERY'])('if the log group is of the class %s', (logClass) => {
    const { synth } = aRelease((scope) => ({
      logGroup: new logs.LogGroup(scope, 'Shared', { logGroupClass: logClass as logs.LogGroupClass }),
    }));
    expect(synth).toThrow(new RegExp(`expected a log group of the class STANDARD, found ${logClass}`));
  });

  it('if another RolloutAlias is invoked beside it', () => {
    const { stack, handler, synth } = aRelease();
    new RolloutAlias(stack, 'Beta', { function: handler, aliasName: 'beta', policy: RolloutPolicy.adaptive() });
    expect(synth).toThrow(/expected one RolloutAlias of checkout\/Checkout, found 2: a log does not tell/);
  });
});

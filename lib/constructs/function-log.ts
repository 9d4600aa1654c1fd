import { Lazy, Stack } from 'aws-cdk-lib';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import { whyNotCounted } from '../rollout/logs/logging.ts';
import type { RolloutPolicy } from './policy.ts';
import { type Resolved, referredTo, resolved } from './resolved.ts';
import { resourcesBelow } from './resources.ts';

/** Whether rollouts under a policy count by the function's log. */
export const countsByLog = (policy: RolloutPolicy | undefined): boolean => policy?.evidence?.counts === 'logs';

/** The name of a function's log group, whichever it has when the template is rendered. */
export const logGroupNameOf = (handler: lambda.Function): string =>
  Lazy.string({
    produce: () => {
      const { logGroup } = loggingOf(handler);
      return logGroup ?? `/aws/lambda/${handler.functionName}`;
    },
  });

interface LoggingProperties {
  readonly logFormat?: string;
  readonly systemLogLevel?: string;
  readonly logGroup?: string;
}

/** As it is set: a reference stays one. */
const loggingOf = (handler: lambda.Function): LoggingProperties =>
  ((handler.node.defaultChild as lambda.CfnFunction).loggingConfig ?? {}) as LoggingProperties;

/** Why rollouts cannot count by the log of a function, as its template has it; nothing if they can. */
export function* refusalsOfLog(handler: lambda.Function): Generator<string> {
  const { path } = handler.node;
  const { logFormat = 'Text', systemLogLevel } = Stack.of(handler).resolve(loggingOf(handler)) as LoggingProperties;
  const why = whyNotCounted({ format: logFormat, systemLevel: systemLogLevel, group: undefined });
  if (why) {
    yield `evidence.counts: expected a function whose log has the end of each invocation, but ${path} ${why}: give it loggingFormat JSON and systemLogLevelV2 INFO, or count by "metrics"`;
  }
  const group = logGroupOf(handler);
  const logClass = group?.properties['LogGroupClass'];
  if (typeof logClass === 'string' && logClass !== 'STANDARD') {
    yield `evidence.counts: expected a log group of the class STANDARD, found ${logClass} of ${group?.path}: Logs Insights cannot query all of the others; count by "metrics", or give ${path} another log group`;
  }
}

/** The log group that a function names, if it is a resource of the same stack. */
function logGroupOf(handler: lambda.Function): Resolved | undefined {
  const from = resolved(handler.node.defaultChild as lambda.CfnFunction);
  const { LogGroup: named } = (from.properties['LoggingConfig'] ?? {}) as { readonly LogGroup?: unknown };
  if (named === undefined) return undefined;
  const groups = resourcesBelow(stackOf(handler))
    .filter(({ cfnResourceType }) => cfnResourceType === 'AWS::Logs::LogGroup')
    .map(resolved);
  return referredTo(named, from, groups);
}

const stackOf = (scope: Construct): Construct => Stack.of(scope);

import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { CloudWatchClient, DeleteAlarmsCommand, PutMetricAlarmCommand } from '@aws-sdk/client-cloudwatch';
import { CreateAliasCommand, InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { CONTROLLER, deleteFunction, functionByHand, publish, putRelease, serviceToken } from './any-tool.ts';
import { TOOLS } from './other-tools.ts';

const lambda = new LambdaClient({});
const cloudwatch = new CloudWatchClient({});

/** HCL as JSON. */
export const parseHcl = (input: string): Record<string, unknown> =>
  JSON.parse(
    execFileSync(join(TOOLS as string, 'python/bin/python'), ['test/e2e/hcl.py'], { input, encoding: 'utf8' }),
  );

/** The input of the invocation in a module, with its references worked out. */
export function inputIn(module: string, references: Readonly<Record<string, string>>): Record<string, unknown> {
  const text = /jsonencode\((\{[\s\S]*?^ {2}\})\)/m.exec(module)?.[1] ?? '';
  const resolved = Object.entries(references).reduce(
    (all, [reference, value]) => all.replaceAll(reference, JSON.stringify(value)),
    text,
  );
  return parseHcl(`input = ${resolved}\n`)['input'] as Record<string, unknown>;
}

/**
 * Does what Terraform does with the module of the documents: makes the function, its versions, the alias and an alarm, and invokes the
 * function behind the custom resources with the events that the provider makes.
 */
export class Terraform {
  readonly #name: string;
  readonly #module: string;
  #before: Record<string, unknown> | null = null;

  constructor(name: string, module: string) {
    this.#name = name;
    this.#module = module;
  }

  async apply(release: string, bad?: boolean): Promise<string> {
    const key = await putRelease(release, bad);
    const input = inputIn(this.#module, {
      'aws_lambda_function.checkout.function_name': this.#name,
      'aws_lambda_alias.live.name': 'live',
      'aws_lambda_function.checkout.version': await this.#published(key),
      'aws_cloudwatch_metric_alarm.checkout_errors.alarm_name': `${this.#name}-errors`,
    });
    await this.#invoke({ ...input, tf: { action: this.#before ? 'update' : 'create', prev_input: this.#before } });
    this.#before = input;
    return this.#name;
  }

  async destroy(): Promise<void> {
    await this.#invoke({ ...this.#before, tf: { action: 'delete', prev_input: this.#before } });
    await cloudwatch.send(new DeleteAlarmsCommand({ AlarmNames: [`${this.#name}-errors`] }));
    await deleteFunction(this.#name);
  }

  /** Publishes the release; the first one makes function, alarm and alias. */
  async #published(S3Key: string): Promise<string> {
    const FunctionName = this.#name;
    if (this.#before) return publish(FunctionName, S3Key);
    await functionByHand(FunctionName, S3Key, { 'sluice:managed': CONTROLLER });
    await cloudwatch.send(
      new PutMetricAlarmCommand({
        AlarmName: `${FunctionName}-errors`,
        Namespace: 'AWS/Lambda',
        MetricName: 'Errors',
        Dimensions: [
          { Name: 'FunctionName', Value: FunctionName },
          { Name: 'Resource', Value: `${FunctionName}:live` },
        ],
        Statistic: 'Sum',
        Period: 60,
        EvaluationPeriods: 1,
        Threshold: 5,
        ComparisonOperator: 'GreaterThanThreshold',
        TreatMissingData: 'notBreaching',
      }),
    );
    await lambda.send(new CreateAliasCommand({ FunctionName, Name: 'live', FunctionVersion: '1' }));
    return '1';
  }

  /** The provider takes an error of the function for a failure of the apply. */
  async #invoke(event: object): Promise<void> {
    const Payload = Buffer.from(JSON.stringify(event));
    const answer = await lambda.send(new InvokeCommand({ FunctionName: await serviceToken(), Payload }));
    if (answer.FunctionError) throw new Error(new TextDecoder().decode(answer.Payload));
  }
}

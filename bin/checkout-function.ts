import { fileURLToPath } from 'node:url';
import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as logs from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import { buildSync } from 'esbuild';

/** A release of the reference service. */
export interface CheckoutRelease {
  /** The name that the code gives itself; another release is other code. */
  readonly release: string;
  /** The share of requests that the code lets fail, 0 to 1. */
  readonly faultRate: number;
}

/** The function of the reference service, the same in production and in every branch. */
export function checkoutFunction(scope: Construct, release: CheckoutRelease): lambda.Function {
  return new lambda.Function(scope, 'Checkout', {
    runtime: lambda.Runtime.NODEJS_24_X,
    architecture: lambda.Architecture.ARM_64,
    handler: 'index.handler',
    code: lambda.Code.fromAsset(bundle(release)),
    timeout: Duration.seconds(10),
    tracing: lambda.Tracing.ACTIVE,
    logGroup: new logs.LogGroup(scope, 'Logs', {
      retention: logs.RetentionDays.ONE_MONTH,
      removalPolicy: RemovalPolicy.DESTROY,
    }),
  });
}

/** The code of a release, in a folder of its own. */
function bundle({ release, faultRate }: CheckoutRelease): string {
  const outdir = fileURLToPath(
    new URL(`../dist/checkout/${encodeURIComponent(release)}-${faultRate}`, import.meta.url),
  );
  buildSync({
    entryPoints: { index: fileURLToPath(new URL('checkout.ts', import.meta.url)) },
    outdir,
    bundle: true,
    platform: 'node',
    target: 'node24',
    format: 'esm',
    outExtension: { '.js': '.mjs' },
    define: { RELEASE: JSON.stringify(release), FAULT_RATE: String(faultRate) },
  });
  return outdir;
}

import type { FunctionCodeLocation, FunctionConfiguration } from '@aws-sdk/client-lambda';
import type { VersionContent } from '../../rollout/version-content.ts';

/** Settings whose values are short and no secret. */
const shown = ['runtime', 'handler', 'memory', 'timeout', 'architecture', 'package type'];

/** Fields of newer API models than the SDK's, which it hands on if it knows them. */
interface Newer {
  readonly RuntimeConfig?: { readonly RuntimeAlias?: string } & Readonly<Record<string, unknown>>;
}

/** What a version is made of, from GetFunction's answer. */
export function contentOf(
  configuration: FunctionConfiguration & Newer,
  code: FunctionCodeLocation | undefined,
): VersionContent {
  const { CodeSha256, ConfigSha256, DurableConfig } = configuration;
  return {
    codeSha256: CodeSha256 ?? '',
    configSha256: ConfigSha256 ?? null,
    settings: settingsOf(configuration),
    shown,
    mutable: mutableOf(configuration, code),
    durable: DurableConfig !== undefined,
  };
}

function settingsOf(configuration: FunctionConfiguration & Newer): Readonly<Record<string, string>> {
  const { Environment, Layers, VpcConfig, SnapStart } = configuration;
  const given: Readonly<Record<string, unknown>> = {
    runtime: configuration.Runtime,
    'runtime version': configuration.RuntimeVersionConfig?.RuntimeVersionArn,
    'runtime configuration': configuration.RuntimeConfig,
    handler: configuration.Handler,
    memory: configuration.MemorySize,
    timeout: configuration.Timeout,
    architecture: configuration.Architectures?.join(', '),
    'package type': configuration.PackageType,
    'image configuration': configuration.ImageConfigResponse?.ImageConfig,
    environment: Environment?.Variables && Object.entries(Environment.Variables).toSorted(),
    layers: Layers?.map(({ Arn }) => Arn),
    network: VpcConfig && [VpcConfig.SubnetIds?.toSorted(), VpcConfig.SecurityGroupIds?.toSorted()],
    'KMS key': configuration.KMSKeyArn,
    storage: configuration.EphemeralStorage?.Size,
    'file systems': configuration.FileSystemConfigs,
    SnapStart: SnapStart?.ApplyOn,
    tracing: configuration.TracingConfig?.Mode,
    logging: configuration.LoggingConfig,
    'capacity provider': configuration.CapacityProviderConfig,
  };
  const told = Object.entries(given).filter(([, value]) => value !== undefined);
  return Object.fromEntries(
    told.map(([name, value]) => [name, typeof value === 'string' ? value : JSON.stringify(value)]),
  );
}

/** What a published version takes from elsewhere each time. (AWS: Lambda, "Runtime aliases" and "S3ObjectStorageMode".) */
function mutableOf(
  { RuntimeConfig, KMSKeyArn }: FunctionConfiguration & Newer,
  code: FunctionCodeLocation | undefined,
): readonly string[] {
  const { S3Bucket, S3Key } = code?.ResolvedS3Object ?? {};
  return [
    ...(RuntimeConfig
      ? [RuntimeConfig.RuntimeAlias ? `the runtime alias ${RuntimeConfig.RuntimeAlias}` : 'a runtime of its own']
      : []),
    ...(S3Bucket ? [`the object s3://${S3Bucket}/${S3Key}, which must stay there`] : []),
    ...(KMSKeyArn ? [`the KMS key ${KMSKeyArn}`] : []),
    ...(code?.SourceKMSKeyArn ? [`the KMS key ${code.SourceKMSKeyArn}`] : []),
  ];
}

import {
  DeleteFunctionCommand,
  type LambdaClient,
  paginateListAliases,
  paginateListProvisionedConcurrencyConfigs,
  paginateListVersionsByFunction,
} from '@aws-sdk/client-lambda';
import type { NamedAlias } from '../../rollout/decisions/prune.ts';
import { functionSchema, versionSchema } from '../../rollout/document/start.ts';
import { isNamed } from '../handler/errors.ts';

/** A published version as ListVersionsByFunction describes it: without its state. */
export interface PublishedVersion {
  readonly version: string;
  readonly description: string;
  readonly publishedAt: Date | null;
  /** SHA-256 of the package, base64. */
  readonly codeSha256: string;
  /** Bytes of the package. */
  readonly size: number;
}

/** Every published version of a function, oldest first; `$LATEST` is none. */
export async function readVersions(lambda: LambdaClient, functionName: string): Promise<readonly PublishedVersion[]> {
  const found: PublishedVersion[] = [];
  const pages = paginateListVersionsByFunction({ client: lambda }, { FunctionName: functionName });
  for await (const { Versions = [] } of pages) {
    for (const { Version: version = '', Description, LastModified, CodeSha256, CodeSize } of Versions) {
      if (!versionSchema.safeParse(version).success) continue;
      const time = Date.parse(LastModified ?? '');
      found.push({
        version,
        description: Description ?? '',
        publishedAt: Number.isNaN(time) ? null : new Date(time),
        codeSha256: CodeSha256 ?? '',
        size: CodeSize ?? 0,
      });
    }
  }
  return found.sort((a, b) => Number(a.version) - Number(b.version));
}

/** Every alias of a function, by name. */
export async function readAliases(lambda: LambdaClient, functionName: string): Promise<readonly NamedAlias[]> {
  const found: NamedAlias[] = [];
  for await (const { Aliases = [] } of paginateListAliases({ client: lambda }, { FunctionName: functionName })) {
    for (const alias of Aliases) {
      found.push({
        name: alias.Name ?? '',
        functionVersion: alias.FunctionVersion ?? '',
        additionalVersionWeights: alias.RoutingConfig?.AdditionalVersionWeights ?? {},
        description: alias.Description ?? '',
        revisionId: alias.RevisionId ?? '',
      });
    }
  }
  return found.sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** The provisioned concurrency of a function's versions and aliases: how many were asked for, by qualifier. */
export async function readProvisioned(
  lambda: LambdaClient,
  functionName: string,
): Promise<ReadonlyMap<string, number>> {
  const found = new Map<string, number>();
  try {
    const pages = paginateListProvisionedConcurrencyConfigs({ client: lambda }, { FunctionName: functionName });
    for await (const { ProvisionedConcurrencyConfigs: configurations = [] } of pages) {
      for (const { FunctionArn = '', RequestedProvisionedConcurrentExecutions: requested = 0 } of configurations) {
        found.set(FunctionArn.split(':').at(-1) as string, requested);
      }
    }
  } catch (error) {
    // AWS answers an empty list; an endpoint may say that there is none.
    if (!isNamed(error, 'ProvisionedConcurrencyConfigNotFoundException')) throw error;
  }
  return found;
}

/**
 * Deletes one published version. One that is gone already is as good. (Recorded on AWS.)
 *
 * @throws Error if the version is no number, or the function's name brings a qualifier: without a number Lambda deletes the whole
 *   function
 */
export async function deleteVersion(lambda: LambdaClient, functionName: string, version: `${number}`): Promise<void> {
  await lambda.send(
    new DeleteFunctionCommand({
      FunctionName: functionSchema.parse(functionName),
      Qualifier: versionSchema.parse(version),
    }),
  );
}

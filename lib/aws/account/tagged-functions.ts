import { paginateGetResources, type ResourceGroupsTaggingAPIClient } from '@aws-sdk/client-resource-groups-tagging-api';
import { unqualifiedArn } from '../lambda/function-arn.ts';

/** A tag to look for; without a value, every value of its key is meant. */
export interface TagFilter {
  readonly key: string;
  readonly value?: string | undefined;
}

/** The unqualified ARNs of the functions in the account and region that bear all of the tags. */
export async function readTaggedFunctions(
  tagging: ResourceGroupsTaggingAPIClient,
  tags: readonly TagFilter[],
): Promise<readonly string[]> {
  const arns: string[] = [];
  const asked = {
    TagFilters: tags.map(({ key, value }) => ({ Key: key, ...(value === undefined ? {} : { Values: [value] }) })),
    ResourceTypeFilters: ['lambda:function'],
  };
  for await (const { ResourceTagMappingList = [] } of paginateGetResources({ client: tagging }, asked)) {
    arns.push(...ResourceTagMappingList.map(({ ResourceARN = '' }) => unqualifiedArn(ResourceARN)));
  }
  return arns;
}

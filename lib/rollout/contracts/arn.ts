/** The ARN of a resource in the partition, region and account of another one. */
export function arnBeside(arn: string, service: string, resource: string): string {
  const [, partition, , region, account] = arn.split(':');
  return `arn:${partition}:${service}:${region}:${account}:${resource}`;
}

/** Whether two ARNs are of one partition, region and account. */
export const isBeside = (arn: string, other: string): boolean => arnBeside(arn, '', '') === arnBeside(other, '', '');

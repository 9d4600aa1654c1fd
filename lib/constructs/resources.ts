import { CfnResource } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';

/** The resources below a construct. */
export const resourcesBelow = (scope: IConstruct): readonly CfnResource[] =>
  scope.node.findAll().filter((node): node is CfnResource => CfnResource.isCfnResource(node));

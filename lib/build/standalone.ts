import { App } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { StandaloneStack } from '../constructs/standalone-stack.ts';

/** The file with the template of a standalone controller, below `dist`. */
export const CONTROLLER_TEMPLATE = 'controller.template.json';

/** A resource of the template. */
interface Resource {
  readonly Metadata?: object;
}

/** Synthesizes a standalone controller. The metadata that only cdk-nag reads stays out. */
export function controllerTemplate(): object {
  const { Resources, ...template } = Template.fromStack(new StandaloneStack(new App(), 'sluice')).toJSON();
  const resources = Object.entries(Resources as Readonly<Record<string, Resource>>);
  return {
    ...template,
    Resources: Object.fromEntries(resources.map(([id, { Metadata: _, ...resource }]) => [id, resource])),
  };
}

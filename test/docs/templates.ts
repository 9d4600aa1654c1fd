import { parse, type ScalarTag, type YAMLMap, type YAMLSeq } from 'yaml';

/** A resource of a template, with every intrinsic function worked out as some text. */
export interface Resource {
  readonly Type: string;
  readonly Properties: Readonly<Record<string, unknown>>;
}

/** CloudFormation's short forms. An attribute stands for a version, and anything else for a name. */
const functions = ['Ref', 'GetAtt', 'Sub', 'ImportValue', 'Join'] as const;
const workedOut = (name: string): string => (name === 'GetAtt' ? '42' : 'a-name');

const tags = functions.flatMap((name) => [
  { tag: `!${name}`, resolve: () => workedOut(name) } as ScalarTag,
  { tag: `!${name}`, collection: 'seq', resolve: (_: YAMLSeq) => workedOut(name) } as never,
  { tag: `!${name}`, collection: 'map', resolve: (_: YAMLMap) => workedOut(name) } as never,
]);

/** The resources of a template in YAML or JSON, or of a part of one; none if the text is something else. */
export function resourcesOf(text: string): Readonly<Record<string, Resource>> {
  const { Resources, resources, ...rest } = (parse(text, { customTags: tags }) ?? {}) as Readonly<
    Record<string, unknown>
  >;
  const serverless = (resources as { Resources?: object } | undefined)?.Resources;
  const all = (Resources ?? serverless ?? rest) as Readonly<Record<string, Resource>>;
  return Object.fromEntries(
    Object.entries(all).filter(([, each]) => typeof each === 'object' && each !== null && 'Type' in each),
  );
}

import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import { schemas } from '../../lib/build/schemas.ts';
import { packageRoot } from '../../lib/package-root.ts';
import { aliasContract, groupContract } from '../../lib/rollout/contracts/custom-resource.ts';
import { type Block, blocks, guides, page, rows, section } from './documents.ts';
import { type Resource, resourcesOf } from './templates.ts';

const ajv = new Ajv2020({ strict: false });
const types: Readonly<Record<string, string>> = {
  'Custom::SluiceAlias': 'alias.schema.json',
  'Custom::SluiceGroup': 'group.schema.json',
};

const cloudformation = page('docs/cloudformation.md');
const told = (heading: string) => rows(section(cloudformation, heading)).map(([name = '']) => name.replaceAll('`', ''));

describe('docs/cloudformation.md', () => {
  it.each([
    ['The alias', aliasContract],
    ['The group', groupContract],
  ] as const)('has every property of the contract, and no other: %s', (heading, { shape }) => {
    expect(told(heading).toSorted()).toEqual(['ServiceToken', ...Object.keys(shape)].sort());
  });

  it('names the schemas as the package exports them', () => {
    const { exports } = JSON.parse(readFileSync(new URL('package.json', packageRoot()), 'utf8'));
    for (const file of Object.keys(schemas())) {
      expect(exports[`./${file}`]).toBe(`./dist/${file}`);
      expect(cloudformation.text).toContain(`\`sluice/${file}\``);
    }
  });
});

describe('the custom resources in the documents', () => {
  const resources = blocks(guides, 'yaml', 'json').flatMap((block: Block) =>
    Object.entries(resourcesOf(block.text))
      .filter(([, { Type }]) => Type in types)
      .map(([name, resource]): [string, Resource] => [`${block.page}:${block.line} ${name}`, resource]),
  );

  it('are of both types', () => {
    expect(new Set(resources.map(([, { Type }]) => Type))).toEqual(new Set(Object.keys(types)));
  });

  it.each(resources)(
    'are as the schema has them: %s',
    (_name, { Type, Properties: { ServiceToken, ServiceTimeout: _, ...properties } }) => {
      const valid = ajv.compile(schemas()[types[Type] as string] as object);
      expect(ServiceToken).toBeDefined();
      expect([valid(properties), valid.errors]).toEqual([true, null]);
    },
  );
});

import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { packageRoot } from '../../lib/package-root.ts';
import { type Block, blocks, pages } from './documents.ts';

/** The names that examples use without introducing them, each with its type. */
const given: Readonly<Record<string, string>> = {
  handler: "import('aws-cdk-lib/aws-lambda').Function",
  smoke: "import('aws-cdk-lib/aws-lambda').Function",
  prices: "import('aws-cdk-lib/aws-lambda').Function",
  checkout: "import('aws-cdk-lib/aws-lambda').Function",
  topic: "import('aws-cdk-lib/aws-sns').ITopic",
  controller: "import('sluice').RolloutController",
  live: "import('sluice').RolloutAlias",
  pipelineRole: "import('aws-cdk-lib/aws-iam').IRole",
  onCallRole: "import('aws-cdk-lib/aws-iam').IRole",
  CheckoutStack: "new (scope: import('aws-cdk-lib').App, id: string) => import('aws-cdk-lib').Stack",
  CheckoutBranch: "new (scope: import('aws-cdk-lib').App, props: { branch: string }) => import('aws-cdk-lib').Stack",
  checkoutFunction: "(scope: import('constructs').Construct) => import('aws-cdk-lib/aws-lambda').Function",
};

const nameOf = ({ page, line }: Block): string => `${page.replaceAll(/\W/g, '-')}-line-${line}.ts`;

/** An example as a module: one that speaks of `this` stands in the constructor of a stack. */
function moduleOf({ text }: Pick<Block, 'text'>): string {
  const imports = [...text.matchAll(/^import [\s\S]*?;\n/gm)].map(([statement]) => statement);
  const body = imports.reduce((rest, statement) => rest.replace(statement, ''), text);
  const names = Object.keys(given).filter(
    (name) => new RegExp(`\\b${name}\\b`).test(body) && !new RegExp(`\\b(const|class) ${name}\\b`).test(body),
  );
  const inStack = /\bthis\b/.test(body) && !/\bclass\b/.test(body);
  return [
    ...imports,
    ...names.map((name) => `declare const ${name}: ${given[name]};`),
    inStack
      ? `class Example extends (await import('aws-cdk-lib')).Stack {\nconstructor() {\nsuper();\n${body}\n}\n}`
      : body,
    'export {};',
  ].join('\n');
}

/** The errors that the type checker finds in modules, against the sources of Sluice. */
async function errorsIn(modules: Readonly<Record<string, string>>): Promise<string[]> {
  const dist = new URL('dist/', packageRoot());
  mkdirSync(dist, { recursive: true });
  const folder = mkdtempSync(fileURLToPath(new URL('snippets-', dist)));
  try {
    for (const [name, text] of Object.entries(modules)) writeFileSync(join(folder, name), text);
    const options = {
      extends: '../../tsconfig.json',
      compilerOptions: {
        noUnusedLocals: false,
        declaration: false,
        paths: { sluice: ['../../lib/index.ts'], 'sluice/operations': ['../../lib/operations/index.ts'] },
      },
      include: ['*.ts'],
    };
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(options));
    const tsc = join(dirname(createRequire(import.meta.url).resolve('typescript/package.json')), 'bin/tsc');
    const { stdout } = await promisify(execFile)(process.execPath, [tsc, '--project', folder, '--pretty', 'false'], {
      cwd: folder,
    }).catch((error: { readonly stdout?: string }) => {
      if (error.stdout === undefined) throw error;
      return { stdout: error.stdout };
    });
    return stdout.split('\n').filter((line) => line.includes(': error '));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const planted = `new RolloutAlias(this, 'Live', {
  function: handler,
  aliasNaem: 'live',
  policy: { preset: 'AllAtOnce' },
});`;

describe('the TypeScript in the documents', async () => {
  const snippets = blocks(pages, 'ts', 'typescript');
  const errors = await errorsIn({
    ...Object.fromEntries(snippets.map((each) => [nameOf(each), moduleOf(each)])),
    'planted.ts': moduleOf({ text: `import { RolloutAlias } from 'sluice';\n\n${planted}` }),
  });

  it('is found', () => {
    expect(snippets.length).toBeGreaterThan(7);
    expect(new Set(snippets.map(({ page }) => page))).toContain('README.md');
  });

  it.each(snippets)('type-checks against the sources: $page, line $line', (snippet) => {
    expect(errors.filter((error) => error.startsWith(`${nameOf(snippet)}(`))).toEqual([]);
  });

  it('has no other error', () => {
    const names = ['planted.ts', ...snippets.map(nameOf)];
    expect(errors.filter((error) => !names.some((name) => error.startsWith(`${name}(`)))).toEqual([]);
  });

  it('would be refused for a prop that does not exist', () => {
    const refused = errors.filter((error) => error.startsWith('planted.ts('));
    expect(refused).toEqual([expect.stringContaining("'aliasNaem' does not exist")]);
  });
});

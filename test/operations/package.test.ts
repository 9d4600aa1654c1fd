import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { packageRoot } from '../../lib/package-root.ts';

/** A program that uses the built package. It stands below the package, whose name it can import. */
const folder = new URL(`dist/operations-consumer-${process.pid}/`, packageRoot());
const path = (file: string) => fileURLToPath(new URL(file, folder));
const tsc = fileURLToPath(new URL('node_modules/typescript/bin/tsc', packageRoot()));

const consumer = `
import { LambdaClient } from '@aws-sdk/client-lambda';
import { fromEnv } from '@aws-sdk/credential-provider-env';
import {
  clientsFor, InvalidRequest, type OperationClients, Refused, rollback, start, type RollbackResult, type StartRequest,
} from 'sluice/operations';

const request: StartRequest = { function: 'checkout', alias: 'live', version: 'newest', policy: { canary: { weight: 10 } } };
// @ts-expect-error a version must be named
start({ function: 'checkout' }).catch(() => {});
const told = (result: RollbackResult): string => (result.action === 'rolledBack' ? result.to : result.reason);

const made = clientsFor({ region: 'eu-central-1', credentials: fromEnv() });
const clients: OperationClients = { ...made, lambda: new LambdaClient({ region: 'eu-central-1' }) };
const error: unknown = await rollback({ function: 'check out' }, clients).then(told, (refusal: unknown) => refusal);
const path = error instanceof InvalidRequest ? error.fields[0]?.path : undefined;
console.log(JSON.stringify({ refused: error instanceof Refused, path, version: request.version }));
`;

beforeAll(() => {
  mkdirSync(folder, { recursive: true });
  writeFileSync(path('consumer.ts'), consumer);
  const compilerOptions = { noEmit: false, outDir: '.', rootDir: '.' };
  writeFileSync(
    path('tsconfig.json'),
    JSON.stringify({ extends: '../../tsconfig.json', compilerOptions, include: ['./consumer.ts'] }),
  );
  execFileSync(process.execPath, [tsc, '-p', path('tsconfig.json')], { stdio: 'pipe', encoding: 'utf8' });
}, 120_000);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

const entry = new URL('dist/declarations/lib/operations/index.d.ts', packageRoot());

/** The declarations of the operations before they are put into one file, by file. */
function declarations(): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  const waiting = [entry];
  for (let file = waiting.pop(); file; file = waiting.pop()) {
    if (found.has(file.href)) continue;
    const text = readFileSync(file, 'utf8');
    found.set(file.href, text);
    for (const [, specifier = ''] of text.matchAll(/from '(\.[^']+)\.ts'/g)) {
      waiting.push(new URL(`${specifier}.d.ts`, file));
    }
  }
  return found;
}

describe('the package', () => {
  it('exports its operations under its own name, for a program with types and for Node', () => {
    const out = execFileSync(process.execPath, [path('consumer.js')], { encoding: 'utf8' });
    expect(JSON.parse(out)).toEqual({ refused: true, path: 'function', version: 'newest' });
  });

  it('documents every export and every property of its operations, and the default of every optional one', () => {
    const exported = exports();
    expect(exported.length).toBeGreaterThan(50);
    const undocumented = exported.flatMap(({ name, comment, body }) => [
      ...(comment === '' ? [name] : []),
      ...propertiesOf(body).flatMap((property) =>
        property.comment === '' || (property.optional && !property.comment.includes('@default'))
          ? [`${name}.${property.name}`]
          : [],
      ),
    ]);
    expect(undocumented).toEqual([]);
  });

  it('gives an example with every operation', () => {
    const operations = exports().filter(({ kind }) => kind === 'function' || kind === 'const');
    expect(operations.map(({ name }) => name)).toContain('rollback');
    expect(operations.filter(({ comment }) => !comment.includes('@example')).map(({ name }) => name)).toEqual([]);
  });
});

/** What `sluice/operations` exports, each with the comment before it and the lines of its declaration. */
function exports() {
  const all = declarations();
  const lists = (all.get(entry.href) ?? '').matchAll(/export (?:type )?\{([^}]*)\} from '([^']+)\.ts'/g);
  return [...lists].flatMap(([, list = '', specifier = '']) => {
    const text = all.get(new URL(`${specifier}.d.ts`, entry).href) ?? '';
    const names = list.split(',').map((each) => each.replace('type ', '').trim());
    return names.filter(Boolean).map((name) => declarationOf(name, text));
  });
}

function declarationOf(name: string, text: string) {
  const declared = new RegExp(`export (?:declare )?(interface|type|class|const|(?:async )?function\\*?) ${name}\\b`);
  const found = declared.exec(text);
  const [index, kind] = [found?.index ?? text.length, found?.[1] ?? 'missing'];
  const end = kind === 'interface' || kind === 'class' || kind === 'type' ? '\n}' : '\n';
  const close = text.indexOf(end, index);
  const oneLine = kind === 'type' && !text.slice(index, text.indexOf('\n', index)).endsWith('{');
  const body = text.slice(index, oneLine ? text.indexOf('\n', index) : close);
  return { name, kind, comment: commentAtTheEndOf(text.slice(0, index)), body };
}

function propertiesOf(body: string) {
  return [...body.matchAll(/\n +readonly (\w+)(\??):/g)].map(({ index, 1: name = '', 2: mark }) => ({
    name,
    optional: mark === '?',
    comment: commentAtTheEndOf(body.slice(0, index)),
  }));
}

const commentAtTheEndOf = (text: string): string =>
  text.trimEnd().endsWith('*/') ? text.slice(text.lastIndexOf('/**')) : '';

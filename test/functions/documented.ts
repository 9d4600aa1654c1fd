import { readFileSync } from 'node:fs';

/** The details that are documented for an event of a single alias, by its detail-type. After a semicolon come those of a group. */
export function documented(detailType: string): readonly string[] {
  const docs = readFileSync(new URL('../../docs/operations.md', import.meta.url), 'utf8');
  const row = docs.split('\n').find((line) => line.startsWith(`| \`${detailType}\``)) ?? '';
  return [...(row.split('|').at(-2)?.split(';')[0] ?? '').matchAll(/`(\w+)`/g)].map(([, field]) => field as string);
}

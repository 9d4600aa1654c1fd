import { readFileSync } from 'node:fs';

/** The details that are documented for an event, by its detail-type. */
export function documented(detailType: string): readonly string[] {
  const docs = readFileSync(new URL('../../docs/operations.md', import.meta.url), 'utf8');
  const row = docs.split('\n').find((line) => line.startsWith(`| \`${detailType}\``)) ?? '';
  return [...(row.split('|').at(-2) ?? '').matchAll(/`(\w+)`/g)].map(([, field]) => field as string);
}

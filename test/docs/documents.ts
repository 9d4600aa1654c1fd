import { readdirSync, readFileSync } from 'node:fs';
import { packageRoot } from '../../lib/package-root.ts';

/** A page that people read, by its path from the root of the repository. */
export interface Page {
  readonly path: string;
  readonly text: string;
}

/** A fenced block of a page. */
export interface Block {
  readonly page: string;
  /** The line of the page at which its text begins, from 1. */
  readonly line: number;
  readonly language: string;
  readonly text: string;
}

export function page(path: string): Page {
  return { path, text: readFileSync(new URL(path, packageRoot()), 'utf8') };
}

/** The pages that explain how Sluice is used: README.md and docs/, without the API reference that is generated. */
export const guides: readonly Page[] = ['README.md', ...pagesIn('docs')].map(page);

/** All pages that are written by hand. */
export const pages: readonly Page[] = [...guides, page('SECURITY.md'), page('CONTRIBUTING.md')];

function pagesIn(folder: string): string[] {
  return readdirSync(new URL(`${folder}/`, packageRoot()))
    .filter((name) => name.endsWith('.md'))
    .sort()
    .map((name) => `${folder}/${name}`);
}

/** The fenced blocks of some languages. */
export function blocks(of: readonly Page[], ...languages: readonly string[]): Block[] {
  return of
    .flatMap(({ path, text }) =>
      [...text.matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm)].map(({ 1: language = '', 2: inside = '', index }) => ({
        page: path,
        line: text.slice(0, index).split('\n').length + 1,
        language,
        text: inside,
      })),
    )
    .filter(({ language }) => languages.includes(language));
}

/** The rows of all tables of a page, without their heads; each row as its cells. */
export function rows({ text }: Page): string[][] {
  const lines = text.split('\n');
  const isRule = (line: string | undefined) => /^\|[ :|-]+\|$/.test(line ?? '');
  return lines
    .filter((line, index) => line.startsWith('|') && !isRule(line) && !isRule(lines[index + 1]))
    .map((line) =>
      line
        .slice(1, -1)
        .split('|')
        .map((cell) => cell.trim()),
    );
}

/** The part of a page under a heading, up to the next heading of any level. */
export function section({ path, text }: Page, heading: string): Page {
  const [, after = ''] = text.split(new RegExp(`^#+ ${heading}$`, 'm'));
  return { path, text: after.split(/^#+ /m)[0] as string };
}

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';

/** Licences under which others' code may be shipped: those that ask for no more than their own text and notices. */
const ALLOWED: readonly string[] = ['Apache-2.0', 'MIT', 'BSD-2-Clause', 'BSD-3-Clause', 'ISC', '0BSD'];

/** The file in `dist` that names the packages in the bundles. */
export const LICENCES_FILE = 'THIRD-PARTY-LICENSES.txt';

const manifestSchema = z.object({
  name: z.string().min(1),
  version: z.string().min(1),
  license: z.string().optional(),
  repository: z.union([z.string(), z.object({ url: z.string() }).transform(({ url }) => url)]).optional(),
});

interface Package extends z.output<typeof manifestSchema> {
  /** Its licence file, and its NOTICE if it has one; empty if it has no licence file. */
  readonly texts: readonly string[];
}

/** Packages that ship under the same texts. */
interface Group {
  readonly texts: readonly string[];
  readonly members: string[];
}

/**
 * The packages in a bundle and their licences, with the full texts. The same inputs give the same bytes.
 *
 * A package without a licence file of its own ships under that of another package in the bundle which comes from the same
 * repository with the same licence; some of the AWS SDK's packages lack theirs.
 *
 * @param inputs the files that are in the bundle, as paths below `root`
 * @throws Error that names every package whose licence is not allowed or not to be found
 */
export function thirdPartyLicences(inputs: readonly string[], root: string): string {
  const folders = new Set(inputs.map(packageFolderOf).filter((folder) => folder !== undefined));
  const packages = [...folders]
    .map((folder) => packageIn(join(root, folder)))
    .sort((a, b) => compare(nameOf(a), nameOf(b)));
  const refusals = packages.flatMap((each) => refusalOf(each, packages));
  if (refusals.length > 0) throw new Error(`what is bundled cannot be shipped:\n${refusals.join('\n')}`);
  const groups = new Map<string, Group>();
  for (const each of packages) {
    const source = each.texts.length > 0 ? each : (siblingOf(each, packages) as Package);
    const group = groups.get(source.texts.join()) ?? { texts: source.texts, members: [] };
    const note = source === each ? '' : `, licence file of ${source.name}, from the same repository`;
    group.members.push(`${nameOf(each)} (${each.license}${note})`);
    groups.set(source.texts.join(), group);
  }
  const sections = [...groups.values()].map(({ members, texts }) => [...members, '', texts.join('\n\n')].join('\n'));
  return `${['The files in this folder contain code of these packages.', ...sections].join(`\n\n${'='.repeat(80)}\n\n`)}\n`;
}

/** The folder of the package that a file belongs to; undefined for our own files. */
const packageFolderOf = (path: string): string | undefined =>
  /^.*node_modules\/(?:@[^/]+\/)?[^/]+(?=\/)/.exec(path)?.[0];

function packageIn(folder: string): Package {
  const manifest = manifestSchema.parse(JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')));
  const files = readdirSync(folder).sort();
  const licences = files.filter((name) => /^(licen[cs]e|copying)/i.test(name));
  const notices = files.filter((name) => /^notice/i.test(name));
  const texts = licences.length > 0 ? [...licences, ...notices].map((name) => textOf(join(folder, name))) : [];
  return { ...manifest, texts };
}

const textOf = (file: string): string => readFileSync(file, 'utf8').replaceAll('\r\n', '\n').trim();

function refusalOf(each: Package, all: readonly Package[]): string[] {
  const { license = 'none' } = each;
  if (!ALLOWED.includes(license)) {
    return [`${nameOf(each)}: expected one of ${ALLOWED.join(', ')} as its licence, found ${license}`];
  }
  if (each.texts.length === 0 && !siblingOf(each, all)) return [`${nameOf(each)}: expected a licence file, found none`];
  return [];
}

const siblingOf = (each: Package, all: readonly Package[]): Package | undefined =>
  all.find(
    ({ repository, license, texts }) =>
      repository !== undefined && repository === each.repository && license === each.license && texts.length > 0,
  );

const nameOf = ({ name, version }: Package): string => `${name} ${version}`;

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

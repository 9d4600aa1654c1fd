import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { packageRoot } from '../../lib/package-root.ts';
import { run } from '../cli/a-terminal.ts';
import { launched } from './browser.ts';

/** Takes the picture that README.md shows: the beginning of the report of a rehearsal. `node test/browser/picture.ts` */
const folder = mkdtempSync(join(tmpdir(), 'sluice-picture-'));
const [scenario, picture] = ['lib/rehearsal/scenarios/incident.json', 'docs/report.png'].map((path) =>
  fileURLToPath(new URL(path, packageRoot())),
) as [string, string];
const browser = await launched();
try {
  const file = join(folder, 'report.html');
  await run('rehearse', scenario, '--report', file, '--json');
  const page = await browser.newPage({ viewport: { width: 920, height: 620 }, colorScheme: 'light' });
  await page.goto(pathToFileURL(file).href);
  await page.screenshot({ path: picture });
} finally {
  await browser.close();
  rmSync(folder, { recursive: true });
}

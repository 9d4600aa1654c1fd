import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { packageRoot } from '../../lib/package-root.ts';
import { run } from '../cli/a-terminal.ts';
import { faintTexts, keepPicture, launched, overflowOf } from './browser.ts';

const folder = mkdtempSync(join(tmpdir(), 'sluice-browser-'));
const scenarios = ['good', 'bad', 'incident'];
let browser: Browser;

beforeAll(async () => {
  for (const name of scenarios) {
    const scenario = fileURLToPath(new URL(`lib/rehearsal/scenarios/${name}.json`, packageRoot()));
    await run('rehearse', scenario, '--report', join(folder, `${name}.html`), '--json');
  }
  browser = await launched();
});

afterAll(async () => {
  await browser?.close();
  rmSync(folder, { recursive: true });
});

/** Opens a report without JavaScript, and notes every request beside the file itself. */
async function opened(name: string, options: BrowserContextOptions = {}) {
  const context = await browser.newContext({ javaScriptEnabled: false, ...options });
  const page = await context.newPage();
  const requests: string[] = [];
  page.on('request', (request) => requests.push(request.url()));
  await page.goto(pathToFileURL(join(folder, `${name}.html`)).href);
  return { page, others: () => requests.slice(1), close: () => context.close() };
}

const light: BrowserContextOptions = { viewport: { width: 1000, height: 900 }, colorScheme: 'light' };
const dark: BrowserContextOptions = { viewport: { width: 1000, height: 900 }, colorScheme: 'dark' };
const narrow: BrowserContextOptions = { viewport: { width: 360, height: 800 }, colorScheme: 'light' };

const groundOf = (page: Page) => page.evaluate(() => getComputedStyle(document.body).backgroundColor);

describe.each(scenarios)('the report of the scenario %s', (name) => {
  it.each([
    ['light', light],
    ['dark', dark],
    ['narrow', narrow],
  ])('can be read without a script and a network: %s', async (kind, options) => {
    const { page, others, close } = await opened(name, options);
    await keepPicture(page, `report-${name}-${kind}`);
    expect(others()).toEqual([]);
    expect(await faintTexts(page)).toEqual([]);
    expect(await overflowOf(page)).toBe(0);
    await close();
  });

  it('names its charts and tables to a screen reader', async () => {
    const { page, close } = await opened(name, light);
    for (const chart of ['Weight over time', 'Requests a second', 'Failed requests']) {
      expect(await page.getByRole('img', { name: new RegExp(chart) }).count()).toBe(1);
    }
    for (const table of ['Events', 'Steps', 'Under other policies']) {
      expect(await page.getByRole('region', { name: table }).getByRole('table').count()).toBe(1);
    }
    expect(await page.getByRole('heading', { level: 1 }).count()).toBe(1);
    await close();
  });
});

describe('a report on paper', () => {
  it('is dark on white, whatever the theme, and cuts nothing off', async () => {
    const { page, close } = await opened('bad', { ...dark, viewport: { width: 760, height: 1000 } });
    expect(await groundOf(page)).not.toBe('rgb(255, 255, 255)');
    await page.emulateMedia({ media: 'print' });
    expect(await groundOf(page)).toBe('rgb(255, 255, 255)');
    expect(await faintTexts(page)).toEqual([]);
    expect(await overflowOf(page)).toBe(0);
    await keepPicture(page, 'report-bad-print');
    await close();
  });
});

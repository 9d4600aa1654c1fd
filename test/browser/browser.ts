import { existsSync, mkdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type Browser, chromium, type Page } from 'playwright-core';
import { packageRoot } from '../../lib/package-root.ts';

const executablePath = process.env['CHROMIUM'] ?? '/usr/bin/chromium';

/** A Chromium without a window. */
export async function launched(): Promise<Browser> {
  if (!existsSync(executablePath)) {
    throw new Error(
      `there is no Chromium at ${executablePath}; try: apt-get install chromium, or set CHROMIUM to where it is`,
    );
  }
  // A container has no user namespaces for Chromium's sandbox, and these pages are our own.
  return chromium.launch({ executablePath, args: ['--no-sandbox'] });
}

/** Keeps a picture of a page, for people: in dist/screenshots, or in the folder that SCREENSHOTS names. */
export async function keepPicture(page: Page, name: string): Promise<void> {
  const folder = process.env['SCREENSHOTS'] ?? fileURLToPath(new URL('dist/screenshots/', packageRoot()));
  mkdirSync(folder, { recursive: true });
  await page.screenshot({ path: `${folder}/${name}.png`, fullPage: true });
}

/** A text whose contrast with its ground is below what WCAG 2.2 asks for (1.4.3, AA): 4.5, or 3 if it is large. */
export interface FaintText {
  readonly text: string;
  readonly ratio: number;
}

/** The texts of a page that are too faint. Graphics are judged by their texts alone. */
export const faintTexts = (page: Page): Promise<readonly FaintText[]> =>
  page.evaluate(() => {
    type Colour = readonly [number, number, number, number];
    const parse = (text: string): Colour => {
      const [red = 0, green = 0, blue = 0, alpha = 1] = (text.match(/[\d.]+/g) ?? []).map(Number);
      return [red, green, blue, text === 'none' || text === 'transparent' ? 0 : alpha];
    };
    const luminance = ([red, green, blue]: Colour) => {
      const [r, g, b] = [red, green, blue].map((value) => {
        const share = value / 255;
        return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
      }) as [number, number, number];
      return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    const groundOf = (element: Element | null): Colour => {
      for (let each = element; each; each = each.parentElement) {
        const colour = parse(getComputedStyle(each).backgroundColor);
        if (colour[3] > 0) return colour;
      }
      return [255, 255, 255, 1];
    };
    const faint: { text: string; ratio: number }[] = [];
    for (const element of document.querySelectorAll('body *')) {
      const text = [...element.childNodes]
        .filter((node) => node.nodeType === Node.TEXT_NODE)
        .map((node) => node.textContent?.trim())
        .join(' ')
        .trim();
      const hidden = element.closest('title,desc,style,script,cwdb-action') || element.getClientRects().length === 0;
      if (!text || hidden) continue;
      const style = getComputedStyle(element);
      const ink = parse(element instanceof SVGElement ? style.fill : style.color);
      const [a, b] = [luminance(ink), luminance(groundOf(element))];
      const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
      const size = Number.parseFloat(style.fontSize);
      const isLarge = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700);
      if (ratio < (isLarge ? 3 : 4.5)) faint.push({ text, ratio: Math.round(ratio * 100) / 100 });
    }
    return faint;
  });

/** By how many pixels a page is wider than its window. */
export const overflowOf = (page: Page): Promise<number> =>
  page.evaluate(() => {
    const { scrollWidth, clientWidth } = document.documentElement;
    return scrollWidth - clientWidth;
  });

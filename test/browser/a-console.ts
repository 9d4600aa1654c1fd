import type { Browser, Page } from 'playwright-core';

/** What a widget was called with. */
export interface Call {
  readonly endpoint: string;
  readonly event: Readonly<Record<string, unknown>>;
}

/** A page that shows a widget as CloudWatch does. */
export interface Console {
  readonly page: Page;
  /** The calls that its buttons made. */
  readonly calls: readonly Call[];
  /** The confirmations that were asked for. */
  readonly confirmations: readonly string[];
}

/** What the console's own style gives a widget, as far as it is documented: buttons and tables. (AWS: "Details about custom widgets".) */
const consoleStyle = (theme: 'light' | 'dark') => `
  body{margin:0;padding:12px;font-family:sans-serif;background:${theme === 'dark' ? '#0f1b2a' : '#f2f3f3'}}
  .btn{display:inline-block;padding:4px 14px;border:1px solid #545b64;border-radius:2px;cursor:pointer;color:#444;background:#fff;font-weight:700}
  .btn-primary{color:#fff;background:#b44d00;border-color:#b44d00}
  table{border:1px solid #999}td,th{padding:8px;background:#fafafa;color:#333}
  cwdb-action{display:none}`;

/**
 * Shows a widget as CloudWatch does: JavaScript, `iframe` and `use` are taken out of its HTML; an action is bound to the element before it,
 * asks for its confirmation, and calls its function with its parameters, the context and all fields. (AWS: CloudWatch guide, "Security and
 * JavaScript" and "Interactivity in the custom widget".)
 *
 * @param answer what a function answers; its HTML replaces the widget's
 */
export async function aConsole(
  browser: Browser,
  html: string,
  {
    width = 900,
    theme = 'light',
    confirms = true,
    answer = async () => '<p>done</p>',
  }: {
    readonly width?: number;
    readonly theme?: 'light' | 'dark';
    readonly confirms?: boolean;
    readonly answer?: (call: Call) => Promise<string>;
  } = {},
): Promise<Console> {
  const calls: Call[] = [];
  const confirmations: string[] = [];
  const page = await browser.newPage({ viewport: { width, height: 900 } });
  page.on('dialog', async (dialog) => {
    confirmations.push(dialog.message());
    await (confirms ? dialog.accept() : dialog.dismiss());
  });
  await page.exposeFunction('invoke', async (endpoint: string, event: Call['event']) => {
    calls.push({ endpoint, event });
    return answer({ endpoint, event });
  });
  await page.setContent(`<style>${consoleStyle(theme)}</style><div id="widget"></div>`);
  await page.evaluate(show, { html, theme });
  return { page, calls, confirmations };
}

/** Runs in the page. */
function show({ html, theme }: { readonly html: string; readonly theme: string }): void {
  const place = document.getElementById('widget') as HTMLElement;
  const draw = (text: string) => {
    const parsed = new DOMParser().parseFromString(text, 'text/html');
    for (const forbidden of parsed.querySelectorAll('script,iframe,use,object,embed,link,meta,base'))
      forbidden.remove();
    for (const element of parsed.querySelectorAll('*')) {
      for (const { name, value } of [...element.attributes]) {
        if (/^on/i.test(name) || /^\s*javascript:/i.test(value)) element.removeAttribute(name);
      }
    }
    place.replaceChildren(...parsed.head.childNodes, ...parsed.body.childNodes);
    for (const action of place.querySelectorAll('cwdb-action')) bind(action);
  };
  const bind = (action: Element) => {
    action.previousElementSibling?.addEventListener(action.getAttribute('event') ?? 'click', async () => {
      const question = action.getAttribute('confirmation');
      if (question !== null && !window.confirm(question)) return;
      const fields = place.querySelectorAll<HTMLInputElement>('input[name],textarea[name],select[name]');
      const all = Object.fromEntries([...fields].map(({ name, value }) => [name, value]));
      const context = { dashboardName: 'checkout', theme, width: place.clientWidth, forms: { all } };
      const event = { ...JSON.parse(action.textContent ?? ''), widgetContext: context };
      const { invoke } = window as unknown as { invoke: (endpoint: string, event: object) => Promise<string> };
      draw(await invoke(action.getAttribute('endpoint') ?? '', event));
    });
  };
  draw(html);
}

import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium, type Browser } from 'playwright-core';

/** Modules as a page gets them that was built with them: the bundles that the packages bring, under the names they are imported by. */
const bundles: Readonly<Record<string, { readonly file: string; readonly module: string }>> = {
  '@segment/analytics-next': { file: '@segment/analytics-next/dist/umd/index.js', module: 'export const { AnalyticsBrowser } = window.AnalyticsNext;' },
  '@rudderstack/analytics-js': { file: '@rudderstack/analytics-js/dist/npm/modern/bundled/umd/index.js', module: 'export const { RudderAnalytics } = window.rudderanalytics;' },
  'posthog-js': { file: 'posthog-js/dist/array.full.js', module: 'export default window.posthog;' },
};

const modules = fileURLToPath(new URL('../../../../node_modules', import.meta.url));
const places = [process.env['CHROMIUM'], '/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];
const executablePath = places.find((place) => place !== undefined && existsSync(place));

/** What is missing for `TestBrowser`; null: nothing. */
export const noBrowser = executablePath === undefined ? "no Chromium: install Debian's package chromium, or set CHROMIUM to its path" : null;

/** A real Chromium, and a web server of another origin than ours for its pages. */
export class TestBrowser {
  private constructor(
    private readonly browser: Browser,
    private readonly server: Server,
  ) {}

  static async start(): Promise<TestBrowser> {
    // Clients leave out what looks like a robot: no sign of automation, here and in the user agent.
    const browser = await chromium.launch({ ...(executablePath === undefined ? {} : { executablePath }), args: ['--disable-blink-features=AutomationControlled', ...(process.getuid?.() === 0 ? ['--no-sandbox'] : [])] });
    const server = createServer((request, response) => {
      const path = decodeURIComponent(request.url?.slice(1) ?? '');
      const file = Object.values(bundles).find((bundle) => bundle.file === path)?.file;
      if (file === undefined) response.writeHead(path === 'favicon.ico' ? 404 : 200, { 'content-type': 'text/html' }).end('<!doctype html><title>Reports</title>');
      else void readFile(join(modules, file)).then((text) => response.writeHead(200, { 'content-type': 'text/javascript' }).end(text));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return new TestBrowser(browser, server);
  }

  /** Runs code as a module of a fresh page of a fresh visitor; the page stays open until `close` is called. */
  async run(code: string, client: string): Promise<{ close(): Promise<void> }> {
    const bundle = bundles[client];
    if (!bundle) throw new Error(`no bundle of ${client} is known to the test page`);
    const context = await this.browser.newContext({ userAgent: (await this.userAgent()).replace('Headless', '') });
    const page = await context.newPage();
    const origin = `http://localhost:${(this.server.address() as AddressInfo).port}`;
    await page.goto(`${origin}/page`);
    const map = { imports: { [client]: `data:text/javascript,${encodeURIComponent(bundle.module)}` } };
    await page.addScriptTag({ type: 'importmap', content: JSON.stringify(map) });
    await page.addScriptTag({ url: `${origin}/${bundle.file}` });
    await page.addScriptTag({ type: 'module', content: code });
    return { close: () => context.close() };
  }

  private async userAgent(): Promise<string> {
    const context = await this.browser.newContext();
    const agent = await (await context.newPage()).evaluate<string>('navigator.userAgent');
    await context.close();
    return agent;
  }

  async stop(): Promise<void> {
    await this.browser.close();
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }
}

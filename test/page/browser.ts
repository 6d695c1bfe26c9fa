import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { expect } from 'vitest';
import { chromiumPath } from './chromium.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** `durable web`, as it was built, in a process of its own. */
export class WebServer {
  readonly url: string;
  readonly #child: ChildProcess;

  private constructor(url: string, child: ChildProcess) {
    this.url = url;
    this.#child = child;
  }

  static async start(store: string, ...options: readonly string[]): Promise<WebServer> {
    const main = join(root, 'dist/cli/main.js');
    const child = spawn(process.execPath, [main, 'web', '--store', store, '--no-open', ...options], {
      // The folder of the project, to which the files of its functions are relative.
      cwd: fileURLToPath(new URL('.', import.meta.url)),
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [url] = (await once(createInterface(child.stdout), 'line')) as [string];
    return new WebServer(url, child);
  }

  /** As Ctrl+C does it. Gives the exit code. */
  async stop(): Promise<number | null> {
    if (this.#child.exitCode !== null) return this.#child.exitCode;
    this.#child.kill('SIGINT');
    const [code] = (await once(this.#child, 'exit')) as [number | null];
    return code;
  }
}

export const launch = (): Promise<Browser> =>
  chromium.launch({ executablePath: chromiumPath()!, args: ['--no-sandbox'] });

export interface Opened {
  readonly page: Page;
  /** What the browser complained about: a broken policy, an exception. */
  readonly complaints: string[];
  /** Requests to anything but the server of the page. */
  readonly strays: string[];
}

/** Opens the page in a browser of its own. */
export async function open(
  browser: Browser,
  url: string,
  options: BrowserContextOptions = {},
): Promise<Opened> {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, ...options });
  context.setDefaultTimeout(120_000);
  const page = await context.newPage();
  const complaints: string[] = [];
  const strays: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('dialog', (dialog) => {
    complaints.push(`a dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  page.on('request', (request) => {
    if (new URL(request.url()).origin !== new URL(url).origin) strays.push(request.url());
  });
  await page.goto(url);
  await page.getByRole('banner').waitFor();
  return { page, complaints, strays };
}

export const runHash = (id: string, parameters = ''): string =>
  `#/runs/${encodeURIComponent(id)}${parameters}`;

/** Goes to a place in the page. */
export async function go(page: Page, hash: string): Promise<void> {
  await page.evaluate((to) => {
    // biome-ignore lint/suspicious/noExplicitAny: the types of the browser are not those of this file
    (globalThis as any).location.hash = to;
  }, hash);
}

const axeSource = createRequire(import.meta.url).resolve('axe-core/axe.min.js');

interface Violation {
  readonly id: string;
  readonly nodes: readonly { readonly html: string; readonly failureSummary?: string }[];
}

/** No violation of WCAG 2.2 A and AA, and of what axe calls good practice. */
export async function expectAccessible(page: Page, name: string): Promise<void> {
  // The policy of the page allows no script but its own, so this one comes through the driver.
  const { readFileSync } = await import('node:fs');
  await page.evaluate(readFileSync(axeSource, 'utf8'));
  const found = (await page.evaluate(
    "axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] }).then((result) => result.violations)",
  )) as readonly Violation[];
  const shown = found.map(
    ({ id, nodes }) =>
      `${id}: ${nodes.map(({ html, failureSummary }) => `${html} ${failureSummary ?? ''}`).join('; ')}`,
  );
  expect(shown, name).toEqual([]);
}

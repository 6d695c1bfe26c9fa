/** The page in Chromium, over a store whose workers are killed meanwhile. */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expectAccessible, go, launch, type Opened, open, runHash, WebServer } from './browser.ts';
import { fill, MARKUP, ShopWorker } from './shop-store.ts';

const folder = mkdtempSync(join(tmpdir(), 'use-durable-page-'));
const store = join(folder, 'runs.db');
/** Kept for people to look at, where it is named. */
const shots = process.env.PAGE_SHOTS ?? join(folder, 'shots');

let browser: Browser;
let worker: ShopWorker;
let server: WebServer;

beforeAll(async () => {
  mkdirSync(shots, { recursive: true });
  worker = await ShopWorker.start(store);
  await fill(worker);
  server = await WebServer.start(store);
  browser = await launch();
});

afterAll(async () => {
  await browser?.close();
  await server?.stop();
  await worker?.close();
  rmSync(folder, { recursive: true, force: true });
});

const row = (page: Page, id: string) =>
  page.getByRole('row').filter({ has: page.getByRole('link', { name: id, exact: true }) });

/** Nothing was complained about, and nothing left the page. */
const expectClean = ({ complaints, strays }: Opened): void => {
  expect(complaints).toEqual([]);
  expect(strays).toEqual([]);
};

describe('the runs', () => {
  it('are listed with their status, and the token leaves the address', async () => {
    const opened = await open(browser, server.url);
    const { page } = opened;
    await expect.poll(() => row(page, 'order-2').textContent()).toContain('failed');
    expect(page.url()).not.toContain('token');
    expect(await page.evaluate('document.cookie')).toBe('');
    await page.reload();
    await row(page, 'order-1').waitFor();
    expectClean(opened);
    await page.context().close();
  });

  it('are filtered by status, searched, and opened with keys alone', async () => {
    const { page } = await open(browser, server.url);
    await row(page, 'order-1').waitFor();
    await page.getByRole('button', { name: /^failed/ }).click();
    await expect.poll(() => page.getByRole('row').count()).toBe(3);
    await page.keyboard.press('Escape');
    await expect.poll(() => page.getByRole('row').count()).toBe(12);
    await page.keyboard.press('/');
    await page.keyboard.type('order-');
    await expect.poll(() => page.getByRole('row').count()).toBe(4);
    await page.keyboard.press('Enter');
    await page.keyboard.press('j');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'order-2' }).waitFor();
    await page.keyboard.press('?');
    await page.getByRole('dialog', { name: 'Help' }).waitFor();
    await page.keyboard.press('Escape');
    await expect.poll(() => page.getByRole('dialog').count()).toBe(0);
    await page.keyboard.press('Escape');
    await row(page, 'order-2').waitFor();
    await page.context().close();
  });

  it('change as it happens', async () => {
    const { page } = await open(browser, server.url);
    await row(page, 'order-1').waitFor();
    await worker.run('late', 'placeOrder', { lines: [], card: '1', country: 'Peru' });
    await expect.poll(() => row(page, 'late').textContent(), { timeout: 60_000 }).toContain('completed');
    await page.context().close();
  });
});

describe('one run', () => {
  it('shows what it waits for, and the same thing as row, box and line', async () => {
    const opened = await open(browser, server.url);
    const { page } = opened;
    await go(page, runHash('order-3'));
    const why = page.getByRole('region', { name: 'Why it is where it is' });
    await why.getByText('It waits for the answer to a callback.').waitFor();
    expect(await why.textContent()).toMatch(/shop\.ts:\d+/);
    await page.getByRole('option').filter({ hasText: 'askManager' }).click();
    await expect.poll(() => page.locator('.box.selected').getAttribute('aria-label')).toContain('askManager');
    await page.getByRole('button', { name: /^reserve\(/ }).click();
    await expect.poll(() => page.getByRole('option', { selected: true }).textContent()).toContain('reserve');
    await page.keyboard.press('s');
    const here = page.locator('.code-line.here');
    await expect.poll(() => here.textContent()).toContain('await reserve(');
    await page
      .getByRole('button', { name: /^Line \d+: done/ })
      .last()
      .click();
    await expect
      .poll(() => page.getByRole('option', { selected: true }).textContent())
      .not.toContain('reserve');
    await page.keyboard.press('v');
    await page.getByRole('heading', { name: 'result' }).waitFor();
    expectClean(opened);
    await page.context().close();
  });

  it('of ten thousand steps has a few rows in the document, wherever it is scrolled to', async () => {
    const { page } = await open(browser, server.url);
    await expect
      .poll(() => row(page, 'import/2026-11').textContent(), { timeout: 150_000, interval: 1_000 })
      .toContain('completed');
    await go(page, runHash('import/2026-11'));
    const rows = page.locator('.row');
    await rows.first().waitFor();
    expect(await rows.count()).toBeLessThan(120);
    await page.evaluate("document.querySelector('.rows').scrollTop = 1e9");
    await expect.poll(() => rows.last().getAttribute('aria-posinset')).toBe('10000');
    expect(await rows.count()).toBeLessThan(120);
    await page.screenshot({ path: join(shots, 'ten-thousand.png') });
    await page.context().close();
  });

  it('with a result of megabytes shows its beginning, and all of it when asked', async () => {
    const { page } = await open(browser, server.url);
    await go(page, runHash('huge'));
    await page.getByRole('option').first().click();
    await page.keyboard.press('v');
    const text = page.locator('.value pre');
    await expect.poll(async () => (await text.textContent())?.length).toBe(20_000);
    await page.getByRole('button', { name: 'Show all' }).click();
    await expect
      .poll(async () => (await text.textContent())?.length ?? 0, { timeout: 60_000 })
      .toBeGreaterThan(3_000_000);
    await page.context().close();
  });

  it('made of markup is text everywhere', async () => {
    const opened = await open(browser, server.url);
    const { page } = opened;
    await go(page, runHash(MARKUP));
    await expect.poll(() => page.getByRole('heading', { level: 1 }).textContent()).toBe(MARKUP);
    await page.getByRole('option').first().click();
    for (const key of ['g', 's', 'v']) {
      await page.keyboard.press(key);
      await page.waitForLoadState('networkidle').catch(() => {});
    }
    await expect.poll(() => page.locator('.value pre').first().textContent()).toContain('<img src=x');
    await page.keyboard.press('Escape');
    await expect.poll(() => page.locator('.value pre').last().textContent()).toContain('<script>');
    expect(await page.evaluate('window.hacked')).toBeUndefined();
    expect(await page.locator('main img, main script').count()).toBe(0);
    expectClean(opened);
    await page.context().close();
  });

  it('that is not there says so', async () => {
    const { page } = await open(browser, server.url);
    await go(page, runHash('nothing'));
    await page.getByText('There is no such run').waitFor();
    await page.context().close();
  });

  it('has ages by the clock of the server, if that of the browser is off by an hour', async () => {
    const context = await browser.newContext();
    await context.addInitScript('const now = Date.now; Date.now = () => now() + 3_600_000;');
    const page = await context.newPage();
    await page.goto(server.url);
    await row(page, 'order-1').waitFor();
    await expect.poll(() => row(page, 'order-1').textContent()).toMatch(/(s|min|now|\d) ?ago|now/);
    expect(await row(page, 'order-1').textContent()).not.toMatch(/\d h|in \d/);
    await context.close();
  });
});

describe('actions', () => {
  it('say what will happen, and do it', async () => {
    const opened = await open(browser, server.url);
    const { page } = opened;
    await go(page, runHash('order-3'));
    await page.getByRole('button', { name: 'Complete a callback…' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByText('Each callback can be settled once.').waitFor();
    await dialog.getByLabel('Value, as JSON').fill('{');
    await dialog.getByRole('button', { name: 'Complete a callback' }).click();
    await dialog.getByText('This is not JSON').waitFor();
    await page.screenshot({ path: join(shots, 'dialog.png') });
    await expectAccessible(page, 'a dialog');
    await dialog.getByLabel('Value, as JSON').fill('true');
    await dialog.getByRole('button', { name: 'Complete a callback' }).click();
    await expect
      .poll(() => page.locator('.run-head').textContent(), { timeout: 60_000 })
      .toContain('completed');
    await page.getByRole('button', { name: 'Rerun…' }).click();
    await dialog.getByLabel('Id of the new run').fill('order-3-again');
    await dialog.getByRole('button', { name: 'Rerun' }).click();
    await page.getByRole('heading', { name: 'order-3-again' }).waitFor();
    await page.getByRole('button', { name: 'Cancel…' }).click();
    await dialog.getByLabel('Reason').fill('not needed');
    await dialog.getByRole('button', { name: 'Cancel' }).click();
    await expect
      .poll(() => page.locator('.run-head').textContent(), { timeout: 60_000 })
      .toMatch(/cancelled|failed/);
    expectClean(opened);
    await page.context().close();
  });

  it('that are refused show why, and nothing has changed', async () => {
    const { page } = await open(browser, server.url);
    await go(page, runHash('order-1'));
    await page.getByRole('button', { name: 'Fork…' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('From the key').fill('no-such-key');
    await dialog.getByRole('button', { name: 'Fork' }).click();
    await dialog.getByRole('alert').waitFor();
    expect(await dialog.getByRole('alert').textContent()).toContain('no-such-key');
    await page.keyboard.press('Escape');
    await page.context().close();
  });

  it('on several runs tell how many', async () => {
    const { page } = await open(browser, server.url);
    await row(page, 'order-1').waitFor();
    for (const id of ['order-1', 'order-2'])
      await page.getByRole('checkbox', { name: `Choose ${id}`, exact: true }).click();
    const bar = page.getByRole('region', { name: 'Chosen runs' });
    await bar.getByText('2 runs chosen').waitFor();
    await page.screenshot({ path: join(shots, 'bulk.png') });
    await bar.getByRole('button', { name: 'Cancel…' }).click();
    await page.getByRole('button', { name: 'Cancel 2 runs' }).click();
    await page.getByText('0 done, 2 refused.').waitFor();
    await page.context().close();
  });

  it('are not there where the page is read-only', async () => {
    const readOnly = await WebServer.start(store, '--read-only');
    try {
      const { page } = await open(browser, readOnly.url);
      await row(page, 'order-1').waitFor();
      await page.getByText('read-only').waitFor();
      expect(await page.getByRole('checkbox').count()).toBe(0);
      await go(page, runHash('order-2'));
      await page.getByRole('heading', { name: 'order-2' }).waitFor();
      expect(await page.getByRole('group', { name: 'Actions' }).count()).toBe(0);
      await page.context().close();
    } finally {
      expect(await readOnly.stop()).toBe(0);
    }
  });
});

describe('in every light and at every width', () => {
  const places: readonly (readonly [name: string, hash: string])[] = [
    ['runs', '#/runs'],
    ['nothing-fits', '#/runs?text=nothing-has-this'],
    ['failed', runHash('order-2')],
    ['failed-source', runHash('order-2', '?pane=source')],
    ['failed-values', runHash('order-2', '?pane=values&step=ship')],
    ['waiting', runHash('ada@example.com')],
    ['retry', runHash('contacts')],
    ['parallel', runHash('book-1')],
    ['parallel-flow', runHash('book-1', '?pane=flow')],
    ['markup', runHash(MARKUP, '?pane=values')],
    ['long', runHash(`a-run-with-an-id-${'that-is-very-long-'.repeat(8)}end`)],
    ['unknown', runHash('nothing')],
    ['workers', '#/workers'],
    ['schedules', '#/schedules'],
    ['versions', '#/versions'],
  ];
  for (const colorScheme of ['light', 'dark'] as const)
    for (const [width, height] of [
      [1440, 900],
      [390, 844],
    ] as const)
      it(`${colorScheme}, ${width} px: axe finds nothing, and nothing is wider than the screen`, async () => {
        const opened = await open(browser, server.url, { colorScheme, viewport: { width, height } });
        const { page } = opened;
        for (const [name, hash] of places) {
          await go(page, hash);
          await page.locator('main .loading').waitFor({ state: 'detached' });
          await page.screenshot({ path: join(shots, `${name}-${colorScheme}-${width}.png`) });
          await expectAccessible(page, `${name}, ${colorScheme}, ${width} px`);
          const wide = await page.evaluate('document.documentElement.scrollWidth');
          expect([name, wide]).toEqual([name, width]);
        }
        // The run that is not there is a refusal, which the browser tells.
        expect(opened.complaints.filter((text) => !text.includes('404'))).toEqual([]);
        expect(opened.strays).toEqual([]);
        await page.context().close();
      });
});

describe('when something dies', () => {
  it('a worker that was killed is seen, and so is that another one goes on', async () => {
    const { page } = await open(browser, server.url);
    await go(page, runHash('video'));
    await page.getByRole('heading', { name: 'video' }).waitFor();
    await worker.kill();
    const why = page.getByRole('region', { name: 'Why it is where it is' });
    await go(page, '#/workers');
    await go(page, runHash('video'));
    await expect.poll(() => why.textContent(), { timeout: 60_000 }).toContain('gone');
    await page.screenshot({ path: join(shots, 'worker-gone.png') });
    worker = await ShopWorker.start(store);
    await expect.poll(() => why.textContent(), { timeout: 60_000 }).not.toContain('gone');
    await page.context().close();
  });

  it('a server that has ended is told, and what was there stays', async () => {
    const other = await WebServer.start(store);
    const { page } = await open(browser, other.url);
    await row(page, 'order-1').waitFor();
    await page.getByText('live').waitFor();
    expect(await other.stop()).toBe(0);
    await page.getByText('disconnected').waitFor();
    expect(await row(page, 'order-1').count()).toBe(1);
    await page.screenshot({ path: join(shots, 'disconnected.png') });
    await page.context().close();
  });

  it('a token of a command that has ended opens nothing', async () => {
    const { page } = await open(browser, server.url);
    const context = await browser.newContext();
    const stranger = await context.newPage();
    await stranger.goto(`${new URL(server.url).origin}/#token=wrong-token`);
    await stranger.getByText('This page needs its token').waitFor();
    await stranger.screenshot({ path: join(shots, 'locked.png') });
    await context.close();
    await page.context().close();
  });
});

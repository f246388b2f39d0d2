/** Chromium for the tests of the pages: what each page shows goes into pictures, to be looked at, and axe-core judges it. */
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Browser, type BrowserContextOptions, chromium, type Frame, type Page } from 'playwright-core';
import { afterAll, expect, vi } from 'vitest';

// What takes seconds alone takes minutes where many others work on the machine.
vi.setConfig({ testTimeout: 240_000, hookTimeout: 240_000 });

const program = '/usr/bin/chromium';

export const HAS_CHROMIUM = existsSync(program);
if (!HAS_CHROMIUM) console.info(`no ${program}: the pages are not tested in a browser`);

/** Where the pictures go. */
const PICTURES = join(fileURLToPath(new URL('../../..', import.meta.url)), '.cache/pages');

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
let browser: Promise<Browser> | null = null;

/** Call once in a file that opens pages. */
export function closeAfterTests(): void {
  afterAll(async () => {
    await (await browser)?.close();
    browser = null;
  });
}

export interface Seen {
  readonly page: Page;
  /** What the browser complained of: scripts that failed, content that the policy refused. */
  readonly complaints: string[];
}

/** A page in a context of its own. */
export async function newPage(options: BrowserContextOptions = {}): Promise<Seen> {
  browser ??= chromium.launch({
    executablePath: program,
    args: ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', '--use-fake-device-for-media-stream'],
  });
  const context = await (await browser).newContext({ viewport: { width: 1280, height: 860 }, locale: 'en-GB', ...options });
  const page = await context.newPage();
  page.setDefaultTimeout(60_000);
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('console', (message) => {
    if (message.type() === 'error' && !/status of 4\d\d/.test(message.text())) complaints.push(message.text());
  });
  return { page, complaints };
}

/** Does what sends a form of the panel, and waits until the panel shows the answer. */
export async function answered(page: Page, act: () => Promise<void>): Promise<void> {
  const answer = page.waitForResponse((response) => response.request().method() === 'POST');
  await act();
  await answer;
  await page.locator('#panel:not([aria-busy])').waitFor();
}

/** A picture for the README, where ADESKIT_PICTURES names a folder. */
export async function picture(page: Page, name: string): Promise<void> {
  const folder = process.env['ADESKIT_PICTURES'];
  if (folder !== undefined) await page.screenshot({ path: join(folder, `${name}.png`), scale: 'css' });
}

export const PHONE: BrowserContextOptions = {
  viewport: { width: 390, height: 844 },
  deviceScaleFactor: 2,
  isMobile: true,
  hasTouch: true,
};

/** A picture of the page, and no violation that axe-core knows of. */
export async function look(page: Page, name: string, whole = false, judged: Page | Frame = page): Promise<void> {
  mkdirSync(PICTURES, { recursive: true });
  await page.screenshot({ path: join(PICTURES, `${name}.png`), fullPage: whole });
  expect([name, await violations(judged)]).toEqual([name, []]);
}

async function violations(page: Page | Frame): Promise<string[]> {
  // As a value, not as a script element: the policy of the pages holds for tests, too.
  await page.evaluate(axe);
  return page.evaluate(async () => {
    const { axe } = globalThis as unknown as {
      readonly axe: {
        run(context: unknown, options: object): Promise<{ readonly violations: { id: string; help: string; nodes: { html: string }[] }[] }>;
      };
    };
    const { violations } = await axe.run({ exclude: [['iframe']] }, { iframes: false });
    return violations.map(({ id, help, nodes }) => `${id}: ${help}: ${nodes.map(({ html }) => html.slice(0, 160)).join(' | ')}`);
  });
}

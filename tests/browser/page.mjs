// A browser whose pages are watched: an error on the console, one that nobody catches, a violation of the
// Content-Security-Policy and a request to anywhere else are faults, and a story with a fault has failed.

import assert from 'node:assert/strict';
import { chromium } from 'playwright-core';
import { hush } from './ask.mjs';

/** Where the pages are. */
export const base = process.env.LB_BASE;

const PASSWORD = process.env.LB_PASSWORD;
const ARGUMENTS = [
  '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
  '--disable-component-update', '--disable-sync',
];

const faults = [];
let browser;

/** Plays a story from the first page to the last. */
export async function story(play) {
  browser = await chromium.launch({ executablePath: process.env.CHROMIUM, args: ARGUMENTS });
  try {
    await play();
    assert.deepEqual(faults, [], 'a browser found fault with a page');
  } catch (error) {
    await keepPicture();
    console.error(error, faults);
    process.exitCode = 1;
  } finally {
    await browser.close();
    hush();
  }
}

/** What was to be seen when a story failed. */
async function keepPicture() {
  const pages = browser.contexts().flatMap(context => context.pages());
  for (const [number, page] of pages.entries()) {
    console.error(`page ${number}: ${page.url()}\n${await page.locator('body').innerText().catch(String)}`);
    const name = process.argv[1].split('/').pop().replace('.mjs', '');
    await page.screenshot({ path: `${process.env.SCREENSHOTS}/failed-${name}-${number}.png`, timeout: 5000 }).catch(() => {});
  }
}

/** A browser of somebody who has not been here before. `allowed` are console errors that belong to the story. */
export async function visitor({ allowed = [], ...options } = {}) {
  const context = await browser.newContext({ locale: 'en-GB', timezoneId: 'UTC', viewport: { width: 1440, height: 900 }, ...options });
  context.setDefaultTimeout(15000);
  await context.addInitScript(() => document.addEventListener('securitypolicyviolation', violation =>
    console.error(`policy violated: ${violation.violatedDirective} ${violation.blockedURI} ${violation.sample}`)));
  const page = await context.newPage();
  page.allowed = allowed;
  watch(page);
  return page;
}

function watch(page) {
  const fault = what => faults.push(`${page.url()}: ${what}`);
  page.on('console', message => {
    const said = `${message.text()} (${message.location().url})`;
    const wrong = message.type() === 'error' || /content.security.policy|policy violated/i.test(said);
    if (wrong && !page.allowed.some(pattern => pattern.test(said))) fault(said);
  });
  page.on('pageerror', error => fault(`not caught: ${error.stack}`));
  page.on('request', request => {
    if (new URL(request.url()).origin !== base) fault(`asks for ${request.url()}`);
  });
  page.on('dialog', dialog => {
    if (dialog.type() !== 'beforeunload') fault(`a dialog: ${dialog.message()}`);
    dialog.accept();
  });
}

/** Opens a page, which must answer with `status`. A browser says on the console that a page is a refusal: that is no fault. */
export async function open(page, path, status = 200) {
  if (status >= 400) page.allowed.push(new RegExp(`status of ${status}`));
  const answer = await page.goto(base + path);
  assert.equal(answer.status(), status, path);
  return answer;
}

/** Fills the page of logging in. */
export async function logIn(page, name, password = PASSWORD) {
  if (!page.url().includes('/login')) await open(page, '/login');
  await page.fill('input[name=name]', name);
  await page.fill('input[name=password]', password);
  await page.click('main form button.primary');
}

/** A browser in which somebody is logged in. */
export async function loggedIn(name, options) {
  const page = await visitor(options);
  await logIn(page, name);
  await page.waitForURL(url => !url.pathname.startsWith('/login'));
  return page;
}

/** What stands on the page, as people read it. */
export const text = (page, selector = 'main') => page.locator(selector).first().innerText();

/** Waits until something on the page has this text, at most `timeout` milliseconds. */
export async function says(page, selector, words, timeout = 10000) {
  await page.locator(selector).filter({ hasText: words }).first().waitFor({ state: 'visible', timeout });
}

/** The rows of a table by the words of their heading: for each row its cells by the words of their columns. */
export async function table(page, selector) {
  return page.locator(selector).first().evaluate(table => {
    const heads = [...table.querySelectorAll('thead th')].map(head => head.textContent.trim());
    const rows = [...table.querySelectorAll('tbody tr, tfoot tr')].map(row => [...row.children].map(cell => cell.textContent.trim()));
    return rows.map(cells => Object.fromEntries(cells.map((cell, column) => [heads[column], cell])));
  });
}

// Somebody without a mouse makes a plan: with the Tab key alone they reach every field, see where they are, and are told what is
// wrong where it is wrong.

import assert from 'node:assert/strict';
import { lb } from '../ask.mjs';
import { loggedIn, open, says, story } from '../page.mjs';

const focused = page => page.evaluate(() => {
  const element = document.activeElement;
  const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(element);
  const shown = (outlineStyle !== 'none' && outlineWidth !== '0px') || boxShadow !== 'none';
  return { tag: element.tagName, name: element.name ?? '', text: element.textContent?.trim() ?? '', shown,
    href: element.getAttribute('href') ?? '', submits: element.type === 'submit' && Boolean(element.closest('main')) };
});

/** Presses Tab until `done` of what has the focus. */
async function tabTo(page, done) {
  for (let presses = 0; presses < 120; presses += 1) {
    await page.keyboard.press('Tab');
    const now = await focused(page);
    assert.ok(now.shown || now.tag === 'BODY', `nobody sees where the focus is: ${JSON.stringify(now)}`);
    if (done(now)) return now;
  }
  throw new Error(`the Tab key leads nowhere: ${done}`);
}

await story(async () => {
  const page = await loggedIn('ana', { allowed: [/status of (400|422)/] });
  await open(page, '/admin/plans');
  await page.keyboard.press('Tab');
  const skip = await focused(page);
  assert.equal(skip.href, '#main', 'the first key press offers to skip what is around');
  await page.keyboard.press('Enter');
  await tabTo(page, now => now.href.startsWith('/admin/plans/new'));
  await page.keyboard.press('Enter');
  await page.waitForURL(/plans\/new/);
  await tabTo(page, now => now.name === 'name');
  await page.keyboard.type('by keyboard');
  await tabTo(page, now => now.name === 'max_concurrent_meetings');
  await page.keyboard.type('7');
  // what changes is shown before it is done; the key that goes on has the focus then
  const isMade = async () => (await lb(['plan', 'list'])).includes('by keyboard');
  for (let presses = 0; !await isMade(); presses += 1) {
    assert.ok(presses < 3, 'it is never made');
    if (!(await focused(page)).submits) await tabTo(page, now => now.submits);
    await Promise.all([page.waitForNavigation(), page.keyboard.press('Enter')]);
    await says(page, 'main', 'by keyboard');
  }
  assert.equal(JSON.parse(await lb(['plan', 'show', 'by keyboard', '--json'])).max_concurrent_meetings, 7);
});

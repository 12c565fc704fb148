// Looks at a page as people see it: narrow and wide, by day and by night. Screenshots are left for people, and axe-core must find
// nothing that keeps anybody from using the page.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22a', 'wcag22aa', 'best-practice'];
const WIDTHS = [[1440, 900], [390, 844]];
const MOST_BYTES = 100_000;

/** Leaves screenshots of the page as `name`, and has it examined in each look. */
export async function look(page, name) {
  const before = page.viewportSize();
  for (const [width, height] of WIDTHS) {
    await page.setViewportSize({ width, height });
    for (const colorScheme of ['light', 'dark']) {
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      // what is where does not hang on the colours
      if (width > 390 || colorScheme === 'light') await examine(page, `${name} at ${width} px, ${colorScheme}`);
      await page.screenshot({ path: `${process.env.SCREENSHOTS}/${name}-${width}-${colorScheme}.png`, fullPage: true });
    }
    const [wide, room] = await page.evaluate(() => [document.documentElement.scrollWidth, window.innerWidth]);
    assert.ok(wide <= room, `${name} at ${width} px is ${wide} px wide`);
  }
  await page.setViewportSize(before);
  await page.emulateMedia({ colorScheme: null, reducedMotion: null });
}

/** Leaves screenshots of the page as `name`. */
export async function picture(page, name) {
  const before = page.viewportSize();
  for (const [width, height] of WIDTHS) {
    await page.setViewportSize({ width, height });
    await page.screenshot({ path: `${process.env.SCREENSHOTS}/${name}-${width}-light.png`, fullPage: true });
  }
  await page.setViewportSize(before);
}

async function examine(page, where) {
  if (!await page.evaluate(() => 'axe' in window)) await page.evaluate(AXE);
  const { violations } = await page.evaluate(values => window.axe.run(document, { runOnly: { type: 'tag', values } }), RULES);
  const told = violations.map(({ id, help, nodes }) =>
    `${id}: ${help}: ${nodes.slice(0, 3).map(node => `${node.html.slice(0, 160)} ${node.failureSummary ?? ''}`).join(' | ')}`);
  assert.deepEqual(told, [], where);
}

/** The page, whose `answer` this is, is not larger than a page may be. */
export async function small(answer) {
  const bytes = (await answer.body()).length;
  assert.ok(bytes <= MOST_BYTES, `${answer.url()} has ${bytes} bytes`);
}

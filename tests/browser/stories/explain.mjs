// Why a meeting would go where: the page says the same as the interface for programs, in a table and on the map.

import assert from 'node:assert/strict';
import { lb, service } from '../ask.mjs';
import { look } from '../look.mjs';
import { loggedIn, open, says, story, table } from '../page.mjs';

await story(async () => {
  await service('bru1', 'Disk Report', 'CRITICAL');
  const page = await loggedIn('ana', { allowed: [/status of (400|404)/] });
  for (let tries = 0; !(await lb(['server', 'show', 'bru1'])).includes('critical'); tries += 1) assert.ok(tries < 50);
  await open(page, '/admin/explain');
  await page.selectOption('#integration', 'moodle');
  await page.fill('#latitude', '-30.0');
  await page.fill('#longitude', '-51.2');
  await page.click('main form button.primary');
  await says(page, '#outcome', /poa[12]/);
  const told = JSON.parse(await lb(['explain', '--integration', 'moodle', '--latitude=-30.0', '--longitude=-51.2', '--json']));
  const ranked = await table(page, 'section[aria-labelledby=candidates] table');
  assert.deepEqual(ranked.map(row => row.Server), told.candidates.map(candidate => candidate.server));
  await says(page, 'section[aria-labelledby=left-out]', 'bru1');
  await says(page, 'section[aria-labelledby=map] figure', /./);
  assert.ok(await page.locator('figure.map svg').count() > 0, 'it is drawn');
  await look(page, 'explain-answer');
  await open(page, '/admin/explain?integration=moodle&latitude=95&longitude=-51');
  await open(page, '/admin/explain?integration=nobody', 404);
});

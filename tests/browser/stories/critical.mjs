// A server turns CRITICAL while somebody looks at the dashboard: the page says so at once and is not loaded anew.

import assert from 'node:assert/strict';
import { ask, call, service } from '../ask.mjs';
import { look } from '../look.mjs';
import { loggedIn, open, says, story, text } from '../page.mjs';

/** From the fact to the page; the monitor is asked twice a second beside that. */
const AT_ONCE = 2000 + 500;

await story(async () => {
  const page = await loggedIn('ana');
  await open(page, '/');
  const row = '#server-poa1';
  await says(page, row, 'Enabled');
  await says(page, '#live', /./);
  await page.evaluate(() => { window.sameAsBefore = true; });
  const headline = await text(page, '#headline');

  const fact = Date.now();
  await service('poa1', 'Disk Report', 'CRITICAL');
  await says(page, row, 'Critical', AT_ONCE);
  const took = Date.now() - fact;
  assert.ok(took <= AT_ONCE, `${took} ms`);
  await says(page, row, 'Disk Report');
  await says(page, '#alarms', 'poa1');
  await says(page, '#feed', 'poa1');
  assert.notEqual(await text(page, '#headline'), headline, 'the headline says it too');
  await look(page, 'dashboard-critical');

  // a meeting is placed: its reason is told, and it counts
  await call('secret-of-moodle', 'create', { name: 'Thesis defence', meetingID: 'defence' });
  await says(page, '#feed', 'Thesis defence', AT_ONCE + 2000);
  await says(page, '#server-poa2 td[data-label=Meetings]', '1', AT_ONCE + 2000);

  await service('poa1', 'Disk Report');
  await says(page, row, 'Enabled', AT_ONCE);
  await ask('stop-server', { server: 'bru1' });
  await says(page, '#server-bru1', /critical|suspended/i, 15000);
  await ask('open-server', { server: 'bru1' });
  await says(page, '#server-bru1', 'Enabled', 30000);
  assert.ok(await page.evaluate(() => window.sameAsBefore), 'the page was not loaded anew');
});

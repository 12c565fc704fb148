// Somebody whose browser runs no scripts reads the dashboard, finds a server in it, and reads a report.

import assert from 'node:assert/strict';
import { call, service } from '../ask.mjs';
import { loggedIn, open, says, story, text } from '../page.mjs';

await story(async () => {
  await call('secret-of-moodle', 'create', { name: 'Algebra', meetingID: 'algebra' });
  await service('bru1', 'Memory Report', 'WARNING');
  const page = await loggedIn('eva', { javaScriptEnabled: false });
  await open(page, '/');
  for (const server of ['bru1', 'poa1', 'poa2']) await says(page, `#server-${server}`, server);
  await says(page, '#feed', 'Algebra');
  for (let tries = 0; !/warning/i.test(await text(page, '#server-bru1')); tries += 1) {
    assert.ok(tries < 40, 'a page that is loaded anew is up to date');
    await page.reload();
  }
  await page.fill('#servers-card input[type=search]', 'poa');
  await page.click('#servers-card form button');
  assert.equal(await page.locator('#server-poa1').count(), 1);
  assert.equal(await page.locator('#server-bru1').count(), 0, 'it is filtered by the server');
  await page.click('#server-poa1 a');
  await says(page, 'h1', 'poa1');
  await open(page, '/reports');
  await says(page, 'main table', 'moodle');
  await page.locator('main form button').first().click();
  await says(page, 'main table', 'moodle');
});

// A website is onboarded: name, plan, secret, settings, a test that is a real call; and its secret makes a meeting.

import assert from 'node:assert/strict';
import { call, lb } from '../ask.mjs';
import { loggedIn, open, says, story, text } from '../page.mjs';

await story(async () => {
  await lb(['plan', 'put', 'small', '--max-concurrent-meetings', '2']);
  const page = await loggedIn('ana', { allowed: [/status of (400|409|412|422)/] });
  await open(page, '/admin/integrations');
  await page.click('main a[href^="/admin/integrations/new"]');
  // a name that another website has
  await page.fill('#name', 'moodle');
  await page.click('main form button.primary');
  await says(page, 'main', /moodle/);
  assert.ok(await page.locator('#name').count(), 'it is asked for again');
  await page.fill('#name', 'greenlight');
  await page.fill('#display_name', 'Greenlight of the faculty');
  await page.click('main form button.primary');
  await page.check('input[name=plan][value=small]');
  await page.selectOption('#partner', 'university');
  await page.click('main form button.primary');
  for (const part of ['greenlight', 'small', 'university']) await says(page, 'table.diff', part);
  assert.doesNotMatch(await lb(['integration', 'list']), /greenlight/, 'nothing is made before it is confirmed');
  await page.click('main form button.primary');
  const secret = (await text(page, '#made-secret')).trim();
  assert.ok(secret.length >= 20, 'the secret is shown once');
  for (const part of ['Moodle', 'Greenlight 3', 'WordPress', 'API Mate']) await says(page, 'main h2', part);
  // the button sends a real getMeetings
  const [tested] = await Promise.all([
    page.waitForResponse(answer => answer.url().endsWith('/connect')),
    page.click('form[action$="/connect"] button'),
  ]);
  assert.equal(tested.status(), 200);
  await says(page, '#trial', /./);

  const made = await call(secret, 'create', { name: 'First', meetingID: 'first' });
  assert.match(made.body, /<returncode>SUCCESS/);
  assert.match((await call(secret, 'create', { name: 'Second', meetingID: 'second' })).body, /SUCCESS/);
  assert.match((await call(secret, 'create', { name: 'Third', meetingID: 'third' })).body, /permissionDenied/, 'its plan holds');
  await open(page, '/admin/integrations/greenlight');
  assert.ok(!(await page.content()).includes(secret), 'the secret is shown no more');
  await open(page, '/admin/meetings?integration=greenlight');
  await says(page, 'table', 'First');
});

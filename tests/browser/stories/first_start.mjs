// The first minutes: somebody with the link that the balancer has shown becomes its administrator, adds a server and a website,
// and holds a first meeting.

import assert from 'node:assert/strict';
import { ask } from '../ask.mjs';
import { look } from '../look.mjs';
import { base, open, says, story, text, visitor } from '../page.mjs';

const PASSWORD = process.env.LB_PASSWORD;

await story(async () => {
  const link = /(http:\S+\/first-administrator\?token=\S+)/.exec(await ask('log'))[1];
  const page = await visitor({ allowed: [/status of (403|422|400|502)/] });
  await open(page, '/');
  assert.equal(new URL(page.url()).pathname, '/login', 'nobody is let in');
  await open(page, '/first-administrator?token=wrong');
  await page.goto(link);
  await look(page, 'first-administrator');
  await page.fill('input[name=name]', 'ana');
  await page.fill('input[name=display_name]', 'Ana');
  await page.fill('input[name=password]', PASSWORD);
  await page.click('main form button.primary');
  if (page.url().includes('first-administrator') || page.url().includes('/login')) {
    await open(page, '/login');
    await page.fill('input[name=name]', 'ana');
    await page.fill('input[name=password]', PASSWORD);
    await page.click('main form button.primary');
  }
  await open(page, '/admin/start');
  await look(page, 'start-server');

  // a server with a wrong secret is tried and not kept
  const { url, secret } = await ask('server', { server: 'poa1' });
  await page.fill('#url', url);
  await page.fill('#secret', 'not-the-secret-of-it');
  await page.click('main form[action$="/server"] button.primary');
  await says(page, '[role=alert]', /./);
  await look(page, 'start-server-refused');
  await page.fill('#url', url);
  await page.fill('#secret', secret);
  await page.fill('#name', 'poa1');
  await page.click('main form[action$="/server"] button.primary');
  await page.waitForURL(/step=integration/);
  await look(page, 'start-integration');

  await page.click('main a.primary');
  await page.fill('#name', 'moodle');
  await page.fill('#display_name', 'Moodle of the university');
  await look(page, 'onboard-name');
  await page.click('main form button.primary');
  await look(page, 'onboard-plan');
  await page.click('main form button.primary');
  await says(page, 'table.diff', 'moodle');
  await look(page, 'onboard-check');
  await page.click('main form button.primary');
  await page.waitForSelector('#made-secret');
  await look(page, 'onboard-connect');
  await page.click('main .actions a.primary');
  await says(page, 'h2', /meeting/i);
  await page.waitForSelector('form[action="/admin/start/meeting"] button.primary', { timeout: 15000 });
  await look(page, 'start-meeting');
  await page.click('form[action="/admin/start/meeting"] button.primary');
  await says(page, 'main', /./);
  assert.equal((await ask('meetings', { server: 'poa1' })).length, 1, 'it runs on the server');
  const join = page.locator('a[target=_blank][href*="/start/join"]');
  const answer = await page.context().request.get(base + await join.getAttribute('href'), { maxRedirects: 0 });
  assert.ok([302, 303].includes(answer.status()) && answer.headers().location.startsWith(url.slice(0, 20)), 'it leads to the server');
  await look(page, 'start-meeting-runs');
  await page.click('form[action="/admin/start/end"] button.danger');
  await page.waitForLoadState();
  for (let tries = 0; (await ask('meetings', { server: 'poa1' })).length > 0; tries += 1) {
    assert.ok(tries < 50, 'it has ended');
    await page.waitForTimeout(100);
  }
  await open(page, '/admin/start?step=next');
  await look(page, 'start-next');
  await open(page, '/');
  await says(page, '#server-poa1', 'poa1');
  assert.match(await text(page), /poa1/);
});

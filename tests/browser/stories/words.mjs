// An administrator has their say: a server is force-disabled, drained and given back, and a meeting is ended.

import assert from 'node:assert/strict';
import { ask, call, lb } from '../ask.mjs';
import { look } from '../look.mjs';
import { loggedIn, open, says, story } from '../page.mjs';

const word = async server => JSON.parse(await lb(['server', 'show', server, '--json'])).word;

/** Says a word on the server's page. */
async function say(page, server, word) {
  await open(page, `/admin/servers/${server}`);
  await page.check(`input[name=word][value=${word}]`);
  await page.click('form[action$="/word"] button.primary');
  await page.waitForURL(url => url.pathname === `/admin/servers/${server}`);
  await says(page, '[role=status]', /./);
}

await story(async () => {
  const page = await loggedIn('ana');
  const watcher = await loggedIn('eva');
  await open(watcher, '/');
  await say(page, 'poa1', 'force-disabled');
  assert.equal(await word('poa1'), 'force-disabled');
  await says(watcher, '#server-poa1', /force.?disabled/i, 4000);
  await call('secret-of-moodle', 'create', { name: 'Elsewhere', meetingID: 'elsewhere' });
  assert.equal((await ask('meetings', { server: 'poa1' })).length, 0, 'it gets no meeting');
  assert.equal((await ask('meetings', { server: 'poa2' })).length, 1);

  await say(page, 'poa2', 'draining');
  assert.equal(await word('poa2'), 'draining');
  await says(watcher, '#server-poa2', /draining/i, 4000);
  await look(page, 'server-draining');

  await open(page, '/admin/meetings');
  await page.click('main table a.name >> nth=0');
  await says(page, 'h1', 'Elsewhere');
  await look(page, 'meeting');
  await page.click('main a.danger');
  await look(page, 'meeting-end');
  await page.click('main form[method=post] button.danger');
  for (let tries = 0; (await ask('meetings', { server: 'poa2' })).length > 0; tries += 1) {
    assert.ok(tries < 100, 'the meeting has ended');
    await page.waitForTimeout(100);
  }
  await says(watcher, '#server-poa2', /force.?disabled/i, 15000);
  for (const server of ['poa1', 'poa2']) {
    await say(page, server, 'automatic');
    await says(watcher, `#server-${server}`, 'Enabled', 5000);
  }
  await open(page, '/admin/audit');
  await says(page, 'main table', 'poa2');
});

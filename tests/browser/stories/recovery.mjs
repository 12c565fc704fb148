// The balancer dies while somebody looks at the dashboard, and comes back: the page says both, and goes on by itself.

import assert from 'node:assert/strict';
import { ask, service } from '../ask.mjs';
import { loggedIn, open, says, story } from '../page.mjs';

await story(async () => {
  // a browser says on the console that nobody answers
  const page = await loggedIn('ana', { allowed: [/ERR_CONNECTION_REFUSED|ERR_INCOMPLETE_CHUNKED_ENCODING|ERR_CONNECTION_RESET|ERR_EMPTY_RESPONSE/] });
  await open(page, '/');
  const sign = page.locator('#live');
  await sign.waitFor();
  await page.waitForFunction(() => document.querySelector('#live').dataset.state === 'on');
  const live = await sign.innerText();
  await ask('kill');
  await page.waitForFunction(() => document.querySelector('#live').dataset.state === 'off');
  assert.notEqual(await sign.innerText(), live, 'it says in words that no news come');
  await ask('restart');
  await page.waitForFunction(() => document.querySelector('#live')?.dataset.state === 'on', null, { timeout: 45000 });
  await service('bru1', 'Memory Report', 'WARNING');
  await says(page, '#server-bru1', 'Warning');
  await service('bru1', 'Memory Report');
  await says(page, '#server-bru1', 'Enabled');
});

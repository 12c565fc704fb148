// Somebody comes with a wrong password and with the right one, leaves, and comes back to a session that has ended.

import assert from 'node:assert/strict';
import { lb } from '../ask.mjs';
import { look } from '../look.mjs';
import { base, loggedIn, logIn, open, says, story, text, visitor } from '../page.mjs';

await story(async () => {
  const page = await visitor({ allowed: [/status of 401/] });
  await open(page, '/admin');
  assert.equal(new URL(page.url()).pathname, '/login', 'a stranger is asked who they are');
  assert.equal((await text(page, 'h1')), 'Log in');
  await look(page, 'login');

  await logIn(page, 'ana', 'not the password');
  await says(page, '[role=alert]', 'The name or the password is wrong.');
  assert.equal(await page.inputValue('input[name=name]'), 'ana', 'the name need not be written again');
  await look(page, 'login-refused');
  await logIn(page, 'nobody-of-that-name', 'not the password');
  await says(page, '[role=alert]', 'The name or the password is wrong.');

  await logIn(page, 'ana');
  await page.waitForURL(`${base}/admin/servers`);
  const [cookie] = await page.context().cookies();
  assert.ok(cookie.httpOnly && cookie.sameSite !== 'None', JSON.stringify({ ...cookie, value: '' }));
  await page.click('header .who button');
  await page.waitForURL(/\/login\?out=true$/);
  await says(page, '[role=status]', 'You have logged out.');
  await open(page, '/reports');
  assert.equal(new URL(page.url()).pathname, '/login', 'what was seen before is seen no more');

  // the session ends while a page of it is open
  const other = await loggedIn('eva');
  await open(other, '/reports');
  await lb(['user', 'password', 'eva', '--password-stdin'], 'another password of hers');
  await other.reload();
  assert.equal(new URL(other.url()).pathname, '/login');
  await says(other, '[role=status]', 'Your session has ended. Log in again.');
  await logIn(other, 'eva', 'another password of hers');
  await other.waitForURL(`${base}/reports`);

  // and with a form of it still open
  await other.context().clearCookies();
  other.allowed.push(/status of 401/);
  await other.click('header .who button');
  await says(other, 'h1', 'Log in first');
  await look(other, 'trouble-session');
});

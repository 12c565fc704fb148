// Logs in, out, and with a wrong password.

import assert from 'node:assert/strict';
import { logIn, open, says, story, visitor } from '../page.mjs';

await story(async () => {
  const page = await visitor();
  await open(page, '/');
  assert.equal(new URL(page.url()).pathname, '/login');
});

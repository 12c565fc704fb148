// Who may not see or do something reads why, and nothing is changed.

import assert from 'node:assert/strict';
import { call } from '../ask.mjs';
import { look } from '../look.mjs';
import { loggedIn, open, says, story, text } from '../page.mjs';

await story(async () => {
  const viewer = await loggedIn('eva');
  for (const path of ['/admin/users', '/admin/integrations/new', '/admin/plans/new', '/admin/network']) {
    await open(viewer, path, 403);
    assert.equal(await text(viewer, 'h1'), 'Not allowed', path);
  }
  await look(viewer, 'trouble-forbidden');
  await open(viewer, '/admin/integrations/moodle');
  assert.equal(await viewer.locator('main form[method=post]').count(), 0, 'a viewer is offered nothing to change');

  // who may not see the dashboard begins with what they may see
  const manager = await loggedIn('max');
  assert.equal(new URL(manager.url()).pathname, '/admin/integrations');
  assert.match(await text(manager), /moodle/);
  assert.doesNotMatch(await text(manager), /portal/, "another partner's integration is not there");
  await open(manager, '/admin/integrations/portal', 404);
  assert.equal(await text(manager, 'h1'), 'There is no such page');
  await look(manager, 'trouble-unknown');
  for (const path of ['/admin/servers', '/admin/plans', '/admin/users', '/']) await open(manager, path, 403);
  await call('secret-of-moodle', 'create', { name: 'Theirs', meetingID: 'theirs' });
  await call('secret-of-portal', 'create', { name: 'Not theirs', meetingID: 'not-theirs' });
  await open(manager, '/reports?period=this-month');
  await says(manager, 'main table', 'moodle');
  assert.doesNotMatch(await text(manager), /portal/);
  await open(manager, '/admin/meetings');
  assert.match(await text(manager), /Theirs/);
  assert.doesNotMatch(await text(manager), /Not theirs/);
});

// Who may not see or do something reads why, and nothing is changed.

import assert from 'node:assert/strict';
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

  const manager = await loggedIn('max');
  await open(manager, '/admin/integrations');
  assert.match(await text(manager), /moodle/);
  assert.doesNotMatch(await text(manager), /portal/, "another partner's integration is not there");
  await open(manager, '/admin/integrations/portal', 404);
  assert.equal(await text(manager, 'h1'), 'There is no such page');
  await look(manager, 'trouble-unknown');
  for (const path of ['/admin/servers', '/admin/plans', '/admin/users', '/']) {
    const answer = await manager.goto(new URL(path, manager.url()).href);
    if (path === '/') continue;
    manager.allowed.push(/status of 403/);
    assert.equal(answer.status(), 403, path);
  }
  await open(manager, '/reports');
  assert.doesNotMatch(await text(manager), /portal/);
  await says(manager, 'main', 'moodle');
});

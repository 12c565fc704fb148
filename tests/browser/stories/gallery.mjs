// Every page of the demo, found by following its links: each answers, is small, has nothing in it that keeps anybody from using it,
// and its screenshots are left for people to look at.

import assert from 'node:assert/strict';
import { ENDED, crawl } from '../crawl.mjs';
import { look, small } from '../look.mjs';
import { loggedIn, story } from '../page.mjs';

/** Pages that every demo has: if the last link to one is lost, this fails. */
const EXPECTED = [
  '/', '/reports', '/servers/*', '/admin/servers', '/admin/servers/*', '/admin/servers/new', '/admin/integrations',
  '/admin/integrations/*', '/admin/integrations/new', '/admin/plans', '/admin/plans/*', '/admin/plans/new', '/admin/partners',
  '/admin/routers', '/admin/meetings', '/admin/recordings', '/admin/events', '/admin/explain', '/admin/console', '/admin/users',
  '/admin/audit', '/admin/persons', '/admin/network', '/admin/settings', '/admin/account',
];

await story(async () => {
  const page = await loggedIn('demo', { allowed: [ENDED] });
  const faults = [];
  const kinds = await crawl(page, ['/', '/reports', '/admin'], async (kind, answer) => {
    try {
      await small(answer);
      await look(page, kind === '/' ? 'dashboard' : kind.slice(1).replaceAll('/', '-').replaceAll('*', 'NAME'));
    } catch (fault) {
      // so that one run tells of all pages
      faults.push(fault.actual ? `${fault.message}: ${fault.actual}` : `${kind}: ${fault}`);
    }
  });
  assert.deepEqual(faults, []);
  for (const path of EXPECTED) assert.ok(kinds.has(path), `no link leads to ${path}: ${[...kinds].join(' ')}`);
});

// Every page of the demo, found by following its links: each answers, is small, has nothing in it that keeps anybody from using it,
// and its screenshots are left for people to look at.

import assert from 'node:assert/strict';
import { look, small } from '../look.mjs';
import { base, loggedIn, open, story } from '../page.mjs';

/** No page of the network is farther away than so many links; a demo has no more pages. */
const MOST_PAGES = 400;

/** Pages that every demo has: if a link to one is lost, this fails. */
const EXPECTED = ['/', '/reports', '/admin/servers', '/admin/integrations', '/admin/plans', '/admin/meetings'];

/** What pages of one kind have in common: names of things do not count, nor does what is asked of a page. */
function kindOf(path) {
  const { pathname } = new URL(path, base);
  return pathname.split('/').map((part, depth, parts) =>
    (depth >= 3 && parts[1] === 'admin' && !/^[a-z-]{3,}$/.test(part)) || isName(part, parts[depth - 1]) ? '*' : part).join('/');
}

const NAMED = ['servers', 'integrations', 'plans', 'partners', 'routers', 'users', 'meetings', 'recordings'];
const VERBS = ['new', 'edit', 'wizard', 'remove', 'create', 'export', 'apply', 'explain', 'console', 'password'];
const isName = (part, before) => NAMED.includes(before) && !VERBS.includes(part);

const isPage = path => !/^\/(api|assets|bigbluebutton|metrics|readyz|ping|logout)\b/.test(path) && !/\.(csv|json)\b/.test(path);

await story(async () => {
  const page = await loggedIn('demo');
  const waiting = ['/', '/reports', '/admin'];
  const [seen, kinds] = [new Set(waiting), new Set()];
  while (waiting.length > 0) {
    const path = waiting.shift();
    if (kinds.has(kindOf(path)) && path.includes('?')) continue;
    if (kinds.has(kindOf(path)) && kindOf(path).includes('*')) continue;
    const answer = await open(page, path);
    const here = new URL(page.url()).pathname;
    if (!kinds.has(kindOf(here))) {
      kinds.add(kindOf(here));
      await small(answer);
      await look(page, here === '/' ? 'dashboard' : kindOf(here).slice(1).replaceAll('/', '-').replaceAll('*', 'NAME'));
    }
    kinds.add(kindOf(path));
    const links = await page.locator('a[href]').evaluateAll(links => links.map(link => [link.origin, link.pathname + link.search]));
    for (const [origin, link] of links) {
      if (origin !== base || seen.has(link) || !isPage(link)) continue;
      seen.add(link);
      waiting.push(link);
    }
    assert.ok(seen.size <= MOST_PAGES * 10, 'pages lead to ever more pages');
  }
  for (const path of EXPECTED) assert.ok(kinds.has(path), `no link leads to ${path}: ${[...kinds].join(' ')}`);
});

// Follows the links of pages from one to the next, as a curious person would: one page of each kind.

import assert from 'node:assert/strict';
import { base } from './page.mjs';

/** More links than a network of some ten things has. */
const MOST_LINKS = 3000;
const COLLECTIONS = ['servers', 'integrations', 'plans', 'partners', 'routers', 'users'];
/** Words of paths where a name could stand. */
const WORDS = ['new', 'edit', 'remove', 'freeze', 'word', 'export', 'apply'];

/** The path of a page with `*` for names: pages of one kind have the same. */
export function kindOf(path) {
  const parts = new URL(path, base).pathname.split('/').map(decodeURIComponent);
  const isName = (part, before) => COLLECTIONS.includes(before) && !WORDS.includes(part);
  return parts.map((part, depth) => depth > 0 && isName(part, parts[depth - 1]) ? '*' : part).join('/');
}

// what leads to a file, to a server's meeting, or away
const isPage = path => !/^\/(api|assets|bigbluebutton|metrics|readyz|ping|logout|live|admin\/start\/join)\b/.test(path);

/** Pages of a meeting: in a network that lives, it may have ended meanwhile. */
const OF_A_MEETING = '/admin/meetings/';
/** What a browser says on the console then. */
export const ENDED = new RegExp(`status of 404.*${OF_A_MEETING}`);

/** Opens one page of each kind that links lead to from `starts`, and has `visit` look at it; the kinds. */
export async function crawl(page, starts, visit) {
  const waiting = [...starts];
  const [seen, opened, kinds] = [new Set(waiting), new Set(), new Set()];
  while (waiting.length > 0) {
    const path = waiting.shift();
    if (opened.has(kindOf(path))) continue;
    const answer = await page.goto(base + path);
    if (answer.status() === 404 && path.startsWith(OF_A_MEETING)) continue;
    assert.equal(answer.status(), 200, path);
    const kind = kindOf(page.url());
    opened.add(kindOf(path));
    if (!kinds.has(kind)) {
      kinds.add(kind);
      opened.add(kind);
      const links = await page.locator('a[href]').evaluateAll(links => links.map(link => [link.origin, link.pathname + link.search]));
      for (const [origin, link] of links) {
        if (origin !== base || seen.has(link) || !isPage(link)) continue;
        seen.add(link);
        waiting.push(link);
      }
      await visit(kind, answer);
    }
    assert.ok(seen.size <= MOST_LINKS, 'pages lead to ever more pages');
  }
  return kinds;
}

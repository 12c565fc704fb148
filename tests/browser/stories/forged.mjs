// Forms that were posted from elsewhere, twice, or from a page that has grown old change nothing, and say so on a page.

import assert from 'node:assert/strict';
import { lb } from '../ask.mjs';
import { base, loggedIn, open, story } from '../page.mjs';

/** Posts `fields` as a form of the page does, from within it; status and heading of the answer. */
const post = (page, path, fields) => page.evaluate(async ([path, fields]) => {
  const answer = await fetch(path, { method: 'POST', body: new URLSearchParams(fields), redirect: 'manual' });
  const document = new DOMParser().parseFromString(await answer.text(), 'text/html');
  return [answer.type === 'opaqueredirect' ? 303 : answer.status, document.querySelector('h1')?.textContent ?? ''];
}, [path, fields]);

const plans = async () => JSON.parse(await lb(['plan', 'list', '--json']));

await story(async () => {
  const page = await loggedIn('ana', { allowed: [/status of (400|401|403|404|405|409|412|413|415)/] });
  await open(page, '/admin/plans/new');
  const form = page.locator('main form[method=post]').first();
  const action = await form.getAttribute('action') ?? '/admin/plans/new';
  const fields = await form.evaluate(form => Object.fromEntries(new FormData(form)));
  const csrf = fields.csrf;
  assert.ok(csrf, 'the form carries the token of the session');
  const before = await plans();
  for (const wrong of ['', 'x', csrf.slice(1), `${csrf}x`]) {
    const [status, heading] = await post(page, action, { ...fields, name: 'forged', csrf: wrong });
    assert.deepEqual([status, heading], [403, 'Not allowed'], wrong);
  }
  const { csrf: _, ...without } = fields;
  assert.equal((await post(page, action, { ...without, name: 'forged' }))[0], 403, 'without the token');
  const [large] = await post(page, action, { ...fields, name: 'forged', display_name: 'x'.repeat(600_000) });
  assert.ok([400, 413].includes(large), `a huge form: ${large}`);

  // a page of another website posts with the cookie, as far as browsers let it
  const cookies = (await page.context().cookies()).map(({ name, value }) => `${name}=${value}`).join('; ');
  const crossSite = await page.context().request.post(base + action, {
    form: { ...fields, name: 'forged' }, maxRedirects: 0, failOnStatusCode: false,
    headers: { cookie: cookies, origin: 'http://evil.example', 'sec-fetch-site': 'cross-site' },
  });
  assert.equal(crossSite.status(), 403);
  assert.deepEqual(await plans(), before, 'nothing was changed');
});

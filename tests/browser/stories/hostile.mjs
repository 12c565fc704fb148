// Names that are HTML, scripts, formulas, written from right to left, or pictures stay text on every page and in every file.

import assert from 'node:assert/strict';
import { call, lb } from '../ask.mjs';
import { crawl } from '../crawl.mjs';
import { base, loggedIn, story, text } from '../page.mjs';

const EVIL = '<img src=x onerror=window.pwned=1><script>window.pwned=1</script>';
const REVERSED = 'abc \u202Egnp.\u05D0\u05D1 \u{1F469}\u200D\u{1F393}';
const FORMULA = `=1+cmd|' calc'!A0`;
// names of things stand in paths, so a slash is refused there
const NAME = '<img src=x onerror=window.pwned=1><blink>x';
const QUOTES = `"><svg onload=window.pwned=1> ' {{7*7}} &amp; ]]>`;

await story(async () => {
  await lb(['partner', 'put', NAME, '--display-name', QUOTES]);
  await lb(['plan', 'put', REVERSED]);
  await lb(['integration', 'create', FORMULA, '--display-name', EVIL, '--partner', NAME, '--plan', REVERSED,
    '--secret', 'a-secret-of-hostile-names']);
  await lb(['user', 'create', 'mallory', '--role', 'viewer', '--display-name', EVIL, '--password-stdin'], 'correct horse battery');
  const secret = 'a-secret-of-hostile-names';
  for (const [number, name] of [EVIL, REVERSED, FORMULA, QUOTES].entries()) {
    const made = await call(secret, 'create', { name, meetingID: `${number} ${name.replaceAll(',', '')}` });
    assert.match(made.body, /SUCCESS/, made.body);
    await call(secret, 'join', { fullName: name, meetingID: `${number} ${name.replaceAll(',', '')}`, role: 'VIEWER' });
  }
  await call(secret, 'join', { fullName: EVIL, meetingID: 'no <b>such</b> meeting' });

  const page = await loggedIn('ana');
  const seen = new Set();
  await crawl(page, ['/', '/reports', '/admin', `/admin/integrations/${encodeURIComponent(FORMULA)}`,
    `/admin/partners/${encodeURIComponent(NAME)}`, `/admin/plans/${encodeURIComponent(REVERSED)}`, '/admin/users/mallory',
    `/reports?integration=${encodeURIComponent(FORMULA)}`], async kind => {
    const found = await page.evaluate(() => [window.pwned,
      document.querySelectorAll('img[src=x], [onerror], [onload], blink, script:not([src])').length]);
    assert.deepEqual(found, [undefined, 0], `${kind}: a name has become part of the page`);
    const words = await text(page, 'body');
    for (const name of [EVIL, NAME, REVERSED, FORMULA, QUOTES]) if (words.includes(name)) seen.add(name);
    assert.ok(!words.includes('&lt;img') && !words.includes('&amp;lt;'), `${kind}: a name is escaped twice`);
  });
  assert.equal(seen.size, 5, `each name is read somewhere as it is: ${[...seen]}`);

  // what a spreadsheet opens
  const csv = await page.context().request.get(`${base}/api/v1/reports?format=csv&by=integration&from=2026-01-01&until=2099-01-01`);
  assert.equal(csv.status(), 200);
  const cells = (await csv.text()).split('\n').flatMap(line => line.split(/,(?=(?:[^"]*"[^"]*")*[^"]*$)/));
  assert.ok(cells.some(cell => cell.includes('calc')), 'the integration is in the file');
  assert.deepEqual(cells.filter(cell => /^"?[=+@]/.test(cell)), [], 'no cell begins as a formula');
});

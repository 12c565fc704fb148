// A report of events that are known has exactly the figures that they make: over the night in which clocks were put back, over
// midnight and the edges of the period, with a meeting that still runs and one whose end nobody saw.

import assert from 'node:assert/strict';
import { ask } from '../ask.mjs';
import { look } from '../look.mjs';
import { base, loggedIn, open, says, story, table, text } from '../page.mjs';

const events = [];
const at = moment => Date.parse(moment);

/** A meeting of `integration` from `begin` to `end`, if it has one, with people: name, from, until. */
function meeting(integration, id, begin, end, people) {
  const common = { meeting: { integration, meeting_id: id }, internal_id: `${id}-${at(begin)}`, server: 'poa1' };
  const event = (moment, kind, more) => events.push({ at: at(moment), event: kind, ...common, ...more });
  event(begin, 'meeting-created', { name: id, records: false, parameters: [], router: 'default',
    partner: integration === 'moodle' ? 'university' : 'museum',
    placement: { policy: 'nearest', score: 1, reason: 'the only one', attempt: 1 } });
  for (const [number, [name, from, until]] of people.entries()) {
    const user = `${id}-${number}`;
    event(from, 'user-entered', { user, external_user_id: `id-of-${name}`, name, role: 'attendee', seen_by: 'list' });
    if (until) event(until, 'user-left', { user, seen_by: 'list' });
  }
  if (end) event(end, 'meeting-ended', { how: 'callback', most_users: people.length });
}

// In Brussels, 25 October 2026 has 25 hours: 03:00 CEST is 02:00 CET, at 01:00 UTC.
meeting('moodle', 'over-midnight', '2026-10-24T21:30:00Z', '2026-10-24T22:30:00Z', [['Ana', '2026-10-24T21:30:00Z', '2026-10-24T22:30:00Z']]);
meeting('moodle', 'over-the-change', '2026-10-25T00:30:00Z', '2026-10-25T01:30:00Z',
  [['Ana', '2026-10-25T00:30:00Z', '2026-10-25T01:30:00Z'], ['Bob', '2026-10-25T00:30:00Z', '2026-10-25T01:00:00Z']]);
// begins before the period, and another ends after it
meeting('portal', 'over-the-first-edge', '2026-10-23T21:00:00Z', '2026-10-23T22:30:00Z', [['Eve', '2026-10-23T21:00:00Z', '2026-10-23T22:30:00Z']]);
meeting('portal', 'over-the-last-edge', '2026-10-25T22:00:00Z', '2026-10-26T01:00:00Z', [['Eve', '2026-10-25T22:00:00Z', '2026-10-26T01:00:00Z']]);
// nobody saw the end of a stay: it ends with its meeting
meeting('portal', 'without-leaving', '2026-10-24T10:00:00Z', '2026-10-24T10:20:00Z', [['Ida', '2026-10-24T10:00:00Z']]);
// nothing ever told of its end: it runs
meeting('moodle', 'without-an-end', '2026-10-25T12:00:00Z', null, [['Zoe', '2026-10-25T12:00:00Z']]);

const PERIOD = 'period=own&from=2026-10-24&last=2026-10-25&zone=Europe%2FBrussels';

const pick = (row, ...columns) => columns.map(column => row[column].replaceAll(/[\s\u00A0*]/g, ''));

await story(async () => {
  await ask('history', { events: events.sort((a, b) => a.at - b.at) });
  const page = await loggedIn('ana');
  await open(page, `/reports?${PERIOD}&step=day&by=integration`);
  await says(page, 'h1', 'Usage report');
  const days = await table(page, 'table:has(tfoot) >> nth=0');
  const all = await page.locator('main table').evaluateAll(tables => tables.map(table => table.id));
  const groups = [];
  for (const id of all.filter(Boolean)) groups.push([id, await table(page, `#${id}`)]);
  const find = (words, ...columns) => {
    for (const [, rows] of groups) {
      const row = rows.find(row => words.every((word, column) => Object.values(row)[column] === word) && row['Participant-minutes']);
      if (row) return pick(row, ...columns);
    }
    throw new Error(`no row ${words} in ${JSON.stringify(groups)}`);
  };
  assert.ok(days.length > 0);
  const FIGURES = ['Meetings', 'Running', 'Ended', 'Participants', 'Participant-minutes', 'Unique names', 'Peak users'];
  // 60 + 60 + 30 minutes and eleven hours; Ana twice, Bob and Zoe once
  assert.deepEqual(find(['moodle'], ...FIGURES), ['3', '3', '2', '4', '810.00', '3', '2']);
  // of Eve's first meeting the last half hour, of her last the first hour; Ida's twenty minutes
  assert.deepEqual(find(['portal'], ...FIGURES), ['2', '3', '2', '3', '110.00', '2', '1']);

  await open(page, `/reports?${PERIOD}&step=day&by=nothing&compare=none`);
  const minutes = await page.locator('main table[id]').first().evaluate(table => {
    const column = [...table.querySelectorAll('thead th')].findIndex(head => head.textContent.trim() === 'Participant-minutes');
    return [...table.querySelectorAll('tbody tr')].map(row => row.children[column].textContent.trim());
  });
  // 24 October: Eve's half hour, Ida's twenty minutes, Ana's until midnight; the 25th has the rest
  assert.deepEqual(minutes, ['80.00', '840.00'], 'each day has the minutes of its hours, also where it has 25 of them');
  await look(page, 'report-of-days');

  const json = await page.context().request.get(`${base}/api/v1/reports?from=2026-10-24&until=2026-10-26&zone=Europe/Brussels&by=integration`);
  const total = (await json.json()).total;
  assert.deepEqual([total.meetings, total.participants, total.participant_minutes], [5, 7, 920]);
  const downloads = await Promise.all([page.waitForEvent('download'), page.locator('a[download]').first().click()]);
  assert.ok(downloads[0].suggestedFilename().length > 0);

  // an impossible period, a day that is none, and an unknown name are said on a page
  for (const [query, status] of [
    ['period=own&from=2026-10-25&last=2026-10-24', 400], ['period=own&from=2026-02-31&last=2026-03-01', 400],
    ['period=own&from=0001-01-01&last=9999-12-31&step=hour', 400], ['zone=Mars/Olympus', 400],
    ['integration=nobody-of-that-name', 404], [`integration=${'x'.repeat(5000)}`, 400],
  ]) {
    page.allowed.push(/status of (400|404)/);
    const answer = await page.goto(`${base}/reports?${query}`);
    assert.ok([status, 400, 404].includes(answer.status()), `${query}: ${answer.status()}`);
    assert.ok((await text(page)).length > 20, 'in words');
  }
});

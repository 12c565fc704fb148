// A website in Node: what bigbluebutton-js can do with meetings, through the balancer and with the client unchanged.
// LB_URL and LB_SECRET say where; what was done is printed as one JSON object; any mismatch ends it with another code than 0.

import assert from 'node:assert/strict'
import { createRequire } from 'node:module'

const bbb = createRequire(import.meta.url)('bigbluebutton-js')

const api = bbb.api(process.env.LB_URL, process.env.LB_SECRET)
const call = async (url) => {
  const answer = await bbb.http(url)
  assert.equal(answer.returncode, 'SUCCESS', JSON.stringify(answer))
  return answer
}
const running = async (id) => (await call(api.monitoring.isMeetingRunning(id))).running
const listed = async () => {
  const { meetings } = await call(api.monitoring.getMeetings())
  // an empty list is an empty string to this client
  return (meetings || []).map((meeting) => meeting.meetingID).sort()
}
const until = async (what, done) => {
  for (const deadline = Date.now() + 30_000; !(await done()); ) {
    assert.ok(Date.now() < deadline, `not within 30 s: ${what}`)
  }
}

const ids = ['node-algebra', 'node ção 7+8/2']
const passwords = { attendeePW: 'ap', moderatorPW: 'mp' }
assert.deepEqual(await listed(), [])
for (const id of ids) {
  const created = await call(api.administration.create(`Lesson ${id}`, id, passwords))
  assert.equal(created.meetingID, id)
  assert.equal(created.moderatorPW, 'mp')
  assert.equal(await running(id), false)
}
assert.deepEqual(await listed(), [...ids].sort())

const joined = {}
for (const id of ids) {
  const landed = await fetch(api.administration.join('Ana Conceição', id, 'mp'))
  assert.equal(landed.status, 200)
  joined[id] = landed.url
  assert.equal(await running(id), true)
  const info = await call(api.monitoring.getMeetingInfo(id))
  assert.equal(info.meetingName, `Lesson ${id}`)
  assert.equal(info.participantCount, 1)
  assert.equal(info.attendees.attendee.fullName, 'Ana Conceição')
  assert.equal(info.attendees.attendee.role, 'MODERATOR')
}

// the balancer's own list shows who is there after its next poll of the servers
await until('the list shows everybody', async () => {
  const { meetings } = await call(api.monitoring.getMeetings())
  return meetings.every((meeting) => meeting.participantCount === 1)
})

for (const id of ids) {
  await call(api.administration.end(id, 'mp'))
  assert.equal(await running(id), false)
}
const gone = await bbb.http(api.monitoring.getMeetingInfo(ids[0]))
assert.deepEqual([gone.returncode, gone.messageKey], ['FAILED', 'notFound'])
// a list may show an ended meeting a little longer, as BBB's own does
await until('the list is empty', async () => (await listed()).length === 0)

console.log(JSON.stringify({ ids, joined }))

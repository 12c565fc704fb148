// A website in Node: what bigbluebutton-js can do with meetings, through the balancer and with the client unchanged.
// LB_URL and LB_SECRET say where; what was done is printed as one JSON object; any mismatch ends it with another code than 0.

import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { createServer } from 'node:http'
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
    // what is asked may wait for nothing: without a pause this loop would keep the listener below from hearing anything
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

const ids = ['node-algebra', 'node ção 7+8/2']
const passwords = { attendeePW: 'ap', moderatorPW: 'mp', record: 'true', meta_course: 'MAT-101' }

// this client's hooks need somebody who listens
const heard = []
const listener = createServer((request, response) => {
  let body = ''
  request.on('data', (bytes) => (body += bytes))
  request.on('end', () => {
    const url = new URL(request.url, hookUrl)
    const sum = createHash('sha1').update(`${hookUrl}${body}${process.env.LB_SECRET}`).digest('hex')
    heard.push({ signed: url.searchParams.get('checksum') === sum, body: new URLSearchParams(body) })
    response.end()
  })
})
await new Promise((resolve) => listener.listen(0, '127.0.0.1', resolve))
const hookUrl = `http://127.0.0.1:${listener.address().port}/hook`
const hook = await call(api.hooks.create(hookUrl))
assert.equal((await call(api.hooks.create(hookUrl))).messageKey, 'duplicateWarning')
assert.equal((await call(api.hooks.list())).hooks.hook.hookID, hook.hookID)
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

// what was recorded is there a little later, and is the website's to rule over
const recordings = async (filter) => (await call(api.recording.getRecordings(filter))).recordings || []
const both = { meetingID: ids.join(',') }
await until('both meetings are recorded', async () => (await recordings(both)).length === 2)
const [first, second] = await recordings({ ...both, meta_course: 'MAT-101' })
assert.ok(first.startTime >= second.startTime, 'the newest is the first')
assert.equal(first.playback.format.type, 'presentation')
const states = async () => (await recordings({ ...both, state: 'any' })).map((recording) => recording.state).sort()
assert.equal((await call(api.recording.publishRecordings(first.recordID, false))).published, false)
assert.deepEqual(await states(), ['published', 'unpublished'])
assert.equal((await call(api.recording.updateRecordings(first.recordID, { meta_course: 'MAT-102' }))).updated, true)
assert.deepEqual((await recordings({ meta_course: 'MAT-10%' })).map((recording) => recording.metadata.course).sort(), ['MAT-101', 'MAT-102'])
assert.equal((await call(api.recording.deleteRecordings(`${first.recordID},${second.recordID}`))).deleted, true)
assert.deepEqual(await recordings(both), [])

// it was told of all that, signed with its own secret
const events = () => heard.map(({ body }) => JSON.parse(body.get('event'))[0].data.id)
await until('its hook has heard of both ends', async () => events().filter((id) => id === 'meeting-ended').length >= 2)
assert.ok(heard.every(({ signed }) => signed), 'every one is signed')
assert.ok(['meeting-created', 'user-joined'].every((id) => events().includes(id)), events().join())
assert.equal((await call(api.hooks.destroy(hook.hookID))).removed, true)
listener.close()

console.log(JSON.stringify({ ids, joined }))

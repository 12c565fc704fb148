"""A website in Python: what bigbluebutton-api-python can do with meetings, through the balancer and with the client unchanged.

LB_URL and LB_SECRET say where; what was done is printed as one JSON object; any mismatch ends it with another code than 0.
"""

import json
import os
import time
from urllib.request import urlopen

from bigbluebutton_api_python import BigBlueButton
from bigbluebutton_api_python.exception import BBBException

bbb = BigBlueButton(os.environ["LB_URL"], os.environ["LB_SECRET"])


def expect(found, wanted):
    """An assertion that python -O does not take away."""
    if found != wanted:
        raise SystemExit(f"found {found!r}, wanted {wanted!r}")


def until(what, done):
    deadline = time.monotonic() + 30
    while not done():
        if time.monotonic() > deadline:
            raise SystemExit(f"not within 30 s: {what}")


def running(meeting_id):
    return bbb.is_meeting_running(meeting_id).is_meeting_running()


def listed():
    return sorted(meeting.get_meetingid() for meeting in bbb.get_meetings().get_meetings())


ids = ["python-algebra", "python ção & <história>"]
expect(str(bbb.get_api_version().get_return_code()), "SUCCESS")
expect(listed(), [])
for meeting_id in ids:
    # dictionaries of its own for each call: this client writes into those it is given, and into its own defaults
    params = {"name": f"Lesson {meeting_id}", "attendeePW": "ap", "moderatorPW": "mp", "record": "true"}
    created = bbb.create_meeting(meeting_id, params=params, meta={"course": "MAT-101"})
    expect(created.get_meetingid(), meeting_id)
    expect(created.get_moderator_pw(), "mp")
    expect(created.has_been_forcibly_ended(), False)
    expect(running(meeting_id), False)
expect(listed(), sorted(ids))

joined = {}
for meeting_id in ids:
    with urlopen(bbb.get_join_meeting_url("Ana Conceição", meeting_id, "mp", params={})) as landed:
        expect(landed.status, 200)
        joined[meeting_id] = landed.url
    expect(running(meeting_id), True)
    answer = bbb.get_meeting_info(meeting_id)
    info = answer.get_meetinginfo()
    expect(info.get_meetingname(), f"Lesson {meeting_id}")
    expect(info.get_participantcount(), 1)
    expect(answer.get_field("metadata")["course"], "MAT-101")
    expect([(person.get_fullname(), person.get_role()) for person in answer.get_attendees()], [("Ana Conceição", "MODERATOR")])

# the balancer's own list shows who is there after its next poll of the servers
until(
    "the list shows everybody",
    lambda: all(meeting.get_participantcount() == 1 for meeting in bbb.get_meetings().get_meetings()),
)

for meeting_id in ids:
    expect(str(bbb.end_meeting(meeting_id, "mp").get_return_code()), "SUCCESS")
    expect(running(meeting_id), False)
try:
    bbb.get_meeting_info(ids[0])
    raise SystemExit("an ended meeting still has details")
except BBBException as error:
    expect(error.key, "notFound")
# a list may show an ended meeting a little longer, as BBB's own does; one of a single meeting is past this client's own reading
until("the list is empty", lambda: bbb.get_meetings().rawXml.get("messageKey") == "noMeetings")



def recordings(**filters):
    """A list of one is past this client's own reading: it counts as none."""
    answer = bbb.get_recordings(**filters)
    listed = answer.get_field("recordings")
    return answer.get_recordings() if listed and isinstance(listed["recording"], list) else []


# what was recorded is there a little later, and is the website's to rule over
both = ",".join(ids)
until("both meetings are recorded", lambda: len(recordings(meeting_id=both)) == 2)
first, second = recordings(meeting_id=both, meta={"course": "MAT-101"})
expect(first.get_starttime() >= second.get_starttime(), True)
expect(first.get_playbacktype(), "presentation")
expect(bbb.publish_recordings(first.get_recordid(), False).is_published(), False)
expect(sorted(one.get_state() for one in recordings(meeting_id=both)), ["published", "unpublished"])
expect(bbb.update_recordings(first.get_recordid(), meta={"course": "MAT-102"}).is_updated(), True)
expect(sorted(one.get_meta("course") for one in recordings(meta={"course": "MAT-10%"})), ["MAT-101", "MAT-102"])
expect(bbb.delete_recordings(f"{first.get_recordid()},{second.get_recordid()}").is_deleted(), True)
expect(recordings(meeting_id=both), [])

print(json.dumps({"ids": ids, "joined": joined}))

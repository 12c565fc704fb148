-- Meetings that were placed afresh because their server was down.

-- The incarnation that the create is to take the place of; its row in meetings stays until then.
ALTER TABLE claims ADD COLUMN supersedes TEXT;

-- A JSON array of the createTimes of lost incarnations: joins that carry one mean this meeting.
ALTER TABLE meetings ADD COLUMN superseded TEXT NOT NULL DEFAULT '[]';

-- The incarnation that was superseded; NULL where only a create was sent.
ALTER TABLE strays ADD COLUMN superseded TEXT;
-- What a website is to be told at the end of its meeting: a JSON object with the id of the callbacks and the website's URLs,
-- which may carry its secrets.
ALTER TABLE claims ADD COLUMN callbacks TEXT;
ALTER TABLE meetings ADD COLUMN callbacks TEXT;

-- What websites are still to be told, and for a month what they were told: nobody is told twice.
CREATE TABLE deliveries (
    callback    TEXT    NOT NULL, -- the id of the meeting's callbacks
    kind        TEXT    NOT NULL, -- ended: meetingEndedURL; meta-ended: meta_endCallbackUrl
    integration TEXT    NOT NULL,
    meeting_id  TEXT    NOT NULL,
    host        TEXT    NOT NULL, -- of the URL
    url         TEXT    NOT NULL, -- empty once it is settled
    failures    INTEGER NOT NULL, -- how often it was tried in vain
    due_at      INTEGER NOT NULL, -- when it is tried next; 0: at once
    settled_at  INTEGER,          -- absent while it waits
    outcome     TEXT,             -- delivered, given-up; never: its create came to nothing
    PRIMARY KEY (callback, kind)
) STRICT;
CREATE INDEX deliveries_waiting ON deliveries (due_at) WHERE settled_at IS NULL;
CREATE INDEX deliveries_settled ON deliveries (settled_at) WHERE settled_at IS NOT NULL;

-- 1: the monitor no longer had it.
ALTER TABLE fleet_servers ADD COLUMN gone INTEGER NOT NULL DEFAULT 0;

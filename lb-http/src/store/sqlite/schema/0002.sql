-- Meetings that were placed afresh because their server was down.

-- The incarnation that the create is to take the place of; its row in meetings stays until then.
ALTER TABLE claims ADD COLUMN supersedes TEXT;

-- A JSON array of the createTimes of lost incarnations: joins that carry one mean this meeting.
ALTER TABLE meetings ADD COLUMN superseded TEXT NOT NULL DEFAULT '[]';

-- The incarnation that was superseded; NULL where only a create was sent.
ALTER TABLE strays ADD COLUMN superseded TEXT;

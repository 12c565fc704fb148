-- How events are read, and how long they name people.

-- 1: pseudonyms stand in the place of names. Absent where there were none, or they still stand there.
ALTER TABLE events ADD COLUMN anonymised INTEGER;

CREATE INDEX events_with_names ON events (at)
    WHERE anonymised IS NULL AND event IN ('user-joined', 'user-entered', 'user-left', 'call-refused');
CREATE INDEX events_by_kind ON events (event, at);
CREATE INDEX events_by_integration_and_kind ON events (integration, event, at);
CREATE INDEX events_by_meeting ON events (meeting_id, at);

-- Tells of one incarnation when it ended and how many joined without a look at the rows. Two integrations may have the same id.
DROP INDEX events_by_incarnation;
CREATE INDEX events_by_incarnation ON events (internal_id, event, integration, at);

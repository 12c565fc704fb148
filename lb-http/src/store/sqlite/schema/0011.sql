-- Who administered what, so that it is found.

ALTER TABLE events ADD COLUMN administrator TEXT;
ALTER TABLE events ADD COLUMN subject_kind TEXT;
ALTER TABLE events ADD COLUMN subject_name TEXT;

CREATE INDEX events_by_administrator ON events (administrator, at) WHERE administrator IS NOT NULL;
CREATE INDEX events_by_kind_of_subject ON events (subject_kind, at) WHERE subject_kind IS NOT NULL;
CREATE INDEX events_by_subject ON events (subject_name, at) WHERE subject_name IS NOT NULL;

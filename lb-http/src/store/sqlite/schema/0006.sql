-- Websites that want to hear what goes on in their meetings.
CREATE TABLE hooks (
    id          INTEGER PRIMARY KEY AUTOINCREMENT, -- no number is given twice
    integration TEXT NOT NULL,
    url         TEXT NOT NULL, -- where the website is told; it may carry the website's secrets
    meeting_id  TEXT,          -- the only meeting that it is about
    events      TEXT NOT NULL, -- the only events that are told, with commas between them; empty: all
    UNIQUE (integration, url)
) STRICT;

-- Whose meetings were that have ended a while ago: what becomes of their recordings is told later.
CREATE TABLE ended_meetings (
    internal_id TEXT    PRIMARY KEY,
    integration TEXT    NOT NULL,
    meeting_id  TEXT    NOT NULL,
    server      TEXT    NOT NULL,
    ended_at    INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX ended_meetings_by_time ON ended_meetings (ended_at);

-- What waits is looked up in memory. What was settled is forgotten kind by kind.
DROP INDEX deliveries_waiting;
CREATE INDEX deliveries_waiting ON deliveries (integration) WHERE settled_at IS NULL;
DROP INDEX deliveries_settled;
CREATE INDEX deliveries_settled ON deliveries (kind, settled_at) WHERE settled_at IS NOT NULL;

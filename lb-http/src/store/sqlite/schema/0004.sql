-- What servers hold of recordings: a row for each server that has one.
CREATE TABLE recordings (
    record_id    TEXT    NOT NULL, -- the internal id of its meeting
    server       TEXT    NOT NULL,
    meeting_id   TEXT    NOT NULL,
    integration  TEXT,             -- whose it is; NULL: nobody's
    assigned     INTEGER NOT NULL, -- 1: an administrator said whose it is
    state        TEXT    NOT NULL, -- published, unpublished, processed, processing, deleted
    protected    INTEGER,          -- 1: people need the website's leave to play it; NULL: its server knows nothing of that
    started_at   INTEGER NOT NULL, -- by the server's clock, as ended_at is
    ended_at     INTEGER NOT NULL,
    participants INTEGER NOT NULL,
    changed_at   INTEGER NOT NULL, -- when a website changed it last; 0: never
    -- its fields as XML, in this order, but for those that have columns of their own
    head         TEXT    NOT NULL,
    middle       TEXT    NOT NULL, -- behind published and state
    metadata     TEXT    NOT NULL,
    tail         TEXT    NOT NULL, -- formats and what else there is
    PRIMARY KEY (record_id, server)
) STRICT, WITHOUT ROWID;

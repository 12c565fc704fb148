-- Moments are milliseconds since 1970-01-01 UTC: datetime(at / 1000, 'unixepoch').
-- This file holds passwords and the servers' secrets.

-- Creates that are under way, and those that a crash cut off.
CREATE TABLE claims (
    integration        TEXT    NOT NULL,
    meeting_id         TEXT    NOT NULL,
    token              TEXT    NOT NULL UNIQUE,
    server             TEXT    NOT NULL,
    attendee_password  TEXT    NOT NULL,
    moderator_password TEXT    NOT NULL,
    voice_bridge       INTEGER NOT NULL,
    expires            INTEGER NOT NULL,
    PRIMARY KEY (integration, meeting_id)
) STRICT;

-- Meetings that a server has acknowledged and that have not ended.
CREATE TABLE meetings (
    integration        TEXT    NOT NULL,
    meeting_id         TEXT    NOT NULL,
    internal_id        TEXT    NOT NULL,
    create_time        INTEGER NOT NULL, -- by the server's clock
    server             TEXT    NOT NULL,
    name               TEXT    NOT NULL,
    attendee_password  TEXT    NOT NULL,
    moderator_password TEXT    NOT NULL,
    voice_bridge       INTEGER,
    records            INTEGER NOT NULL, -- 1: may be recorded
    created_at         INTEGER NOT NULL, -- by the balancer's clock
    parameters         TEXT    NOT NULL, -- a JSON object of the create call's parameters that may be kept
    PRIMARY KEY (integration, meeting_id)
) STRICT;

-- Servers that may hold a copy of a meeting that nobody was sent to.
CREATE TABLE strays (
    integration TEXT    NOT NULL,
    meeting_id  TEXT    NOT NULL,
    server      TEXT    NOT NULL,
    since       INTEGER NOT NULL,
    PRIMARY KEY (integration, meeting_id, server)
) STRICT;

-- What happened.
CREATE TABLE events (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    at          INTEGER NOT NULL,
    event       TEXT    NOT NULL, -- meeting-created, meeting-ended, user-joined, ...
    integration TEXT,
    meeting_id  TEXT,
    internal_id TEXT,
    server      TEXT,
    data        TEXT    NOT NULL  -- a JSON object of what else the event says
) STRICT;
CREATE INDEX events_by_time ON events (at);
CREATE INDEX events_by_integration ON events (integration, at);
CREATE INDEX events_by_server ON events (server, at);
CREATE INDEX events_by_incarnation ON events (internal_id);

-- The last good fleet: one row, and one for each of its servers.
CREATE TABLE fleet (
    id      INTEGER PRIMARY KEY CHECK (id = 1),
    good_at INTEGER NOT NULL -- when the monitor last said so
) STRICT;
CREATE TABLE fleet_servers (
    place     INTEGER PRIMARY KEY, -- by name
    name      TEXT NOT NULL,
    api_url   TEXT NOT NULL,
    secret    TEXT NOT NULL,
    address   TEXT NOT NULL,
    latitude  REAL,
    longitude REAL,
    capacity  INTEGER,       -- users
    tags      TEXT NOT NULL, -- a JSON array
    checksum  TEXT NOT NULL, -- sha1, sha256, sha384, sha512
    word      TEXT NOT NULL, -- the administrator's: automatic, force-enabled, force-disabled, draining
    recording INTEGER NOT NULL, -- 1: holds recordings, never meetings
    host      TEXT NOT NULL, -- undefined, pending, up, down, unreachable
    services  TEXT NOT NULL  -- a JSON object: each service's name and state
) STRICT;

-- Written to find out whether the database can be written to.
CREATE TABLE probe (
    id     INTEGER PRIMARY KEY CHECK (id = 1),
    writes INTEGER NOT NULL
) STRICT;
INSERT INTO probe (id, writes) VALUES (1, 0);

-- Who may run the network.

-- How often users, tokens and sessions have been changed: one row. And what whoever makes the first administrator must show.
CREATE TABLE accounts (
    id               INTEGER PRIMARY KEY CHECK (id = 1),
    revision         INTEGER NOT NULL,
    first_digest     BLOB,             -- SHA-256 of the token; absent where there is none
    first_expires_at INTEGER
) STRICT;

CREATE TABLE users (
    name         TEXT    PRIMARY KEY,
    version      INTEGER NOT NULL, -- the revision that changed it last
    display_name TEXT    NOT NULL,
    role         TEXT    NOT NULL, -- administrator, partner-manager, viewer
    partner      TEXT,             -- of a partner-manager
    password     TEXT,             -- a PHC string; absent: cannot log in
    active       INTEGER NOT NULL,
    created_at   INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE api_tokens (
    id           TEXT    PRIMARY KEY, -- part of the token, and no secret
    user         TEXT    NOT NULL,
    label        TEXT    NOT NULL,
    digest       BLOB    NOT NULL,    -- SHA-256 of the token
    scope        TEXT    NOT NULL,    -- read, operate, full
    created_at   INTEGER NOT NULL,
    expires_at   INTEGER,             -- absent: never
    last_used_at INTEGER              -- up to an hour behind
) STRICT, WITHOUT ROWID;
CREATE INDEX api_tokens_by_user ON api_tokens (user);

CREATE TABLE sessions (
    digest     BLOB    PRIMARY KEY, -- SHA-256 of the cookie
    user       TEXT    NOT NULL,
    csrf       TEXT    NOT NULL,
    created_at INTEGER NOT NULL,
    seen_at    INTEGER NOT NULL,    -- up to a minute behind
    expires_at INTEGER NOT NULL,
    address    TEXT                 -- where it was begun from
) STRICT, WITHOUT ROWID;
CREATE INDEX sessions_by_user ON sessions (user, created_at);

-- Who may use the balancer, and how. What the configuration file declares has managed = 1: it is brought in step with the file
-- at each start and reload. version: the revision of the network in which it was last changed.

-- How often the network has been changed: one row.
CREATE TABLE network (
    id       INTEGER PRIMARY KEY CHECK (id = 1),
    revision INTEGER NOT NULL
) STRICT;

CREATE TABLE plans (
    name                    TEXT    NOT NULL PRIMARY KEY,
    version                 INTEGER NOT NULL,
    managed                 INTEGER NOT NULL,
    active                  INTEGER NOT NULL,
    may_record              INTEGER NOT NULL,
    max_concurrent_meetings INTEGER,          -- absent: no limit, here and below
    max_concurrent_users    INTEGER,
    max_users_per_meeting   INTEGER,
    max_duration            INTEGER,          -- in milliseconds
    calls_per_second        INTEGER,
    allowed_calls           TEXT              -- a JSON array; absent: all
) STRICT;

CREATE TABLE partners (
    name         TEXT    NOT NULL PRIMARY KEY,
    version      INTEGER NOT NULL,
    managed      INTEGER NOT NULL,
    display_name TEXT    NOT NULL,
    contact      TEXT    NOT NULL,
    servers      TEXT    NOT NULL             -- a JSON array of the servers that it lends
) STRICT;

CREATE TABLE routers (
    name      TEXT    NOT NULL PRIMARY KEY,
    version   INTEGER NOT NULL,
    managed   INTEGER NOT NULL,
    policy    TEXT    NOT NULL,
    radius_km REAL    NOT NULL,
    weights   TEXT    NOT NULL,               -- a JSON object: the weights of servers by name
    fallback  TEXT                            -- another router
) STRICT;

CREATE TABLE integrations (
    name           TEXT    NOT NULL PRIMARY KEY,
    version        INTEGER NOT NULL,
    managed        INTEGER NOT NULL,
    display_name   TEXT    NOT NULL,
    active         INTEGER NOT NULL,
    partner        TEXT,
    plan           TEXT    NOT NULL,
    router         TEXT    NOT NULL,
    latitude       REAL,
    longitude      REAL,
    tags           TEXT    NOT NULL,          -- a JSON object: required, preferred, forbidden
    create_rules   TEXT    NOT NULL,          -- JSON objects: default, forced, capped, blocked
    join_rules     TEXT    NOT NULL,
    callback_hosts TEXT    NOT NULL           -- a JSON array
) STRICT;

-- The shared secrets of integrations.
CREATE TABLE integration_secrets (
    integration TEXT    NOT NULL,
    place       INTEGER NOT NULL,             -- the balancer itself signs with the first that has not expired
    secret      TEXT    NOT NULL UNIQUE,
    label       TEXT    NOT NULL,
    created_at  INTEGER,
    expires_at  INTEGER,
    PRIMARY KEY (integration, place)
) STRICT;

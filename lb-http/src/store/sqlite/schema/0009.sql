-- What operators say of servers, and the weight of each server in the last good fleet.

CREATE TABLE servers (
    name      TEXT    NOT NULL PRIMARY KEY,
    version   INTEGER NOT NULL,
    managed   INTEGER NOT NULL,
    api_url   TEXT,                           -- absent: not said, here and below
    secret    TEXT,
    latitude  REAL,
    longitude REAL,
    capacity  INTEGER,                        -- users
    weight    REAL,
    tags      TEXT,                           -- a JSON array
    checksum  TEXT                            -- sha1, sha256, sha384, sha512
) STRICT;

ALTER TABLE fleet_servers ADD COLUMN weight REAL;

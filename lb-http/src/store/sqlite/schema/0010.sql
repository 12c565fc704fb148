-- Secrets, passwords and websites' URLs may be sealed: lb-sealed:KEY:TEXT, where KEY is the name of a key of [store] key_file.

-- A secret that is sealed twice does not look the same: that no two are the same is looked at in memory.
CREATE TABLE secrets_kept (
    integration TEXT    NOT NULL,
    place       INTEGER NOT NULL,             -- the balancer itself signs with the first that has not expired
    secret      TEXT    NOT NULL,
    label       TEXT    NOT NULL,
    created_at  INTEGER,
    expires_at  INTEGER,
    PRIMARY KEY (integration, place)
) STRICT;
INSERT INTO secrets_kept SELECT integration, place, secret, label, created_at, expires_at FROM integration_secrets;
DROP TABLE integration_secrets;
ALTER TABLE secrets_kept RENAME TO integration_secrets;

-- One row from the moment on when secrets that stood there plainly were sealed, or sealed ones written plainly.
CREATE TABLE sealing (
    id   INTEGER PRIMARY KEY CHECK (id = 1),
    tidy INTEGER NOT NULL -- 0: the file may have remains of what stood there before
) STRICT;

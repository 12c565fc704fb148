-- How the load went over the last day; NULL is not known, which is not 0.

-- The whole network, each minute. The moments are milliseconds since 1970, rounded down to the minute.
CREATE TABLE course_totals (
    at       INTEGER PRIMARY KEY,
    -- the step of the servers that it was kept with
    step     INTEGER NOT NULL,
    users    INTEGER,
    meetings INTEGER,
    audio    INTEGER,
    video    INTEGER,
    -- per cent, the mean of the servers
    cpu      REAL,
    memory   REAL
) STRICT;

CREATE INDEX course_totals_of_a_step ON course_totals (step);

-- Each server, every five minutes.
CREATE TABLE course_servers (
    at       INTEGER NOT NULL,
    server   TEXT NOT NULL,
    users    INTEGER,
    meetings INTEGER,
    audio    INTEGER,
    video    INTEGER,
    cpu      REAL,
    memory   REAL,
    PRIMARY KEY (at, server)
) STRICT, WITHOUT ROWID;

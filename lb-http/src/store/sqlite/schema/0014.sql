-- What usage reports need of past quarters of an hour, made of the events. Nobody is named in it.

-- How far they are made: one row.
CREATE TABLE rollup_state (
    id    INTEGER PRIMARY KEY CHECK (id = 1),
    state BLOB NOT NULL
) STRICT;

-- Pages that only the balancer reads.
CREATE TABLE rollups (
    day  INTEGER NOT NULL, -- of UTC, counted from 1970 on
    part TEXT    NOT NULL, -- quarters, courses, names, summary; places under day 0
    data BLOB    NOT NULL,
    PRIMARY KEY (part, day)
) STRICT;

-- Days that are to be made anew.
CREATE TABLE rollup_marks (
    id  INTEGER PRIMARY KEY AUTOINCREMENT,
    day INTEGER NOT NULL
) STRICT;

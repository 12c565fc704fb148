-- The administrator's words on servers that the network has and the fleet has not yet.

CREATE TABLE awaited_words (
    server TEXT PRIMARY KEY,
    word   TEXT NOT NULL
) STRICT;

-- What the placement policies of routers have learnt. Only the policy can read it; ids of rooms are in it.
CREATE TABLE learned (
    router TEXT NOT NULL,
    policy TEXT NOT NULL,
    data   BLOB NOT NULL,
    PRIMARY KEY (router, policy)
) STRICT;

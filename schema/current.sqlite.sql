CREATE TABLE node (
    node INTEGER PRIMARY KEY CHECK (node BETWEEN 0 AND 1023),
    taken_us BIGINT NOT NULL
);

CREATE TABLE schema_migration (
    number INTEGER PRIMARY KEY,
    name TEXT NOT NULL,
    hash TEXT NOT NULL,
    applied_us BIGINT NOT NULL
);

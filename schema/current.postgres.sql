CREATE TABLE node (
    node integer NOT NULL,
    taken_us bigint NOT NULL,
    CONSTRAINT node_pkey PRIMARY KEY (node),
    CONSTRAINT node_node_check CHECK (node >= 0 AND node <= 1023)
);

CREATE TABLE schema_migration (
    number integer NOT NULL,
    name text NOT NULL,
    hash text NOT NULL,
    applied_us bigint NOT NULL,
    CONSTRAINT schema_migration_pkey PRIMARY KEY (number)
);

-- Feedback as it was received, sealed, and what was concluded from it.
CREATE TABLE feedback (
    id {id},
    workspace BIGINT NOT NULL,
    lookup {blob},                 -- keyed hash of what makes it the same feedback when it comes again; NULL: always new
    content {blob} NOT NULL,       -- keyed hash of the record: unchanged or not
    occurred_us BIGINT NOT NULL,
    source TEXT NOT NULL,
    channel TEXT NOT NULL,
    customer BIGINT,
    import BIGINT,                 -- the import that created it
    version INTEGER NOT NULL,
    deleted_us BIGINT,             -- NULL: it is there
    updated_us BIGINT NOT NULL,
    body {blob} NOT NULL           -- sealed record
);
CREATE UNIQUE INDEX feedback_lookup ON feedback (workspace, lookup);
CREATE INDEX feedback_time ON feedback (workspace, occurred_us, id);
CREATE INDEX feedback_customer ON feedback (customer, occurred_us, id, deleted_us) WHERE customer IS NOT NULL;
CREATE INDEX feedback_import ON feedback (import, id) WHERE import IS NOT NULL;

-- Earlier versions.
CREATE TABLE feedback_history (
    feedback BIGINT NOT NULL,
    version INTEGER NOT NULL,      -- of the body kept here
    at_us BIGINT NOT NULL,         -- when it was replaced
    actor TEXT NOT NULL,           -- who replaced it
    import BIGINT,                 -- by which import
    body {blob} NOT NULL,
    PRIMARY KEY (feedback, version)
);
CREATE INDEX feedback_history_import ON feedback_history (import) WHERE import IS NOT NULL;

-- What the model and the rules say; written again when the feedback, the model or the rules change.
CREATE TABLE analysis (
    feedback {id},
    version INTEGER NOT NULL,      -- of the feedback
    stage INTEGER NOT NULL,        -- of the rules
    at_us BIGINT NOT NULL,
    body {blob} NOT NULL           -- sealed
);

-- What a person says instead.
CREATE TABLE correction (
    feedback BIGINT NOT NULL,
    field TEXT NOT NULL,
    at_us BIGINT NOT NULL,
    actor TEXT NOT NULL,
    body {blob} NOT NULL,          -- sealed value, and what it replaced
    PRIMARY KEY (feedback, field)
);

-- What is still to be done with committed feedback: one row a batch.
CREATE TABLE outbox (
    seq {serial},
    workspace BIGINT NOT NULL,
    event TEXT NOT NULL,           -- a row of the pipeline table
    lane INTEGER NOT NULL,         -- 0 live, 1 bulk
    created_us BIGINT NOT NULL,
    due_us BIGINT NOT NULL,        -- not before
    attempts INTEGER NOT NULL DEFAULT 0,
    parked INTEGER NOT NULL DEFAULT 0,
    problem TEXT NOT NULL DEFAULT '',
    subject BIGINT NOT NULL DEFAULT 0, -- import, job … of the event
    ids {blob} NOT NULL            -- feedback, 8 bytes each, little endian
);
CREATE INDEX outbox_due ON outbox (parked, lane, due_us, seq);

-- What facts and search follow: feedback whose truth changed, in the order of seq. On PostgreSQL commits are not in that order:
-- a reader stays below the oldest transaction that is still open.
CREATE TABLE change (
    seq {serial},
    workspace BIGINT NOT NULL,
    txid BIGINT NOT NULL,          -- PostgreSQL's transaction, else 0
    ids {blob} NOT NULL
);
CREATE INDEX change_workspace ON change (workspace, seq);

-- Stored answers of requests with an Idempotency-Key.
CREATE TABLE idempotency (
    workspace BIGINT NOT NULL,
    lookup {blob} NOT NULL,        -- keyed hash of principal and key
    request {blob} NOT NULL,       -- hash of the body
    status INTEGER NOT NULL,
    created_us BIGINT NOT NULL,
    reply {blob} NOT NULL,         -- sealed
    PRIMARY KEY (workspace, lookup)
);
CREATE INDEX idempotency_created ON idempotency (created_us);

-- Attribute names that became columns of the facts, and the codes of key phrases.
CREATE TABLE phrase (
    workspace BIGINT NOT NULL,
    code BIGINT NOT NULL,
    lookup {blob} NOT NULL,
    body {blob} NOT NULL,          -- sealed
    PRIMARY KEY (workspace, code)
);
CREATE UNIQUE INDEX phrase_lookup ON phrase (workspace, lookup);

-- Up to where the change log was cleared: who has not come so far builds anew.
CREATE TABLE change_floor (
    id INTEGER PRIMARY KEY,
    position BIGINT NOT NULL
);
INSERT INTO change_floor (id, position) VALUES (1, 0);

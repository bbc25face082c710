-- Files that people handed over, and what became of them. The files lie sealed in uploads/, each under a key of its own.
CREATE TABLE import (
    id {id},
    workspace BIGINT NOT NULL,
    created_us BIGINT NOT NULL,
    updated_us BIGINT NOT NULL,
    user_id BIGINT NOT NULL,         -- who uploaded it; 0: not a person
    key_id BIGINT NOT NULL,          -- 0: not an API key
    state TEXT NOT NULL,             -- uploaded, checked, running, done, failed, cancelled, undoing, undone
    stopping INTEGER NOT NULL,       -- asked to stop
    bytes BIGINT NOT NULL,
    position BIGINT NOT NULL,        -- feedback of the file that is written: where a crash goes on
    share {real} NOT NULL,           -- of the file read, 0 … 1
    n_read BIGINT NOT NULL,
    n_created BIGINT NOT NULL,
    n_updated BIGINT NOT NULL,
    n_unchanged BIGINT NOT NULL,
    n_rejected BIGINT NOT NULL,
    n_duplicate BIGINT NOT NULL,
    n_deleted BIGINT NOT NULL,       -- by undoing: created feedback taken out again
    n_restored BIGINT NOT NULL,      -- put back to the version before
    n_left BIGINT NOT NULL,          -- changed since by others, left as it is
    has_errors INTEGER NOT NULL,
    has_report INTEGER NOT NULL,
    file_key {blob} NOT NULL,        -- sealed: the key of its files
    about {blob} NOT NULL            -- sealed JSON: name of the file, by whom, what was understood, what went wrong
);
CREATE INDEX import_workspace ON import (workspace, id);

-- Saved views: a name for what is looked at.
CREATE TABLE saved_view (
    id {id},
    workspace BIGINT NOT NULL,
    user_id BIGINT NOT NULL,         -- who made it
    name TEXT NOT NULL,
    query TEXT NOT NULL,             -- as it stands in the address
    shared INTEGER NOT NULL,         -- 1: everybody of the workspace sees it
    updated_us BIGINT NOT NULL
);
CREATE INDEX saved_view_by_workspace ON saved_view (workspace, id);

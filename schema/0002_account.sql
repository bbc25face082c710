-- Who works here: workspaces, their keys, people, sessions, API keys, links, the audit chain.
-- Nothing that names a person can be read here: e-mails are found by a keyed hash and shown from a sealed value.

-- One row: what belongs to the whole house.
CREATE TABLE platform (
    id INTEGER PRIMARY KEY,
    check_value {blob} NOT NULL,     -- a known text under the master key: a wrong key is told at the start
    setup_us BIGINT NOT NULL         -- when the first administrator was made; 0: not yet
);

CREATE TABLE workspace (
    id {id},
    created_us BIGINT NOT NULL,
    updated_us BIGINT NOT NULL,
    name TEXT NOT NULL,
    time_zone TEXT NOT NULL,
    industry TEXT NOT NULL,
    settings TEXT NOT NULL           -- JSON object
);

-- Data keys (one a generation) and the root of the other keys, each under the master key. Workspace 0 is the house itself.
CREATE TABLE workspace_key (
    workspace BIGINT NOT NULL,
    purpose TEXT NOT NULL,           -- "data", "root"
    generation INTEGER NOT NULL,
    created_us BIGINT NOT NULL,
    wrapped {blob} NOT NULL,
    PRIMARY KEY (workspace, purpose, generation)
);

CREATE TABLE user_account (
    id {id},
    created_us BIGINT NOT NULL,
    updated_us BIGINT NOT NULL,
    email_lookup {blob} NOT NULL,
    email {blob} NOT NULL,           -- sealed
    name {blob} NOT NULL,            -- sealed
    lang TEXT NOT NULL,              -- "zh", "en", "": as the browser says
    password TEXT NOT NULL,          -- argon2id, salted
    password_us BIGINT NOT NULL,     -- when it was set
    sign_in_us BIGINT NOT NULL       -- last time; 0: never
);
CREATE UNIQUE INDEX user_account_email ON user_account (email_lookup);

CREATE TABLE membership (
    workspace BIGINT NOT NULL,
    user_id BIGINT NOT NULL,
    created_us BIGINT NOT NULL,
    role TEXT NOT NULL,
    scope {blob} NOT NULL,           -- sealed JSON: which part of the data he sees
    active INTEGER NOT NULL,
    PRIMARY KEY (workspace, user_id)
);
CREATE INDEX membership_by_user ON membership (user_id, workspace);

CREATE TABLE session (
    id {id},
    token_hash {blob} NOT NULL,
    user_id BIGINT NOT NULL,
    workspace BIGINT NOT NULL,
    created_us BIGINT NOT NULL,
    used_us BIGINT NOT NULL,         -- to the minute
    expires_us BIGINT NOT NULL,      -- whatever happens
    origin {blob} NOT NULL           -- sealed: address and browser
);
CREATE UNIQUE INDEX session_by_token ON session (token_hash);
CREATE INDEX session_by_user ON session (user_id, id);
CREATE INDEX session_by_end ON session (expires_us);

CREATE TABLE api_key (
    id {id},
    workspace BIGINT NOT NULL,
    name TEXT NOT NULL,
    token_hash {blob} NOT NULL,
    hint TEXT NOT NULL,              -- last four characters, to know it again
    scopes TEXT NOT NULL,            -- "feedback:read,feedback:write"
    created_us BIGINT NOT NULL,
    created_by BIGINT NOT NULL,      -- user; 0: the command line
    expires_us BIGINT NOT NULL,      -- 0: never
    revoked_us BIGINT NOT NULL,      -- 0: it is good
    used_us BIGINT NOT NULL          -- to the minute; 0: never
);
CREATE UNIQUE INDEX api_key_by_token ON api_key (token_hash);
CREATE INDEX api_key_by_workspace ON api_key (workspace, id);

CREATE TABLE one_time_link (
    id {id},
    kind TEXT NOT NULL,              -- "setup", "invitation", "reset"
    token_hash {blob} NOT NULL,
    workspace BIGINT NOT NULL,       -- 0: of the house
    user_id BIGINT NOT NULL,         -- whose password it resets; 0 otherwise
    payload {blob} NOT NULL,         -- sealed JSON: e-mail, role, scope
    created_us BIGINT NOT NULL,
    created_by BIGINT NOT NULL,
    expires_us BIGINT NOT NULL,
    used_us BIGINT NOT NULL          -- 0: not yet
);
CREATE UNIQUE INDEX one_time_link_by_token ON one_time_link (token_hash);
CREATE INDEX one_time_link_by_end ON one_time_link (expires_us);

-- Tries to sign in that have not succeeded, by keyed hash of the e-mail and of the address.
CREATE TABLE login_attempt (
    seq {serial},
    subject {blob} NOT NULL,
    at_us BIGINT NOT NULL
);
CREATE INDEX login_attempt_by_subject ON login_attempt (subject, at_us);
CREATE INDEX login_attempt_by_time ON login_attempt (at_us);

-- What was done by whom; each row's hash covers the one before. Ids only: no names, no texts.
CREATE TABLE audit (
    workspace BIGINT NOT NULL,
    seq BIGINT NOT NULL,             -- 1, 2, 3 … without gaps
    at_us BIGINT NOT NULL,
    user_id BIGINT NOT NULL,         -- 0: not a person
    key_id BIGINT NOT NULL,          -- 0: not an API key
    action TEXT NOT NULL,
    subject TEXT NOT NULL,
    detail TEXT NOT NULL,
    hash {blob} NOT NULL,
    PRIMARY KEY (workspace, seq)
);

-- The end of each chain; its row is locked while one is appended.
CREATE TABLE audit_head (
    workspace BIGINT PRIMARY KEY,
    seq BIGINT NOT NULL,
    hash {blob} NOT NULL
);

CREATE TABLE activity (
    workspace BIGINT NOT NULL,
    subject BIGINT NOT NULL,
    hour BIGINT NOT NULL,
    feedback BIGINT NOT NULL,
    PRIMARY KEY (workspace, subject, hour, feedback)
);

CREATE INDEX activity_feedback ON activity (feedback);

CREATE TABLE analysis (
    feedback INTEGER PRIMARY KEY,
    version INTEGER NOT NULL,
    stage INTEGER NOT NULL,
    at_us BIGINT NOT NULL,
    body BLOB NOT NULL
);

CREATE TABLE api_key (
    id INTEGER PRIMARY KEY,
    workspace BIGINT NOT NULL,
    name TEXT NOT NULL,
    token_hash BLOB NOT NULL,
    hint TEXT NOT NULL,
    scopes TEXT NOT NULL,
    created_us BIGINT NOT NULL,
    created_by BIGINT NOT NULL,
    expires_us BIGINT NOT NULL,
    revoked_us BIGINT NOT NULL,
    used_us BIGINT NOT NULL
);

CREATE UNIQUE INDEX api_key_by_token ON api_key (token_hash);

CREATE INDEX api_key_by_workspace ON api_key (workspace, id);

CREATE TABLE audit (
    workspace BIGINT NOT NULL,
    seq BIGINT NOT NULL,
    at_us BIGINT NOT NULL,
    user_id BIGINT NOT NULL,
    key_id BIGINT NOT NULL,
    action TEXT NOT NULL,
    subject TEXT NOT NULL,
    detail TEXT NOT NULL,
    hash BLOB NOT NULL,
    PRIMARY KEY (workspace, seq)
);

CREATE TABLE audit_head (
    workspace BIGINT PRIMARY KEY,
    seq BIGINT NOT NULL,
    hash BLOB NOT NULL
);

CREATE TABLE change (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    workspace BIGINT NOT NULL,
    txid BIGINT NOT NULL,
    ids BLOB NOT NULL
);

CREATE INDEX change_workspace ON change (workspace, seq);

CREATE TABLE change_floor (
    id INTEGER PRIMARY KEY,
    position BIGINT NOT NULL
);

CREATE TABLE correction (
    feedback BIGINT NOT NULL,
    field TEXT NOT NULL,
    at_us BIGINT NOT NULL,
    actor TEXT NOT NULL,
    body BLOB NOT NULL,
    PRIMARY KEY (feedback, field)
);

CREATE TABLE customer (
    id INTEGER PRIMARY KEY,
    workspace BIGINT NOT NULL,
    root BIGINT NOT NULL,
    merged_into BIGINT,
    merge BIGINT,
    first_us BIGINT NOT NULL,
    last_us BIGINT NOT NULL,
    updated_us BIGINT NOT NULL,
    profile BLOB NOT NULL
);

CREATE INDEX customer_recent ON customer (workspace, last_us, id) WHERE merged_into IS NULL;

CREATE INDEX customer_root ON customer (root);

CREATE TABLE customer_apart (
    workspace BIGINT NOT NULL,
    a BIGINT NOT NULL,
    b BIGINT NOT NULL,
    PRIMARY KEY (workspace, a, b)
);

CREATE TABLE customer_hint (
    workspace BIGINT NOT NULL,
    lookup BLOB NOT NULL,
    home BIGINT NOT NULL,
    customer BIGINT NOT NULL,
    PRIMARY KEY (workspace, lookup, home)
);

CREATE INDEX customer_hint_customer ON customer_hint (customer);

CREATE TABLE customer_key (
    workspace BIGINT NOT NULL,
    lookup BLOB NOT NULL,
    kind TEXT NOT NULL,
    home BIGINT NOT NULL,
    customer BIGINT NOT NULL,
    added_us BIGINT NOT NULL,
    origin BIGINT NOT NULL,
    value BLOB NOT NULL,
    PRIMARY KEY (workspace, lookup)
);

CREATE INDEX customer_key_customer ON customer_key (customer);

CREATE TABLE customer_merge (
    id INTEGER PRIMARY KEY,
    workspace BIGINT NOT NULL,
    kept BIGINT NOT NULL,
    gone BIGINT NOT NULL,
    at_us BIGINT NOT NULL,
    actor TEXT NOT NULL,
    undone_us BIGINT,
    undone_by TEXT NOT NULL DEFAULT '',
    body BLOB NOT NULL
);

CREATE INDEX customer_merge_gone ON customer_merge (gone);

CREATE INDEX customer_merge_kept ON customer_merge (kept);

CREATE TABLE erasure (
    id INTEGER PRIMARY KEY,
    workspace BIGINT NOT NULL,
    at_us BIGINT NOT NULL,
    customer BIGINT NOT NULL,
    certificate TEXT NOT NULL
);

CREATE INDEX erasure_workspace ON erasure (workspace, id);

CREATE TABLE event (
    id INTEGER PRIMARY KEY,
    workspace BIGINT NOT NULL,
    lookup BLOB,
    content BLOB NOT NULL,
    type TEXT NOT NULL,
    source TEXT NOT NULL,
    at_us BIGINT NOT NULL,
    home BIGINT,
    customer BIGINT,
    order_lookup BLOB,
    amount REAL,
    version INTEGER NOT NULL,
    updated_us BIGINT NOT NULL,
    body BLOB NOT NULL
);

CREATE INDEX event_customer ON event (customer, type, at_us, amount) WHERE customer IS NOT NULL;

CREATE UNIQUE INDEX event_lookup ON event (workspace, lookup);

CREATE INDEX event_order ON event (workspace, order_lookup) WHERE order_lookup IS NOT NULL;

CREATE INDEX event_time ON event (workspace, at_us, id);

CREATE TABLE feedback (
    id INTEGER PRIMARY KEY,
    workspace BIGINT NOT NULL,
    lookup BLOB,
    content BLOB NOT NULL,
    occurred_us BIGINT NOT NULL,
    source TEXT NOT NULL,
    channel TEXT NOT NULL,
    customer BIGINT,
    import BIGINT,
    version INTEGER NOT NULL,
    deleted_us BIGINT,
    updated_us BIGINT NOT NULL,
    body BLOB NOT NULL,
    customer_home BIGINT,
    order_lookup BLOB
);

CREATE INDEX feedback_customer ON feedback (customer, occurred_us, id, deleted_us) WHERE customer IS NOT NULL;

CREATE INDEX feedback_import ON feedback (import, id) WHERE import IS NOT NULL;

CREATE UNIQUE INDEX feedback_lookup ON feedback (workspace, lookup);

CREATE INDEX feedback_order ON feedback (workspace, order_lookup) WHERE order_lookup IS NOT NULL;

CREATE INDEX feedback_time ON feedback (workspace, occurred_us, id);

CREATE TABLE feedback_history (
    feedback BIGINT NOT NULL,
    version INTEGER NOT NULL,
    at_us BIGINT NOT NULL,
    actor TEXT NOT NULL,
    import BIGINT,
    body BLOB NOT NULL,
    PRIMARY KEY (feedback, version)
);

CREATE INDEX feedback_history_import ON feedback_history (import) WHERE import IS NOT NULL;

CREATE TABLE hub_record (
    feedback INTEGER PRIMARY KEY,
    workspace BIGINT NOT NULL,
    tenant BLOB NOT NULL,
    identity BLOB NOT NULL,
    submission BLOB NOT NULL,
    field BLOB NOT NULL,
    field_group BLOB,
    source_type BLOB NOT NULL,
    source_id BLOB,
    source_name BLOB,
    value_id BLOB,
    person BLOB,
    language BLOB,
    field_type INTEGER NOT NULL,
    collected_us BIGINT NOT NULL,
    created_us BIGINT NOT NULL,
    score REAL
);

CREATE INDEX hub_record_collected ON hub_record (workspace, tenant, collected_us, feedback);

CREATE INDEX hub_record_created ON hub_record (workspace, tenant, created_us, feedback);

CREATE UNIQUE INDEX hub_record_identity ON hub_record (workspace, identity);

CREATE INDEX hub_record_person ON hub_record (workspace, person) WHERE person IS NOT NULL;

CREATE TABLE hub_setting (
    workspace BIGINT NOT NULL,
    tenant BLOB NOT NULL,
    body BLOB NOT NULL,
    PRIMARY KEY (workspace, tenant)
);

CREATE TABLE idempotency (
    workspace BIGINT NOT NULL,
    lookup BLOB NOT NULL,
    request BLOB NOT NULL,
    status INTEGER NOT NULL,
    created_us BIGINT NOT NULL,
    reply BLOB NOT NULL,
    PRIMARY KEY (workspace, lookup)
);

CREATE INDEX idempotency_created ON idempotency (created_us);

CREATE TABLE import (
    id INTEGER PRIMARY KEY,
    workspace BIGINT NOT NULL,
    created_us BIGINT NOT NULL,
    updated_us BIGINT NOT NULL,
    user_id BIGINT NOT NULL,
    key_id BIGINT NOT NULL,
    state TEXT NOT NULL,
    stopping INTEGER NOT NULL,
    bytes BIGINT NOT NULL,
    position BIGINT NOT NULL,
    share REAL NOT NULL,
    n_read BIGINT NOT NULL,
    n_created BIGINT NOT NULL,
    n_updated BIGINT NOT NULL,
    n_unchanged BIGINT NOT NULL,
    n_rejected BIGINT NOT NULL,
    n_duplicate BIGINT NOT NULL,
    n_deleted BIGINT NOT NULL,
    n_restored BIGINT NOT NULL,
    n_left BIGINT NOT NULL,
    has_errors INTEGER NOT NULL,
    has_report INTEGER NOT NULL,
    file_key BLOB NOT NULL,
    about BLOB NOT NULL
);

CREATE INDEX import_workspace ON import (workspace, id);

CREATE TABLE login_attempt (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    subject BLOB NOT NULL,
    at_us BIGINT NOT NULL
);

CREATE INDEX login_attempt_by_subject ON login_attempt (subject, at_us);

CREATE INDEX login_attempt_by_time ON login_attempt (at_us);

CREATE TABLE membership (
    workspace BIGINT NOT NULL,
    user_id BIGINT NOT NULL,
    created_us BIGINT NOT NULL,
    role TEXT NOT NULL,
    scope BLOB NOT NULL,
    active INTEGER NOT NULL,
    PRIMARY KEY (workspace, user_id)
);

CREATE INDEX membership_by_user ON membership (user_id, workspace);

CREATE TABLE node (
    node INTEGER PRIMARY KEY CHECK (node BETWEEN 0 AND 1023),
    taken_us BIGINT NOT NULL
);

CREATE TABLE one_time_link (
    id INTEGER PRIMARY KEY,
    kind TEXT NOT NULL,
    token_hash BLOB NOT NULL,
    workspace BIGINT NOT NULL,
    user_id BIGINT NOT NULL,
    payload BLOB NOT NULL,
    created_us BIGINT NOT NULL,
    created_by BIGINT NOT NULL,
    expires_us BIGINT NOT NULL,
    used_us BIGINT NOT NULL
);

CREATE INDEX one_time_link_by_end ON one_time_link (expires_us);

CREATE UNIQUE INDEX one_time_link_by_token ON one_time_link (token_hash);

CREATE TABLE outbox (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    workspace BIGINT NOT NULL,
    event TEXT NOT NULL,
    lane INTEGER NOT NULL,
    created_us BIGINT NOT NULL,
    due_us BIGINT NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0,
    parked INTEGER NOT NULL DEFAULT 0,
    problem TEXT NOT NULL DEFAULT '',
    subject BIGINT NOT NULL DEFAULT 0,
    ids BLOB NOT NULL
);

CREATE INDEX outbox_due ON outbox (parked, lane, due_us, seq);

CREATE TABLE phrase (
    workspace BIGINT NOT NULL,
    code BIGINT NOT NULL,
    lookup BLOB NOT NULL,
    body BLOB NOT NULL,
    PRIMARY KEY (workspace, code)
);

CREATE UNIQUE INDEX phrase_lookup ON phrase (workspace, lookup);

CREATE TABLE platform (
    id INTEGER PRIMARY KEY,
    check_value BLOB NOT NULL,
    setup_us BIGINT NOT NULL
);

CREATE TABLE saved_view (
    id INTEGER PRIMARY KEY,
    workspace BIGINT NOT NULL,
    user_id BIGINT NOT NULL,
    name TEXT NOT NULL,
    query TEXT NOT NULL,
    shared INTEGER NOT NULL,
    updated_us BIGINT NOT NULL
);

CREATE INDEX saved_view_by_workspace ON saved_view (workspace, id);

CREATE TABLE schema_migration (
    number INTEGER PRIMARY KEY,
    name TEXT NOT NULL,
    hash TEXT NOT NULL,
    applied_us BIGINT NOT NULL
);

CREATE TABLE session (
    id INTEGER PRIMARY KEY,
    token_hash BLOB NOT NULL,
    user_id BIGINT NOT NULL,
    workspace BIGINT NOT NULL,
    created_us BIGINT NOT NULL,
    used_us BIGINT NOT NULL,
    expires_us BIGINT NOT NULL,
    origin BLOB NOT NULL
);

CREATE INDEX session_by_end ON session (expires_us);

CREATE UNIQUE INDEX session_by_token ON session (token_hash);

CREATE INDEX session_by_user ON session (user_id, id);

CREATE TABLE spend_tier (
    workspace BIGINT PRIMARY KEY,
    middle REAL NOT NULL,
    high REAL NOT NULL,
    customers BIGINT NOT NULL,
    made_us BIGINT NOT NULL
);

CREATE TABLE suspicion (
    feedback BIGINT NOT NULL,
    rule TEXT NOT NULL,
    workspace BIGINT NOT NULL,
    at_us BIGINT NOT NULL,
    other BIGINT,
    number BIGINT NOT NULL,
    usual BIGINT NOT NULL,
    kind TEXT NOT NULL,
    PRIMARY KEY (feedback, rule)
);

CREATE TABLE text_band (
    workspace BIGINT NOT NULL,
    band BIGINT NOT NULL,
    feedback BIGINT NOT NULL,
    PRIMARY KEY (workspace, band, feedback)
);

CREATE INDEX text_band_feedback ON text_band (feedback);

CREATE TABLE user_account (
    id INTEGER PRIMARY KEY,
    created_us BIGINT NOT NULL,
    updated_us BIGINT NOT NULL,
    email_lookup BLOB NOT NULL,
    email BLOB NOT NULL,
    name BLOB NOT NULL,
    lang TEXT NOT NULL,
    password TEXT NOT NULL,
    password_us BIGINT NOT NULL,
    sign_in_us BIGINT NOT NULL
);

CREATE UNIQUE INDEX user_account_email ON user_account (email_lookup);

CREATE TABLE webhook (
    id INTEGER PRIMARY KEY,
    workspace BIGINT NOT NULL,
    tenant BLOB NOT NULL,
    enabled INTEGER NOT NULL,
    events INTEGER NOT NULL,
    created_us BIGINT NOT NULL,
    updated_us BIGINT NOT NULL,
    disabled_us BIGINT,
    disabled_reason TEXT,
    body BLOB NOT NULL
);

CREATE INDEX webhook_tenant ON webhook (workspace, tenant, id);

CREATE TABLE webhook_delivery (
    event BIGINT NOT NULL,
    webhook BIGINT NOT NULL,
    due_us BIGINT NOT NULL,
    sending INTEGER NOT NULL DEFAULT 0,
    attempts INTEGER NOT NULL,
    PRIMARY KEY (event, webhook)
);

CREATE INDEX webhook_delivery_due ON webhook_delivery (due_us);

CREATE INDEX webhook_delivery_webhook ON webhook_delivery (webhook);

CREATE TABLE webhook_event (
    id INTEGER PRIMARY KEY,
    workspace BIGINT NOT NULL,
    body BLOB NOT NULL
);

CREATE TABLE workspace (
    id INTEGER PRIMARY KEY,
    created_us BIGINT NOT NULL,
    updated_us BIGINT NOT NULL,
    name TEXT NOT NULL,
    time_zone TEXT NOT NULL,
    industry TEXT NOT NULL,
    settings TEXT NOT NULL
);

CREATE TABLE workspace_key (
    workspace BIGINT NOT NULL,
    purpose TEXT NOT NULL,
    generation INTEGER NOT NULL,
    created_us BIGINT NOT NULL,
    wrapped BLOB NOT NULL,
    PRIMARY KEY (workspace, purpose, generation)
);

-- Records in the shape of Formbricks Hub, found by what its clients filter by. Words are kept as keyed hashes; the record itself is the feedback.
CREATE TABLE hub_record (
    feedback {id},
    workspace BIGINT NOT NULL,
    tenant {blob} NOT NULL,
    identity {blob} NOT NULL,      -- of tenant, submission and field
    submission {blob} NOT NULL,
    field {blob} NOT NULL,
    field_group {blob},
    source_type {blob} NOT NULL,
    source_id {blob},
    source_name {blob},
    value_id {blob},
    person {blob},
    language {blob},
    field_type INTEGER NOT NULL,   -- enum hub_type
    collected_us BIGINT NOT NULL,
    created_us BIGINT NOT NULL,
    score {real}                   -- of nps, csat, ces and rating; other numbers may be anything and stay sealed
);
CREATE UNIQUE INDEX hub_record_identity ON hub_record (workspace, identity);
CREATE INDEX hub_record_collected ON hub_record (workspace, tenant, collected_us, feedback);
CREATE INDEX hub_record_created ON hub_record (workspace, tenant, created_us, feedback);
CREATE INDEX hub_record_person ON hub_record (workspace, person) WHERE person IS NOT NULL;

CREATE TABLE hub_setting (
    workspace BIGINT NOT NULL,
    tenant {blob} NOT NULL,
    body {blob} NOT NULL,          -- sealed object
    PRIMARY KEY (workspace, tenant)
);

-- Whom to tell about what happens, and what is still to be told.
CREATE TABLE webhook (
    id {id},
    workspace BIGINT NOT NULL,
    tenant {blob} NOT NULL,
    enabled INTEGER NOT NULL,
    events INTEGER NOT NULL,       -- bit 1 << enum webhook_event; 0: all
    created_us BIGINT NOT NULL,
    updated_us BIGINT NOT NULL,
    disabled_us BIGINT,
    disabled_reason TEXT,
    body {blob} NOT NULL           -- sealed: address, signing key, tenant
);
CREATE INDEX webhook_tenant ON webhook (workspace, tenant, id);

CREATE TABLE webhook_event (
    id {id},
    workspace BIGINT NOT NULL,
    body {blob} NOT NULL           -- sealed: the payload as it is sent
);

CREATE TABLE webhook_delivery (
    event BIGINT NOT NULL,
    webhook BIGINT NOT NULL,
    due_us BIGINT NOT NULL,        -- not before; who sends sets it ahead, so that another sends it when he has died
    sending INTEGER NOT NULL DEFAULT 0,
    attempts INTEGER NOT NULL,
    PRIMARY KEY (event, webhook)
);
CREATE INDEX webhook_delivery_due ON webhook_delivery (due_us);
CREATE INDEX webhook_delivery_webhook ON webhook_delivery (webhook);

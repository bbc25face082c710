-- Who it was, and what he did: customers, the keys they are known by, merges that can be taken back, orders and visits.

-- A customer as he was first met. Merging changes neither him nor what is his: it points to whom he is counted with, so that taking it back
-- gives back exactly what there was. `home` elsewhere is the customer as first met, `customer` the one he is counted with now.
CREATE TABLE customer (
    id {id},
    workspace BIGINT NOT NULL,
    root BIGINT NOT NULL,          -- whom he is counted with now: himself if not merged
    merged_into BIGINT,            -- NULL: himself
    merge BIGINT,                  -- row of customer_merge that did it
    first_us BIGINT NOT NULL,      -- of feedback and events of the whole, kept in the row of the root
    last_us BIGINT NOT NULL,
    updated_us BIGINT NOT NULL,
    profile {blob} NOT NULL        -- sealed: names, numbers, attributes, each with its earlier values
);
CREATE INDEX customer_recent ON customer (workspace, last_us, id) WHERE merged_into IS NULL;
CREATE INDEX customer_root ON customer (root);

-- Keys that prove who it is.
CREATE TABLE customer_key (
    workspace BIGINT NOT NULL,
    lookup {blob} NOT NULL,        -- keyed hash of kind and normalised value
    kind TEXT NOT NULL,            -- "phone", "email" …
    home BIGINT NOT NULL,
    customer BIGINT NOT NULL,
    added_us BIGINT NOT NULL,
    origin BIGINT NOT NULL,        -- feedback or event that brought it
    value {blob} NOT NULL,         -- sealed
    PRIMARY KEY (workspace, lookup)
);
CREATE INDEX customer_key_customer ON customer_key (customer);

-- What one may look for but what proves nothing: names, the end of a number.
CREATE TABLE customer_hint (
    workspace BIGINT NOT NULL,
    lookup {blob} NOT NULL,
    home BIGINT NOT NULL,
    customer BIGINT NOT NULL,
    PRIMARY KEY (workspace, lookup, home)
);
CREATE INDEX customer_hint_customer ON customer_hint (customer);

CREATE TABLE customer_merge (
    id {id},
    workspace BIGINT NOT NULL,
    kept BIGINT NOT NULL,
    gone BIGINT NOT NULL,
    at_us BIGINT NOT NULL,
    actor TEXT NOT NULL,           -- '': by keys
    undone_us BIGINT,              -- NULL: it holds
    undone_by TEXT NOT NULL DEFAULT '',
    body {blob} NOT NULL           -- sealed: which keys, of which feedback
);
CREATE INDEX customer_merge_kept ON customer_merge (kept);
CREATE INDEX customer_merge_gone ON customer_merge (gone);

-- Pairs that a person took apart: the same keys do not join them again.
CREATE TABLE customer_apart (
    workspace BIGINT NOT NULL,
    a BIGINT NOT NULL,
    b BIGINT NOT NULL,
    PRIMARY KEY (workspace, a, b)
);

-- Orders, deliveries, returns, visits.
CREATE TABLE event (
    id {id},
    workspace BIGINT NOT NULL,
    lookup {blob},                 -- keyed hash of source, type and external id; NULL: always new
    content {blob} NOT NULL,
    type TEXT NOT NULL,
    source TEXT NOT NULL,
    at_us BIGINT NOT NULL,
    home BIGINT,
    customer BIGINT,
    order_lookup {blob},           -- keyed hash of the order number
    amount {real},
    version INTEGER NOT NULL,
    updated_us BIGINT NOT NULL,
    body {blob} NOT NULL           -- sealed
);
CREATE UNIQUE INDEX event_lookup ON event (workspace, lookup);
CREATE INDEX event_time ON event (workspace, at_us, id);
-- All that his segments are made of, so that no sealed body is read for them.
CREATE INDEX event_customer ON event (customer, type, at_us, amount) WHERE customer IS NOT NULL;
CREATE INDEX event_order ON event (workspace, order_lookup) WHERE order_lookup IS NOT NULL;

ALTER TABLE feedback ADD COLUMN customer_home BIGINT;
ALTER TABLE feedback ADD COLUMN order_lookup {blob};
CREATE INDEX feedback_order ON feedback (workspace, order_lookup) WHERE order_lookup IS NOT NULL;

-- Where the tiers of spending begin: terciles of the workspace's customers, or fixed ones.
CREATE TABLE spend_tier (
    workspace BIGINT PRIMARY KEY,
    middle {real} NOT NULL,        -- from here
    high {real} NOT NULL,
    customers BIGINT NOT NULL,     -- they were taken from; 0: fixed by a person
    made_us BIGINT NOT NULL
);

-- Suspected brushing: what points to it. A person takes it back with a correction.
CREATE TABLE suspicion (
    feedback BIGINT NOT NULL,
    rule TEXT NOT NULL,            -- "burst", "copy", "early"
    workspace BIGINT NOT NULL,
    at_us BIGINT NOT NULL,
    other BIGINT,                  -- the feedback whose text it copies
    number BIGINT NOT NULL,        -- how many, hours too early …
    usual BIGINT NOT NULL,         -- against how many
    kind TEXT NOT NULL,            -- what bursts: "product", "device", "customer"
    PRIMARY KEY (feedback, rule)
);

-- Sketches of long texts seen: keyed hashes of bands, of the first of its kind only.
CREATE TABLE text_band (
    workspace BIGINT NOT NULL,
    band BIGINT NOT NULL,
    feedback BIGINT NOT NULL,
    PRIMARY KEY (workspace, band, feedback)
);
CREATE INDEX text_band_feedback ON text_band (feedback);

-- How much each product, device, customer gets, by the hour.
CREATE TABLE activity (
    workspace BIGINT NOT NULL,
    subject BIGINT NOT NULL,       -- keyed hash of kind and value
    hour BIGINT NOT NULL,          -- since 1970
    feedback BIGINT NOT NULL,
    PRIMARY KEY (workspace, subject, hour, feedback)
);
CREATE INDEX activity_feedback ON activity (feedback);

-- Certificates of erasure: what was removed, no word about whom.
CREATE TABLE erasure (
    id {id},
    workspace BIGINT NOT NULL,
    at_us BIGINT NOT NULL,
    customer BIGINT NOT NULL,
    certificate TEXT NOT NULL      -- JSON
);
CREATE INDEX erasure_workspace ON erasure (workspace, id);

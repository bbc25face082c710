-- SPDX-License-Identifier: Apache-2.0
-- What the row store needs for itself.

-- Node numbers that processes have had, for ids that are unique over all nodes: the least recently taken is given next.
CREATE TABLE node (
    node INTEGER PRIMARY KEY CHECK (node BETWEEN 0 AND 1023),
    taken_us BIGINT NOT NULL
);

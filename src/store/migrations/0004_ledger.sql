-- The ledger: every call with a customer key, one row, in the order in which they were committed. Ids have no gaps ($GIVEN_ID: a
-- 64-bit primary key that we number ourselves).
--
-- There is no index on the key: keys come at random, and such an index would cost more than the row. `previous_id` is
-- the key's event before this one, so that its activity is a walk along a chain; customer_key_totals knows the newest.

-- Actions, resources and user agents: each text once. Id 0, which is never given, stands for no text.
CREATE TABLE ledger_words (
  id $ID,
  word TEXT NOT NULL UNIQUE
);

-- `status` is the number of ledger::Status; `address` has 4 or 16 bytes; ids of 0 name nothing.
CREATE TABLE usage_events (
  id $GIVEN_ID,
  at BIGINT NOT NULL,
  customer_key_id BIGINT NOT NULL,
  previous_id BIGINT NOT NULL,
  action_id BIGINT NOT NULL,
  status BIGINT NOT NULL,
  http_status BIGINT NOT NULL,
  rental_account_id BIGINT NOT NULL,
  website_id BIGINT NOT NULL,
  resource_id BIGINT NOT NULL,
  address $BYTES NOT NULL,
  agent_id BIGINT NOT NULL,
  duration_micros BIGINT NOT NULL,
  units BIGINT NOT NULL
);

-- Closed blocks of events, each hash over the one before and the block's events.
CREATE TABLE ledger_blocks (
  id $ID,
  first_event_id BIGINT NOT NULL,
  last_event_id BIGINT NOT NULL,
  first_at BIGINT NOT NULL,
  last_at BIGINT NOT NULL,
  hash $BYTES NOT NULL
);

-- What reports read. `bucket` counts quarters of an hour since 1970 and is the beginning of an hour on the clocks of the
-- key's customer, so that days and months in that zone add up from whole buckets.
CREATE TABLE ledger_hours (
  bucket BIGINT NOT NULL,
  customer_key_id BIGINT NOT NULL,
  action_id BIGINT NOT NULL,
  status BIGINT NOT NULL,
  website_id BIGINT NOT NULL,
  events BIGINT NOT NULL,
  units BIGINT NOT NULL,
  duration_micros BIGINT NOT NULL,
  PRIMARY KEY (bucket, customer_key_id, action_id, status, website_id)
) $CLUSTERED;

CREATE TABLE customer_key_totals (
  customer_key_id $GIVEN_ID,
  admitted BIGINT NOT NULL,
  refused BIGINT NOT NULL,
  last_event_id BIGINT NOT NULL,
  last_at BIGINT NOT NULL
);

-- `rolled_up_to`: rollups and totals count the events up to this id. `kept_from`: raw events before it were dropped.
CREATE TABLE ledger_state (
  name TEXT NOT NULL PRIMARY KEY,
  value BIGINT NOT NULL
);

-- Who is told what has happened, every message once, and how each delivery went. `topics`: comma between; empty: all.
CREATE TABLE webhook_endpoints (
  id $ID,
  url TEXT NOT NULL,
  description TEXT NOT NULL,
  topics TEXT NOT NULL,
  sealed_secret $BYTES NOT NULL,
  disabled_at BIGINT,
  disabled_reason TEXT NOT NULL,
  failed_in_a_row BIGINT NOT NULL DEFAULT 0,
  last_delivered_at BIGINT,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL
);
CREATE TABLE webhook_messages (
  id $ID,
  message_id TEXT NOT NULL UNIQUE,
  topic TEXT NOT NULL,
  payload TEXT NOT NULL,
  created_at BIGINT NOT NULL
);
-- `state`: pending, delivered or failed. What is pending has a next attempt.
CREATE TABLE webhook_deliveries (
  id $ID,
  message_id BIGINT NOT NULL REFERENCES webhook_messages (id),
  endpoint_id BIGINT NOT NULL REFERENCES webhook_endpoints (id),
  state TEXT NOT NULL,
  attempts BIGINT NOT NULL,
  next_attempt_at BIGINT,
  last_status BIGINT,
  last_error TEXT NOT NULL,
  last_attempt_at BIGINT,
  delivered_at BIGINT,
  created_at BIGINT NOT NULL
);
CREATE INDEX webhook_deliveries_due ON webhook_deliveries (endpoint_id, next_attempt_at) WHERE next_attempt_at IS NOT NULL;
CREATE INDEX webhook_deliveries_endpoint ON webhook_deliveries (endpoint_id, id);
CREATE INDEX webhook_deliveries_message ON webhook_deliveries (message_id);

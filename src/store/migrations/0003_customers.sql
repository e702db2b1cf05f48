-- Customers and the keys that they are handed. A key's text is never stored: only its SHA-256.

-- `timezone`: empty is the installation's. `suspended_at`: all keys of the customer are refused from then on.
CREATE TABLE customers (
  id $ID,
  name TEXT NOT NULL,
  email TEXT NOT NULL,
  email_folded TEXT NOT NULL,
  notes TEXT NOT NULL,
  timezone TEXT NOT NULL,
  suspended_at BIGINT,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  UNIQUE (name, email_folded)
);

-- `allowed_ips` (CIDR) and `allowed_actions` are separated by blanks; empty allows all. `metadata` is a JSON object.
CREATE TABLE customer_keys (
  id $ID,
  customer_id BIGINT NOT NULL REFERENCES customers (id),
  name TEXT NOT NULL,
  hint TEXT NOT NULL,
  notes TEXT NOT NULL,
  allowed_ips TEXT NOT NULL,
  allowed_actions TEXT NOT NULL,
  metadata TEXT NOT NULL,
  expires_at BIGINT,
  revoked_at BIGINT,
  rotated_at BIGINT,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL
);
CREATE INDEX customer_keys_customer ON customer_keys (customer_id, id);

-- The digests under which a key is known: the newest, and those that a rotation lets live until `valid_until`.
CREATE TABLE customer_key_digests (
  digest $BYTES NOT NULL PRIMARY KEY,
  customer_key_id BIGINT NOT NULL REFERENCES customer_keys (id),
  valid_until BIGINT,
  created_at BIGINT NOT NULL
) $CLUSTERED;
CREATE INDEX customer_key_digests_key ON customer_key_digests (customer_key_id);

CREATE TABLE customer_key_limits (
  customer_key_id BIGINT NOT NULL REFERENCES customer_keys (id),
  metric TEXT NOT NULL,
  period TEXT NOT NULL,
  amount BIGINT NOT NULL,
  PRIMARY KEY (customer_key_id, metric, period)
) $CLUSTERED;

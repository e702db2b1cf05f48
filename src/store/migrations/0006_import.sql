-- What an import has taken of a customer key's history. `last_usage_id`: the newest line of the other program's api_usage,
-- so that importing again takes only what is new; `usage_taken`: how many of them were admitted calls. The other program
-- may have counted more calls than it has lines for: `requests_before` more belong to the key's total.
CREATE TABLE customer_key_imports (
  customer_key_id BIGINT NOT NULL PRIMARY KEY REFERENCES customer_keys (id),
  last_usage_id BIGINT NOT NULL,
  usage_taken BIGINT NOT NULL,
  requests_before BIGINT NOT NULL,
  last_used_at BIGINT
);

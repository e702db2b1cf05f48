-- Owner, sessions, tokens, audit, accounts and provider keys. Times are milliseconds UTC, days are days since 1970-01-01.
-- $ID is the engine's 64-bit primary key that numbers itself and never gives a number twice; $BYTES its type for bytes.

CREATE TABLE settings (
  name TEXT PRIMARY KEY,
  value TEXT NOT NULL
);

CREATE TABLE sessions (
  id $ID,
  token_digest TEXT NOT NULL UNIQUE,
  created_at BIGINT NOT NULL,
  last_seen_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL,
  address TEXT NOT NULL,
  user_agent TEXT NOT NULL
);

CREATE TABLE admin_tokens (
  id $ID,
  name TEXT NOT NULL,
  hint TEXT NOT NULL,
  token_digest TEXT NOT NULL UNIQUE,
  scopes TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  last_used_at BIGINT,
  revoked_at BIGINT
);

CREATE TABLE audit_log (
  id $ID,
  at BIGINT NOT NULL,
  actor_kind TEXT NOT NULL,
  actor_name TEXT NOT NULL,
  address TEXT NOT NULL,
  action TEXT NOT NULL,
  subject TEXT NOT NULL,
  details TEXT NOT NULL,
  hash TEXT NOT NULL
);

CREATE TABLE accounts (
  id $ID,
  email TEXT NOT NULL,
  email_folded TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL,
  organization_name TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL
);

CREATE TABLE provider_keys (
  id $ID,
  account_id BIGINT NOT NULL REFERENCES accounts (id),
  name TEXT NOT NULL,
  provider TEXT NOT NULL,
  key_type TEXT NOT NULL,
  base_url TEXT NOT NULL,
  masked_key TEXT NOT NULL,
  sealed_key $BYTES NOT NULL,
  fingerprint TEXT NOT NULL UNIQUE,
  admin_key_id BIGINT REFERENCES provider_keys (id),
  linked_by TEXT NOT NULL,
  remote_id TEXT NOT NULL,
  remote_project TEXT NOT NULL,
  status TEXT NOT NULL,
  notes TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL
);
CREATE INDEX provider_keys_account ON provider_keys (account_id);
CREATE INDEX provider_keys_admin ON provider_keys (admin_key_id);

CREATE TABLE key_tests (
  id $ID,
  provider_key_id BIGINT NOT NULL REFERENCES provider_keys (id),
  at BIGINT NOT NULL,
  verdict TEXT NOT NULL,
  code TEXT NOT NULL,
  provider_status BIGINT NOT NULL,
  provider_message TEXT NOT NULL,
  missing_scopes TEXT NOT NULL,
  facts TEXT NOT NULL
);
CREATE INDEX key_tests_key ON key_tests (provider_key_id, id);

CREATE TABLE sealed_settings (
  id $ID,
  name TEXT NOT NULL UNIQUE,
  sealed_value $BYTES NOT NULL
);

CREATE TABLE idempotency_keys (
  id $ID,
  scope TEXT NOT NULL,
  idempotency_key TEXT NOT NULL,
  body_digest TEXT NOT NULL,
  status BIGINT NOT NULL,
  sealed_answer $BYTES NOT NULL,
  created_at BIGINT NOT NULL,
  UNIQUE (scope, idempotency_key)
);
CREATE INDEX idempotency_keys_age ON idempotency_keys (created_at);

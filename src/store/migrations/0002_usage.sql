-- What the providers report: use by day and hour, billed cost by day, readings; its rollups; how far the sync has come;
-- budgets and prices. Days are days since 1970-01-01, hours are hours since then, money is nanos and attos.
--
-- Nothing here refers to provider_keys: a key that is deleted leaves its history behind.
-- $CLUSTERED keeps the rows of a table in the order of its primary key, where the engine can.

-- Models, datasets, service tiers, line items: each text once. Id 0, which is never given, stands for no text.
CREATE TABLE usage_words (
  id $ID,
  word TEXT NOT NULL UNIQUE
);

-- Where use comes from: an organization, or a single key where the provider tells nothing above it. The history belongs
-- to it and not to the key that reads it, so that a second key of one organization, or a new one in the place of a
-- deleted one, continues the history instead of counting it again.
CREATE TABLE usage_sources (
  id $ID,
  provider TEXT NOT NULL,
  identity TEXT NOT NULL,
  organization TEXT NOT NULL,
  reader_key_id BIGINT NOT NULL,
  reader_name TEXT NOT NULL,
  reader_mask TEXT NOT NULL,
  reader_is_admin BIGINT NOT NULL,
  account_id BIGINT NOT NULL,
  account_name TEXT NOT NULL,
  superseded_by BIGINT,
  created_at BIGINT NOT NULL,
  last_attempt_at BIGINT,
  last_success_at BIGINT,
  backfill_before BIGINT,
  backfill_empty BIGINT NOT NULL,
  backfill_done BIGINT NOT NULL,
  hourly_before BIGINT,
  hourly_done BIGINT NOT NULL,
  UNIQUE (provider, identity)
);

-- Which source each stored key reads. `denied_at`: when it last turned out that it may not read any.
CREATE TABLE usage_readers (
  provider_key_id BIGINT NOT NULL PRIMARY KEY,
  source_id BIGINT NOT NULL,
  duplicate BIGINT NOT NULL,
  denied_at BIGINT
);

CREATE TABLE usage_datasets (
  source_id BIGINT NOT NULL,
  width TEXT NOT NULL,
  dataset TEXT NOT NULL,
  first_success_at BIGINT NOT NULL,
  last_success_at BIGINT NOT NULL,
  PRIMARY KEY (source_id, width, dataset)
) $CLUSTERED;

-- What stands in the way, by key and stage of the sync; empty when all is well.
CREATE TABLE usage_findings (
  provider_key_id BIGINT NOT NULL,
  stage TEXT NOT NULL,
  code TEXT NOT NULL,
  provider_status BIGINT NOT NULL,
  provider_message TEXT NOT NULL,
  missing_scopes TEXT NOT NULL,
  since BIGINT NOT NULL,
  seen_at BIGINT NOT NULL,
  PRIMARY KEY (provider_key_id, stage, code)
) $CLUSTERED;

CREATE TABLE usage_projects (
  id $ID,
  source_id BIGINT NOT NULL,
  remote_id TEXT NOT NULL,
  name TEXT NOT NULL,
  status TEXT NOT NULL,
  UNIQUE (source_id, remote_id)
);

-- Keys as the provider names them. What we held for it was called `held_name` when we last saw it.
CREATE TABLE usage_keys (
  id $ID,
  source_id BIGINT NOT NULL,
  remote_id TEXT NOT NULL,
  name TEXT NOT NULL,
  redacted TEXT NOT NULL,
  project TEXT NOT NULL,
  status TEXT NOT NULL,
  held_key_id BIGINT,
  held_name TEXT NOT NULL,
  held_mask TEXT NOT NULL,
  account_id BIGINT,
  account_name TEXT NOT NULL,
  last_used_day BIGINT,
  UNIQUE (source_id, remote_id)
);

-- What a row of use or cost is about, once; the rows themselves only carry its number.
CREATE TABLE usage_series (
  id $ID,
  source_id BIGINT NOT NULL,
  dataset_id BIGINT NOT NULL,
  project_id BIGINT NOT NULL,
  key_id BIGINT NOT NULL,
  model_id BIGINT NOT NULL,
  tier_id BIGINT NOT NULL,
  UNIQUE (source_id, dataset_id, project_id, key_id, model_id, tier_id)
);

CREATE TABLE cost_series (
  id $ID,
  source_id BIGINT NOT NULL,
  dataset_id BIGINT NOT NULL,
  project_id BIGINT NOT NULL,
  key_id BIGINT NOT NULL,
  model_id BIGINT NOT NULL,
  line_item_id BIGINT NOT NULL,
  currency TEXT NOT NULL,
  UNIQUE (source_id, dataset_id, project_id, key_id, model_id, line_item_id, currency)
);

CREATE TABLE usage_days (
  bucket BIGINT NOT NULL,
  series_id BIGINT NOT NULL,
  requests BIGINT,
  input_tokens BIGINT NOT NULL,
  cached_tokens BIGINT NOT NULL,
  cache_write_tokens BIGINT NOT NULL,
  cache_write_1h_tokens BIGINT NOT NULL,
  output_tokens BIGINT NOT NULL,
  input_audio_tokens BIGINT NOT NULL,
  output_audio_tokens BIGINT NOT NULL,
  images BIGINT NOT NULL,
  characters BIGINT NOT NULL,
  seconds BIGINT NOT NULL,
  sessions BIGINT NOT NULL,
  searches BIGINT NOT NULL,
  bytes BIGINT NOT NULL,
  credits BIGINT NOT NULL,
  PRIMARY KEY (bucket, series_id)
) $CLUSTERED;

CREATE TABLE usage_hours (
  bucket BIGINT NOT NULL,
  series_id BIGINT NOT NULL,
  requests BIGINT,
  input_tokens BIGINT NOT NULL,
  cached_tokens BIGINT NOT NULL,
  cache_write_tokens BIGINT NOT NULL,
  cache_write_1h_tokens BIGINT NOT NULL,
  output_tokens BIGINT NOT NULL,
  input_audio_tokens BIGINT NOT NULL,
  output_audio_tokens BIGINT NOT NULL,
  images BIGINT NOT NULL,
  characters BIGINT NOT NULL,
  seconds BIGINT NOT NULL,
  sessions BIGINT NOT NULL,
  searches BIGINT NOT NULL,
  bytes BIGINT NOT NULL,
  credits BIGINT NOT NULL,
  PRIMARY KEY (bucket, series_id)
) $CLUSTERED;

CREATE TABLE cost_days (
  bucket BIGINT NOT NULL,
  series_id BIGINT NOT NULL,
  nanos BIGINT NOT NULL,
  attos BIGINT NOT NULL,
  PRIMARY KEY (bucket, series_id)
) $CLUSTERED;

-- Sums that reports read instead of the rows. `breakdown`: 0 total, 1 key, 2 model, 3 project (by day), 4 hour (by
-- hour). `item_id` is the key, model or project, 0 what names none. Every breakdown adds up to the same total.
CREATE TABLE usage_rollups (
  breakdown BIGINT NOT NULL,
  bucket BIGINT NOT NULL,
  source_id BIGINT NOT NULL,
  item_id BIGINT NOT NULL,
  requests BIGINT NOT NULL,
  requests_known BIGINT NOT NULL,
  requests_unknown BIGINT NOT NULL,
  input_tokens BIGINT NOT NULL,
  cached_tokens BIGINT NOT NULL,
  cache_write_tokens BIGINT NOT NULL,
  cache_write_1h_tokens BIGINT NOT NULL,
  output_tokens BIGINT NOT NULL,
  input_audio_tokens BIGINT NOT NULL,
  output_audio_tokens BIGINT NOT NULL,
  images BIGINT NOT NULL,
  characters BIGINT NOT NULL,
  seconds BIGINT NOT NULL,
  sessions BIGINT NOT NULL,
  searches BIGINT NOT NULL,
  bytes BIGINT NOT NULL,
  credits BIGINT NOT NULL,
  PRIMARY KEY (breakdown, bucket, source_id, item_id)
) $CLUSTERED;

-- `basis`: 0 billed, 1 estimated (tokens times list price, where nothing was billed), 2 list (for information, beside a
-- bill that names no key).
CREATE TABLE cost_rollups (
  breakdown BIGINT NOT NULL,
  bucket BIGINT NOT NULL,
  source_id BIGINT NOT NULL,
  item_id BIGINT NOT NULL,
  currency TEXT NOT NULL,
  basis BIGINT NOT NULL,
  nanos BIGINT NOT NULL,
  attos BIGINT NOT NULL,
  PRIMARY KEY (breakdown, bucket, source_id, item_id, currency, basis)
) $CLUSTERED;

-- Use that would have been estimated, had its model a price.
CREATE TABLE usage_unpriced (
  bucket BIGINT NOT NULL,
  source_id BIGINT NOT NULL,
  label_id BIGINT NOT NULL,
  requests BIGINT NOT NULL,
  requests_known BIGINT NOT NULL,
  input_tokens BIGINT NOT NULL,
  output_tokens BIGINT NOT NULL,
  PRIMARY KEY (bucket, source_id, label_id)
) $CLUSTERED;

-- Quotas and balances: the last reading of each day stays.
CREATE TABLE usage_readings (
  provider_key_id BIGINT NOT NULL,
  name TEXT NOT NULL,
  day BIGINT NOT NULL,
  unit TEXT NOT NULL,
  used BIGINT,
  limit_value BIGINT,
  remaining BIGINT,
  unlimited BIGINT NOT NULL,
  money_currency TEXT,
  money_remaining BIGINT,
  money_used BIGINT,
  resets_at BIGINT,
  taken_at BIGINT NOT NULL,
  PRIMARY KEY (provider_key_id, name, day)
) $CLUSTERED;

-- `target_id` is the account or key of the scope, 0 for all. Amounts are nanos a month.
CREATE TABLE budgets (
  id $ID,
  name TEXT NOT NULL,
  scope TEXT NOT NULL,
  target_id BIGINT NOT NULL,
  currency TEXT NOT NULL,
  amount_nanos BIGINT NOT NULL,
  webhook_url TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  UNIQUE (scope, target_id, currency)
);

-- One line per budget, month and level that was reached: told once, again and again until the receiver has it.
CREATE TABLE budget_notices (
  budget_id BIGINT NOT NULL REFERENCES budgets (id),
  month TEXT NOT NULL,
  level BIGINT NOT NULL,
  spent_nanos BIGINT NOT NULL,
  expected_nanos BIGINT NOT NULL,
  reached_at BIGINT NOT NULL,
  attempts BIGINT NOT NULL,
  next_attempt_at BIGINT,
  sent_at BIGINT,
  last_error TEXT NOT NULL,
  PRIMARY KEY (budget_id, month, level)
) $CLUSTERED;

-- Catalogues that were loaded in the place of the built-in one; the newest line counts. An empty document: back to it.
CREATE TABLE price_catalogues (
  id $ID,
  origin TEXT NOT NULL,
  version TEXT NOT NULL,
  document TEXT NOT NULL,
  loaded_at BIGINT NOT NULL,
  loaded_by TEXT NOT NULL
);

-- Long work that goes on after a restart: where it stands.
CREATE TABLE usage_jobs (
  name TEXT NOT NULL PRIMARY KEY,
  position BIGINT NOT NULL,
  detail TEXT NOT NULL
);

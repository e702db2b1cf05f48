-- Three years of use of 200 keys with 20 models each: rows by day and by hour (30 days), cost, and the sums that reports
-- read, as a sync would have left them. For ./dev bench; run with the server stopped, on a fresh database.
PRAGMA journal_mode = WAL;
PRAGMA synchronous = OFF;
PRAGMA temp_store = MEMORY;
BEGIN;
CREATE TEMP TABLE today AS SELECT CAST(strftime('%s', 'now') AS INTEGER) / 86400 AS day;
CREATE TEMP TABLE keys AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 200) SELECT i FROM n;
CREATE TEMP TABLE models AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20) SELECT i FROM n;
CREATE TEMP TABLE days AS
  WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 1097) SELECT day - i AS day FROM n, today;

INSERT INTO usage_sources (id, provider, identity, organization, reader_key_id, reader_name, reader_mask, reader_is_admin,
                           account_id, account_name, created_at, backfill_empty, backfill_done, hourly_done)
  VALUES (1, 'openai', 'org-bench', 'Bench', 1, 'bench', 'sk-admin-...abcd', 1, 1, 'Bench', 0, 0, 1, 1);
INSERT INTO usage_words (id, word) SELECT i, 'model-' || i FROM models;
INSERT INTO usage_words (id, word) VALUES (101, 'completions'), (102, 'costs'), (103, 'input_tokens');
INSERT INTO usage_keys (id, source_id, remote_id, name, redacted, project, status, held_name, held_mask, account_name)
  SELECT i, 1, 'key_' || i, 'key ' || i, 'sk-...' || i, 'proj_' || (i % 10), 'active', '', '', '' FROM keys;
INSERT INTO usage_projects (id, source_id, remote_id, name, status)
  SELECT DISTINCT i % 10 + 1, 1, 'proj_' || (i % 10), 'Project ' || (i % 10), 'active' FROM keys;
INSERT INTO usage_series (id, source_id, dataset_id, project_id, key_id, model_id, tier_id)
  SELECT k.i * 100 + m.i, 1, 101, k.i % 10 + 1, k.i, m.i, 0 FROM keys k, models m;
INSERT INTO cost_series (id, source_id, dataset_id, project_id, key_id, model_id, line_item_id, currency)
  SELECT k.i * 100 + m.i, 1, 102, k.i % 10 + 1, k.i, m.i, 103, 'USD' FROM keys k, models m;

INSERT INTO usage_days
  SELECT d.day, s.id, 5 + (d.day + s.id) % 40, 1000 + (d.day * 31 + s.id * 7) % 90000, 100, 0, 0, 300 + (d.day + s.id) % 9000,
         0, 0, 0, 0, 0, 0, 0, 0, 0
    FROM days d, usage_series s ORDER BY 1, 2;
INSERT INTO cost_days SELECT bucket, series_id, input_tokens * 2500 + output_tokens * 10000, series_id % 1000000000 FROM usage_days;

CREATE TEMP TABLE sums AS
  SELECT u.bucket, s.key_id, s.model_id, s.project_id, u.requests, u.input_tokens, u.cached_tokens, u.output_tokens, c.nanos, c.attos
    FROM usage_days u JOIN usage_series s ON s.id = u.series_id JOIN cost_days c ON c.bucket = u.bucket AND c.series_id = u.series_id;
INSERT INTO usage_rollups
  SELECT 0, bucket, 1, 0, sum(requests), count(*), 0, sum(input_tokens), sum(cached_tokens), 0, 0, sum(output_tokens), 0, 0, 0, 0, 0, 0, 0, 0, 0 FROM sums GROUP BY bucket
  UNION ALL SELECT 1, bucket, 1, key_id, sum(requests), count(*), 0, sum(input_tokens), sum(cached_tokens), 0, 0, sum(output_tokens), 0, 0, 0, 0, 0, 0, 0, 0, 0 FROM sums GROUP BY bucket, key_id
  UNION ALL SELECT 2, bucket, 1, model_id, sum(requests), count(*), 0, sum(input_tokens), sum(cached_tokens), 0, 0, sum(output_tokens), 0, 0, 0, 0, 0, 0, 0, 0, 0 FROM sums GROUP BY bucket, model_id
  UNION ALL SELECT 3, bucket, 1, project_id, sum(requests), count(*), 0, sum(input_tokens), sum(cached_tokens), 0, 0, sum(output_tokens), 0, 0, 0, 0, 0, 0, 0, 0, 0 FROM sums GROUP BY bucket, project_id;
INSERT INTO cost_rollups
  SELECT 0, bucket, 1, 0, 'USD', 0, sum(nanos), sum(attos) FROM sums GROUP BY bucket
  UNION ALL SELECT 1, bucket, 1, key_id, 'USD', 0, sum(nanos), sum(attos) FROM sums GROUP BY bucket, key_id
  UNION ALL SELECT 2, bucket, 1, model_id, 'USD', 0, sum(nanos), sum(attos) FROM sums GROUP BY bucket, model_id
  UNION ALL SELECT 3, bucket, 1, project_id, 'USD', 0, sum(nanos), sum(attos) FROM sums GROUP BY bucket, project_id;
COMMIT;
PRAGMA wal_checkpoint(TRUNCATE);
ANALYZE;

-- Calls of 1,000 customer keys over 90 days, as the ledger would have kept them: events, blocks, rollups and totals; the
-- hashes of the blocks alone are made up. One call in 50 rented one of 500 accounts of 5 websites. $EVENTS stands for how many. For ./dev
-- bench; run with the server stopped, on a fresh database. Each key's calls lie 1,000 events apart, so that a walk along its chain meets another page with every step.
PRAGMA journal_mode = WAL;
PRAGMA synchronous = OFF;
PRAGMA temp_store = MEMORY;
PRAGMA cache_size = -200000;
BEGIN;
CREATE TEMP TABLE size AS
  SELECT $EVENTS AS events, 1000 AS keys, CAST(strftime('%s', 'now') AS INTEGER) * 1000 AS now, 90 * 86400000 AS span;

INSERT INTO customers (id, name, email, email_folded, notes, timezone, created_at, updated_at)
  WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100)
  SELECT i, 'Customer ' || i, '', '', '', '', 0, 0 FROM n;
INSERT INTO customer_keys (id, customer_id, name, hint, notes, allowed_ips, allowed_actions, metadata, created_at, updated_at)
  WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n, size WHERE i < keys)
  SELECT i, i % 100 + 1, 'key ' || i, 'urt_0000...' || i, '', '', '', '', 0, 0 FROM n;
INSERT INTO ledger_words (id, word) VALUES (1, 'check'), (2, 'rent'), (3, 'return'), (4, 'list'), (5, 'bench/1.0');

INSERT INTO usage_events (id, at, customer_key_id, previous_id, action_id, status, http_status, rental_account_id, website_id,
                          resource_id, address, agent_id, duration_micros, units)
  WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n, size WHERE i < events)
  SELECT i, now - span + CAST(span * (i * 1.0 / events) AS INTEGER), i * 617 % keys + 1, CASE WHEN i > keys THEN i - keys ELSE 0 END,
         i % 7 % 4 + 1, CASE WHEN i % 50 = 0 THEN 1 WHEN i % 20 = 0 THEN 2 ELSE 0 END, 200, 0, i % 5 + 1, 0, x'c0000207', 5,
         300 + i % 900, 1
    FROM n, size;

INSERT INTO ledger_blocks (first_event_id, last_event_id, first_at, last_at, hash)
  SELECT MIN(id), MAX(id), MIN(at), MAX(at), randomblob(32) FROM usage_events GROUP BY (id - 1) / 1024 ORDER BY 1;
INSERT INTO ledger_hours (bucket, customer_key_id, action_id, status, website_id, events, units, duration_micros)
  SELECT at / 3600000 * 4, customer_key_id, action_id, status, website_id, COUNT(*), SUM(units), SUM(duration_micros)
    FROM usage_events GROUP BY 1, 2, 3, 4, 5;
INSERT INTO ledger_all_hours (bucket, action_id, status, website_id, events, units, duration_micros)
  SELECT bucket, action_id, status, website_id, SUM(events), SUM(units), SUM(duration_micros)
    FROM ledger_hours GROUP BY 1, 2, 3, 4;
INSERT INTO websites (id, name, name_folded, url, validity_hours, description, after_rental, rotation, rotation_url,
                      sealed_rotation_secret, created_at, updated_at)
  WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 5)
  SELECT i, 'site' || i, 'site' || i, '', 24, '', 'pool', 'by_hand', '', x'', 0, 0 FROM n;
INSERT INTO rental_accounts (id, website_id, username, email, sealed_password, status, exception_reason, notes, fencing,
                             rested_since, last_reset, rotation_attempts, rotation_error, created_at, updated_at)
  WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 500)
  SELECT i, i % 5 + 1, 'user' || i, '', x'', 'exception', 'bench', '', 0, 0, 0, 0, '', 0, 0 FROM n;
INSERT INTO rentals (rental_account_id, website_id, customer_key_id, customer_id, fencing, customer_info, rented_at,
                     expires_at, ended_at, ended_by)
  SELECT id * 7919 % 500 + 1, id * 7919 % 500 % 5 + 1, customer_key_id, customer_key_id % 100 + 1, 1, '', at, at + 86400000,
         at + 3600000, 'returned'
    FROM usage_events WHERE id % 50 = 7;
INSERT INTO customer_key_totals (customer_key_id, admitted, refused, last_event_id, last_at)
  SELECT customer_key_id, SUM(status < 2), SUM(status >= 2), MAX(id), MAX(at) FROM usage_events GROUP BY 1;
INSERT INTO ledger_days (day, customer_key_id, action_id, status, events, units)
  SELECT bucket / 96, customer_key_id, action_id, status, SUM(events), SUM(units) FROM ledger_hours GROUP BY 1, 2, 3, 4;
INSERT INTO ledger_state (name, value) SELECT 'rolled_up_to', events FROM size;
COMMIT;
PRAGMA wal_checkpoint(TRUNCATE);

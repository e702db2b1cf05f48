-- Calls of 1,000 customers in one month, as the ledger would have kept them, and what they have subscribed to: for ./dev bench
-- invoices; run with the server stopped, on a fresh database. One customer in three lives in UTC, one in Auckland, one in Los
-- Angeles, where whole hours begin together. Days are left to the program, which sums them up at the next start.
-- $EVENTS, $CUSTOMERS: how many; $FROM, $UNTIL: the month, in milliseconds; $FIRST_DAY: its first day, counted from 1970-01-01.
PRAGMA journal_mode = WAL;
PRAGMA synchronous = OFF;
PRAGMA temp_store = MEMORY;
PRAGMA cache_size = -200000;
BEGIN;
INSERT INTO customers (id, name, email, email_folded, notes, timezone, created_at, updated_at)
  WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < $CUSTOMERS)
  SELECT i, 'Customer ' || i, '', '', '', CASE i % 3 WHEN 0 THEN 'UTC' WHEN 1 THEN 'Pacific/Auckland' ELSE 'America/Los_Angeles' END, 0, 0
    FROM n;
INSERT INTO customer_keys (id, customer_id, name, hint, notes, allowed_ips, allowed_actions, metadata, created_at, updated_at)
  SELECT id, id, 'key ' || id, 'urt_0000...' || id, '', '', '', '', 0, 0 FROM customers;

-- A plan with odd micro-prices in three tiers, beside those that ship.
INSERT INTO plans (id, name, name_folded, description, created_at, updated_at) VALUES (6, 'Metered', 'metered', '', 0, 0);
INSERT INTO plan_versions (plan_id, version, name, currency, monthly_nanos, price_by_hand, trial_days, made_at)
  VALUES (6, 1, 'Metered', 'USD', 5000000000, 0, 0, 0);
INSERT INTO plan_charges (plan_id, version, metric, included) VALUES (6, 1, 'requests', 1000);
INSERT INTO plan_tiers (plan_id, version, metric, from_unit, up_to, unit_nanos)
  VALUES (6, 1, 'requests', 1, 3333, 1335077), (6, 1, 'requests', 3334, 6666, 905013), (6, 1, 'requests', 6667, NULL, 754001);
INSERT INTO subscriptions (id, customer_id, currency, anchor, applied_plan_id, applied_version, created_at, updated_at)
  SELECT id, id, 'USD', 1, 4 + id % 7 % 3, 1, 0, 0 FROM customers;
INSERT INTO subscription_changes (subscription_id, from_day, plan_id, version, made_at)
  SELECT id, $FIRST_DAY, applied_plan_id, 1, 0 FROM subscriptions;

INSERT INTO ledger_words (id, word) VALUES (1, 'check'), (2, 'rent'), (3, 'return'), (4, 'list'), (5, 'bench/1.0');
INSERT INTO usage_events (id, at, customer_key_id, previous_id, action_id, status, http_status, rental_account_id, website_id,
                          resource_id, address, agent_id, duration_micros, units)
  WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < $EVENTS)
  SELECT i, $FROM + CAST(($UNTIL - $FROM) * ((i - 1) * 1.0 / $EVENTS) AS INTEGER), i * 617 % $CUSTOMERS + 1,
         CASE WHEN i > $CUSTOMERS THEN i - $CUSTOMERS ELSE 0 END, i % 7 % 4 + 1,
         CASE WHEN i % 50 = 0 THEN 1 WHEN i % 20 = 0 THEN 2 ELSE 0 END, 200, 0, i % 5 + 1, 0, x'c0000207', 5, 300 + i % 900, 1 + i % 11 % 3
    FROM n;
INSERT INTO ledger_blocks (first_event_id, last_event_id, first_at, last_at, hash)
  SELECT MIN(id), MAX(id), MIN(at), MAX(at), randomblob(32) FROM usage_events GROUP BY (id - 1) / 1024 ORDER BY 1;
INSERT INTO ledger_hours (bucket, customer_key_id, action_id, status, website_id, events, units, duration_micros)
  SELECT at / 3600000 * 4, customer_key_id, action_id, status, website_id, COUNT(*), SUM(units), SUM(duration_micros)
    FROM usage_events GROUP BY 1, 2, 3, 4, 5;
INSERT INTO ledger_all_hours (bucket, action_id, status, website_id, events, units, duration_micros)
  SELECT bucket, action_id, status, website_id, SUM(events), SUM(units), SUM(duration_micros)
    FROM ledger_hours GROUP BY 1, 2, 3, 4;
INSERT INTO customer_key_totals (customer_key_id, admitted, refused, last_event_id, last_at)
  SELECT customer_key_id, SUM(status < 2), SUM(status >= 2), MAX(id), MAX(at) FROM usage_events GROUP BY 1;
INSERT INTO ledger_state (name, value) VALUES ('rolled_up_to', $EVENTS), ('days_to_fill', 1);
COMMIT;
PRAGMA wal_checkpoint(TRUNCATE);

-- The sums of ledger_hours over all keys: what reports about everybody read. The same write keeps both, and both count the
-- events up to `rolled_up_to`.
CREATE TABLE ledger_all_hours (
  bucket BIGINT NOT NULL,
  action_id BIGINT NOT NULL,
  status BIGINT NOT NULL,
  website_id BIGINT NOT NULL,
  events BIGINT NOT NULL,
  units BIGINT NOT NULL,
  duration_micros BIGINT NOT NULL,
  PRIMARY KEY (bucket, action_id, status, website_id)
) $CLUSTERED;

INSERT INTO ledger_all_hours (bucket, action_id, status, website_id, events, units, duration_micros)
  SELECT bucket, action_id, status, website_id, SUM(events), SUM(units), SUM(duration_micros)
    FROM ledger_hours GROUP BY bucket, action_id, status, website_id;

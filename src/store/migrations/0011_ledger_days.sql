-- What calls add up to by day on the clocks of the key's customer: what is billed, and what reports about single customers read. `day`
-- counts from 1970-01-01. Kept by the same write as ledger_hours, in the order of time, since a day's rows share their pages then.
CREATE TABLE ledger_days (
  day BIGINT NOT NULL,
  customer_key_id BIGINT NOT NULL,
  action_id BIGINT NOT NULL,
  status BIGINT NOT NULL,
  events BIGINT NOT NULL,
  units BIGINT NOT NULL,
  PRIMARY KEY (day, customer_key_id, action_id, status)
) $CLUSTERED;

-- What is there already is summed up from ledger_hours at the next start, since only the program knows the zones.
INSERT INTO ledger_state (name, value) SELECT 'days_to_fill', 1 WHERE EXISTS (SELECT 1 FROM ledger_hours);

-- What customers have agreed to pay. Money is integer nanos; days are days since 1970-01-01 on the clocks of the customer.

CREATE TABLE plans (
  id $ID,
  name TEXT NOT NULL,
  name_folded TEXT NOT NULL UNIQUE,
  description TEXT NOT NULL,
  archived_at BIGINT,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL
);

-- The terms of a plan from `made_at` on. Never changed: another version is added. `price_by_hand`: each subscription says its price.
CREATE TABLE plan_versions (
  plan_id BIGINT NOT NULL REFERENCES plans (id),
  version BIGINT NOT NULL,
  name TEXT NOT NULL,
  currency TEXT NOT NULL,
  monthly_nanos BIGINT NOT NULL,
  price_by_hand BIGINT NOT NULL,
  trial_days BIGINT NOT NULL,
  made_at BIGINT NOT NULL,
  PRIMARY KEY (plan_id, version)
) $CLUSTERED;
CREATE TABLE plan_charges (
  plan_id BIGINT NOT NULL REFERENCES plans (id),
  version BIGINT NOT NULL,
  metric TEXT NOT NULL,
  included BIGINT NOT NULL,
  PRIMARY KEY (plan_id, version, metric)
) $CLUSTERED;
CREATE TABLE plan_tiers (
  plan_id BIGINT NOT NULL REFERENCES plans (id),
  version BIGINT NOT NULL,
  metric TEXT NOT NULL,
  from_unit BIGINT NOT NULL,
  up_to BIGINT,
  unit_nanos BIGINT NOT NULL,
  PRIMARY KEY (plan_id, version, metric, from_unit)
) $CLUSTERED;
CREATE TABLE plan_limits (
  plan_id BIGINT NOT NULL REFERENCES plans (id),
  version BIGINT NOT NULL,
  metric TEXT NOT NULL,
  period TEXT NOT NULL,
  amount BIGINT NOT NULL,
  PRIMARY KEY (plan_id, version, metric, period)
) $CLUSTERED;

-- Examples, to be edited or archived. Limits are for each key.
INSERT INTO plans (id, name, name_folded, description, created_at, updated_at) VALUES
  (1, 'Basic', 'basic', '', 0, 0),
  (2, 'Pro', 'pro', '', 0, 0),
  (3, 'Enterprise', 'enterprise', 'No limits; the price is agreed with each customer.', 0, 0),
  (4, 'Pay per use', 'pay per use', '', 0, 0),
  (5, 'Subscription with overage', 'subscription with overage', '', 0, 0);
INSERT INTO plan_versions (plan_id, version, name, currency, monthly_nanos, price_by_hand, trial_days, made_at) VALUES
  (1, 1, 'Basic', 'USD', 10000000000, 0, 0, 0),
  (2, 1, 'Pro', 'USD', 30000000000, 0, 0, 0),
  (3, 1, 'Enterprise', 'USD', 0, 1, 0, 0),
  (4, 1, 'Pay per use', 'USD', 0, 0, 0, 0),
  (5, 1, 'Subscription with overage', 'USD', 20000000000, 0, 0, 0);
INSERT INTO plan_charges (plan_id, version, metric, included) VALUES (4, 1, 'rentals', 0), (5, 1, 'rentals', 10);
INSERT INTO plan_tiers (plan_id, version, metric, from_unit, up_to, unit_nanos) VALUES
  (4, 1, 'rentals', 1, NULL, 2000000000),
  (5, 1, 'rentals', 1, NULL, 1500000000);
INSERT INTO plan_limits (plan_id, version, metric, period, amount) VALUES
  (1, 1, 'requests', 'day', 100), (1, 1, 'rentals', 'day', 5),
  (2, 1, 'requests', 'day', 500), (2, 1, 'rentals', 'day', 20);

-- `anchor`: the day of the month on which periods begin. `ends`: the first day that is not subscribed. `applied_plan_id` and
-- `applied_version`: whose limits the keys have; 0: their own.
CREATE TABLE subscriptions (
  id $ID,
  customer_id BIGINT NOT NULL REFERENCES customers (id),
  currency TEXT NOT NULL,
  anchor BIGINT NOT NULL,
  trial_until BIGINT,
  ends BIGINT,
  applied_plan_id BIGINT NOT NULL,
  applied_version BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL
);
CREATE INDEX subscriptions_customer ON subscriptions (customer_id, id);

-- From `from_day` on the customer has this plan, agreed to in this `version`: later periods have the newest one that was made before
-- they began. `monthly_nanos`, where it is there, is the price agreed instead of the plan's.
CREATE TABLE subscription_changes (
  subscription_id BIGINT NOT NULL REFERENCES subscriptions (id),
  from_day BIGINT NOT NULL,
  plan_id BIGINT NOT NULL REFERENCES plans (id),
  version BIGINT NOT NULL,
  monthly_nanos BIGINT,
  made_at BIGINT NOT NULL,
  PRIMARY KEY (subscription_id, from_day)
) $CLUSTERED;

-- Websites, the shared accounts of each, and who rents them.

-- `after_rental`: pool, or needs_rotation; `rotation`: by_hand, webhook or command. The webhook's secret is sealed, and empty
-- where there is none. What is removed keeps its row, since rentals and events name it.
CREATE TABLE websites (
  id $ID,
  name TEXT NOT NULL,
  name_folded TEXT NOT NULL,
  url TEXT NOT NULL,
  validity_hours BIGINT NOT NULL,
  description TEXT NOT NULL,
  after_rental TEXT NOT NULL,
  rotation TEXT NOT NULL,
  rotation_url TEXT NOT NULL,
  sealed_rotation_secret $BYTES NOT NULL,
  removed_at BIGINT,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX websites_name ON websites (name_folded) WHERE removed_at IS NULL;

-- `fencing` grows with every rental of the account. `rested_since`: when it last became free.
CREATE TABLE rental_accounts (
  id $ID,
  website_id BIGINT NOT NULL REFERENCES websites (id),
  username TEXT NOT NULL,
  email TEXT NOT NULL,
  sealed_password $BYTES NOT NULL,
  status TEXT NOT NULL,
  exception_reason TEXT NOT NULL,
  notes TEXT NOT NULL,
  fencing BIGINT NOT NULL,
  rested_since BIGINT NOT NULL,
  last_reset BIGINT NOT NULL,
  rotation_attempts BIGINT NOT NULL,
  rotation_due_at BIGINT,
  rotation_error TEXT NOT NULL,
  removed_at BIGINT,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX rental_accounts_username ON rental_accounts (website_id, username) WHERE removed_at IS NULL;
CREATE INDEX rental_accounts_rested ON rental_accounts (website_id, status, rested_since, id);
CREATE INDEX rental_accounts_rotation ON rental_accounts (rotation_due_at) WHERE rotation_due_at IS NOT NULL;

CREATE TABLE rental_account_passwords (
  id $ID,
  rental_account_id BIGINT NOT NULL REFERENCES rental_accounts (id),
  sealed_password $BYTES NOT NULL,
  set_at BIGINT NOT NULL,
  set_by TEXT NOT NULL
);
CREATE INDEX rental_account_passwords_account ON rental_account_passwords (rental_account_id, id);

-- `ended_by`: returned, expired or taken_back; empty while open. `customer_info` is the JSON that the customer sent.
CREATE TABLE rentals (
  id $ID,
  rental_account_id BIGINT NOT NULL REFERENCES rental_accounts (id),
  website_id BIGINT NOT NULL REFERENCES websites (id),
  customer_key_id BIGINT NOT NULL REFERENCES customer_keys (id),
  customer_id BIGINT NOT NULL REFERENCES customers (id),
  fencing BIGINT NOT NULL,
  customer_info TEXT NOT NULL,
  rented_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL,
  ended_at BIGINT,
  ended_by TEXT NOT NULL
);
CREATE UNIQUE INDEX rentals_open ON rentals (rental_account_id) WHERE ended_at IS NULL;
CREATE INDEX rentals_due ON rentals (expires_at) WHERE ended_at IS NULL;
CREATE INDEX rentals_account ON rentals (rental_account_id, id);
CREATE INDEX rentals_key ON rentals (customer_key_id, rented_at);
CREATE INDEX rentals_customer ON rentals (customer_id, id);
CREATE INDEX rentals_time ON rentals (rented_at);

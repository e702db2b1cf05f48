-- What customers are billed. Money is integer nanos; days count from 1970-01-01 on the clocks of the customer.

-- What stands on a customer's invoices. `tax_rate` is in thousandths of a per cent. `arrears_since`: the customer was suspended for
-- overdue invoices then.
CREATE TABLE customer_billing (
  customer_id $GIVEN_ID REFERENCES customers (id),
  billing_name TEXT NOT NULL,
  address TEXT NOT NULL,
  tax_id TEXT NOT NULL,
  tax_rate BIGINT NOT NULL,
  tax_inclusive BIGINT NOT NULL,
  invoice_notes TEXT NOT NULL,
  arrears_since BIGINT,
  updated_at BIGINT NOT NULL
);

-- `state`: draft, final, paid or credited. A draft has no number and no lines: it is rated anew whenever it is looked at. What a final
-- invoice says stands here and in its lines and steps, and is never changed. `credited_nanos`: the sum of its credit notes.
CREATE TABLE invoices (
  id $ID,
  customer_id BIGINT NOT NULL REFERENCES customers (id),
  subscription_id BIGINT NOT NULL REFERENCES subscriptions (id),
  state TEXT NOT NULL,
  number TEXT UNIQUE,
  from_day BIGINT NOT NULL,
  until_day BIGINT NOT NULL,
  timezone TEXT NOT NULL,
  currency TEXT NOT NULL,
  net_nanos BIGINT NOT NULL,
  tax_nanos BIGINT NOT NULL,
  total_nanos BIGINT NOT NULL,
  credited_nanos BIGINT NOT NULL,
  tax_rate BIGINT NOT NULL,
  tax_inclusive BIGINT NOT NULL,
  customer_name TEXT NOT NULL,
  customer_address TEXT NOT NULL,
  customer_tax_id TEXT NOT NULL,
  seller_name TEXT NOT NULL,
  seller_address TEXT NOT NULL,
  seller_tax_id TEXT NOT NULL,
  notes TEXT NOT NULL,
  footer TEXT NOT NULL,
  finalised_at BIGINT,
  due_at BIGINT,
  paid_at BIGINT,
  paid_note TEXT NOT NULL,
  arrears_waived_at BIGINT,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX invoices_period ON invoices (subscription_id, from_day);
CREATE INDEX invoices_customer ON invoices (customer_id, id);
CREATE INDEX invoices_due ON invoices (due_at) WHERE state = 'final';
CREATE INDEX invoices_until ON invoices (until_day);

CREATE TABLE invoice_lines (
  invoice_id BIGINT NOT NULL REFERENCES invoices (id),
  position BIGINT NOT NULL,
  kind TEXT NOT NULL,
  plan_id BIGINT NOT NULL,
  plan_version BIGINT NOT NULL,
  plan_name TEXT NOT NULL,
  from_day BIGINT NOT NULL,
  until_day BIGINT NOT NULL,
  metric TEXT NOT NULL,
  quantity BIGINT NOT NULL,
  unpriced_quantity BIGINT NOT NULL,
  amount_nanos BIGINT NOT NULL,
  PRIMARY KEY (invoice_id, position)
) $CLUSTERED;
CREATE TABLE invoice_steps (
  invoice_id BIGINT NOT NULL REFERENCES invoices (id),
  position BIGINT NOT NULL,
  step BIGINT NOT NULL,
  kind TEXT NOT NULL,
  quantity BIGINT NOT NULL,
  of_days BIGINT NOT NULL,
  unit_nanos BIGINT NOT NULL,
  nanos BIGINT NOT NULL,
  PRIMARY KEY (invoice_id, position, step)
) $CLUSTERED;

-- How many units of a metric a final invoice counted for days of a plan: what comes in later is the difference to their sum.
CREATE TABLE invoice_units (
  subscription_id BIGINT NOT NULL REFERENCES subscriptions (id),
  from_day BIGINT NOT NULL,
  metric TEXT NOT NULL,
  invoice_id BIGINT NOT NULL REFERENCES invoices (id),
  until_day BIGINT NOT NULL,
  units BIGINT NOT NULL,
  PRIMARY KEY (subscription_id, from_day, metric, invoice_id)
) $CLUSTERED;

CREATE TABLE credit_notes (
  id $ID,
  invoice_id BIGINT NOT NULL REFERENCES invoices (id),
  number TEXT NOT NULL UNIQUE,
  reason TEXT NOT NULL,
  net_nanos BIGINT NOT NULL,
  tax_nanos BIGINT NOT NULL,
  total_nanos BIGINT NOT NULL,
  created_at BIGINT NOT NULL
);
CREATE INDEX credit_notes_invoice ON credit_notes (invoice_id, id);

-- The last number that was given out, by series (invoice, credit_note) and year.
CREATE TABLE document_numbers (
  series TEXT NOT NULL,
  year BIGINT NOT NULL,
  last BIGINT NOT NULL,
  PRIMARY KEY (series, year)
) $CLUSTERED;

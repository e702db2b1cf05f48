-- Sums are written in slices: while that goes on, events up to `rolling_up_to` of the keys up to `rolled_keys_up_to` are counted besides those
-- up to `rolled_up_to` (store/ledger/ledger_chain_store.h). A program that does not know these names would count them again, so it must not open
-- such a database.
INSERT INTO ledger_state (name, value) VALUES ('rolling_up_to', 0), ('rolled_keys_up_to', 0)
  ON CONFLICT (name) DO NOTHING;

-- Rentals that are over, packed by numbers of 1,024 ids for reports that read millions of them (store/rental_sheet.h). `last_at`: the latest
-- `rented_at` on it. A sheet that lacks an ended rental of its ids does not exist: it goes when a rental of its ids ends, and is packed anew.
CREATE TABLE rental_sheets (
  number BIGINT PRIMARY KEY,
  first_at BIGINT NOT NULL,
  last_at BIGINT NOT NULL,
  facts $BYTES NOT NULL
);
CREATE INDEX rental_sheets_time ON rental_sheets (last_at);

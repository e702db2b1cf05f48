#include "store/billing/customer_billing_store.h"

namespace keyledger::store {

BOOST_DESCRIBE_STRUCT(CustomerBillingStore::Row, (),
                      (customer_id, billing_name, address, tax_id, tax_rate, tax_inclusive, invoice_notes,
                       arrears_since, updated_at))
BOOST_DESCRIBE_STRUCT(CustomerBillingStore::Standing, (), (customer_id, suspended_at, arrears_since, overdue))

namespace {

struct BilledCustomer {
  CustomerId customer_id{};
  std::optional<Instant> now{}, suspended_at{};
};
BOOST_DESCRIBE_STRUCT(BilledCustomer, (), (customer_id, now, suspended_at))

struct DueBefore {
  std::optional<Instant> due_before{};
};
BOOST_DESCRIBE_STRUCT(DueBefore, (), (due_before))

Result<void> done(const Result<std::int64_t>& changed) {
  if (!changed) return std::unexpected(changed.error());
  return {};
}

}  // namespace

Result<CustomerBillingStore::Row> CustomerBillingStore::get(Transaction& transaction, CustomerId customer) {
  static const Query<Row> kGet{
      "SELECT customer_id, billing_name, address, tax_id, tax_rate, tax_inclusive, invoice_notes, arrears_since, "
      "updated_at FROM customer_billing WHERE customer_id = :customer_id"};
  Result<std::optional<Row>> row = transaction.one(kGet, BilledCustomer{customer});
  if (!row) return std::unexpected(row.error());
  if (!*row) return Row{.customer_id = customer};
  return std::move(**row);
}

Result<void> CustomerBillingStore::put(Transaction& transaction, const Row& row) {
  static const Query<void> kPut{R"sql(
    INSERT INTO customer_billing (customer_id, billing_name, address, tax_id, tax_rate, tax_inclusive, invoice_notes,
                                  arrears_since, updated_at)
    VALUES (:customer_id, :billing_name, :address, :tax_id, :tax_rate, :tax_inclusive, :invoice_notes,
            :arrears_since, :updated_at)
    ON CONFLICT (customer_id) DO UPDATE SET billing_name = excluded.billing_name, address = excluded.address,
            tax_id = excluded.tax_id, tax_rate = excluded.tax_rate, tax_inclusive = excluded.tax_inclusive,
            invoice_notes = excluded.invoice_notes, arrears_since = excluded.arrears_since,
            updated_at = excluded.updated_at)sql"};
  return done(transaction.change(kPut, row));
}

Result<std::int64_t> CustomerBillingStore::overdue_count(Transaction& transaction, CustomerId customer, Instant now) {
  static const Query<Single<std::int64_t>> kCount{
      "SELECT COUNT(*) FROM invoices WHERE customer_id = :customer_id AND state = 'final' AND due_at < :now"};
  const Result<std::optional<Single<std::int64_t>>> row = transaction.one(kCount, BilledCustomer{customer, now});
  if (!row) return std::unexpected(row.error());
  check_invariant(row->has_value(), "a count has one row");
  return (*row)->value;
}

Result<std::vector<CustomerBillingStore::Standing>> CustomerBillingStore::in_arrears(
    Transaction& transaction, std::optional<Instant> due_before) {
  static const Query<Standing> kStandings{R"sql(
    SELECT c.id, c.suspended_at, b.arrears_since,
           CASE WHEN EXISTS (SELECT 1 FROM invoices i
                              WHERE i.customer_id = c.id AND i.state = 'final' AND i.due_at < :due_before
                                AND i.arrears_waived_at IS NULL) THEN 1 ELSE 0 END
      FROM customers c LEFT JOIN customer_billing b ON b.customer_id = c.id
     WHERE c.id IN (SELECT customer_id FROM invoices
                     WHERE state = 'final' AND due_at < :due_before AND arrears_waived_at IS NULL
                    UNION SELECT customer_id FROM customer_billing WHERE arrears_since IS NOT NULL)
     ORDER BY c.id)sql"};
  return transaction.all(kStandings, DueBefore{due_before});
}

Result<void> CustomerBillingStore::waive(Transaction& transaction, CustomerId customer, Instant now) {
  static const Query<void> kWaive{
      "UPDATE invoices SET arrears_waived_at = :now WHERE customer_id = :customer_id AND state = 'final' "
      "AND due_at < :now AND arrears_waived_at IS NULL"};
  return done(transaction.change(kWaive, BilledCustomer{customer, now}));
}

Result<void> CustomerBillingStore::set_suspended(Transaction& transaction, CustomerId customer,
                                                 std::optional<Instant> suspended_at, Instant now) {
  static const Query<void> kSet{
      "UPDATE customers SET suspended_at = :suspended_at, updated_at = :now WHERE id = :customer_id"};
  return done(transaction.change(kSet, BilledCustomer{customer, now, suspended_at}));
}

}  // namespace keyledger::store

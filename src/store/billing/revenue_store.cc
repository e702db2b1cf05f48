#include "store/billing/revenue_store.h"

#include "domain/ledger/call.h"
#include "store/billing/days.h"
#include "store/billing/plan_store.h"
#include "store/customer_store.h"
#include "store/ledger/activity_store.h"

namespace keyledger::store {
namespace {

/// Lines of late usage are for days up to this long before the end of the period whose invoice has them: the 400 days
/// that are looked at again, and a period.
constexpr std::chrono::days kLateMax{432};

struct BilledIn {
  std::int64_t from = 0, until = 0;
  std::optional<CustomerId> customer{};
};
BOOST_DESCRIBE_STRUCT(BilledIn, (), (from, until, customer))

struct MaybeCustomer {
  std::optional<CustomerId> customer{};
};
BOOST_DESCRIBE_STRUCT(MaybeCustomer, (), (customer))

struct DraftRow {
  billing::SubscriptionId subscription_id{};
  Day from_day{};
};
BOOST_DESCRIBE_STRUCT(DraftRow, (), (subscription_id, from_day))

struct TaxRow {
  CustomerId customer_id{};
  std::int64_t tax_rate = 0;
};
BOOST_DESCRIBE_STRUCT(TaxRow, (), (customer_id, tax_rate))

struct NamedById {
  std::int64_t id = 0;
};
BOOST_DESCRIBE_STRUCT(NamedById, (), (id))

std::int64_t number_of(LocalDay day) {
  return day.time_since_epoch().count();
}

Currency currency_of(std::string_view text) {
  const Result<Currency> currency = Currency::parse(text);
  check_invariant(currency.has_value(), "a stored currency has three letters");
  return *currency;
}

using CallsById = absl::flat_hash_map<std::int64_t, RevenueStore::Calls>;

/// From those of keys to those of the customers who have them.
Result<CallsById> of_customers(Transaction& transaction, const CallsById& of_keys) {
  static const Query<Single<std::int64_t>> kOwner{"SELECT customer_id FROM customer_keys WHERE id = :id"};
  CallsById found;
  for (const auto& [key, of_key] : of_keys) {
    const Result<std::optional<Single<std::int64_t>>> owner = transaction.one(kOwner, NamedById{key});
    if (!owner) return std::unexpected(owner.error());
    if (!*owner) continue;
    RevenueStore::Calls& calls = found[(*owner)->value];
    calls.calls += of_key.calls;
    calls.refused += of_key.refused;
    calls.rentals += of_key.rentals;
  }
  return found;
}

}  // namespace

Result<void> RevenueStore::each_billed(Transaction& transaction, const billing::DaySpan& days,
                                       std::optional<CustomerId> customer,
                                       const std::function<void(const BilledLine&)>& sink) {
  static const std::string kLines{R"sql(
    SELECT i.id, i.customer_id, i.currency, i.net_nanos,
           CASE WHEN i.credited_nanos = 0 THEN 0
                ELSE (SELECT COALESCE(SUM(n.net_nanos), 0) FROM credit_notes n WHERE n.invoice_id = i.id) END,
           l.plan_id, l.until_day, l.amount_nanos
      FROM invoices i JOIN invoice_lines l ON l.invoice_id = i.id
     WHERE i.until_day > :from AND i.until_day <= :until AND i.state <> 'draft'
       AND (:customer IS NULL OR i.customer_id = :customer)
     ORDER BY i.until_day, i.id, l.position)sql"};
  const BilledIn asked{number_of(days.from), number_of(days.until + kLateMax), customer};
  // By the ten thousand, so without the detour over described members.
  const Result<std::int64_t> read =
      transaction.connection().execute(kLines, detail::to_parameters(asked), [&](const RowView& row) {
        sink({.invoice_id = billing::InvoiceId{row.integer(0)},
              .customer_id = CustomerId{row.integer(1)},
              .currency = currency_of(row.text(2)),
              .net_nanos = row.integer(3),
              .credited_net_nanos = row.integer(4),
              .plan_id = billing::PlanId{row.integer(5)},
              .last_day = LocalDay{std::chrono::days{row.integer(6) - 1}},
              .amount_nanos = row.integer(7)});
        return true;
      });
  if (!read) return std::unexpected(read.error());
  return {};
}

Result<std::vector<RevenueStore::Draft>> RevenueStore::drafts(Transaction& transaction,
                                                              std::optional<CustomerId> customer) {
  static const Query<DraftRow> kDrafts{
      "SELECT subscription_id, from_day FROM invoices WHERE state = 'draft' "
      "AND (:customer IS NULL OR customer_id = :customer) ORDER BY subscription_id, from_day"};
  const Result<std::vector<DraftRow>> rows = transaction.all(kDrafts, MaybeCustomer{customer});
  if (!rows) return std::unexpected(rows.error());
  std::vector<Draft> drafts;
  for (const DraftRow& row : *rows) drafts.push_back({row.subscription_id, to_local(row.from_day)});
  return drafts;
}

Result<RevenueStore::InclusiveTax> RevenueStore::inclusive_taxes(Transaction& transaction) {
  static const Query<TaxRow> kTaxes{"SELECT customer_id, tax_rate FROM customer_billing WHERE tax_inclusive <> 0"};
  const Result<std::vector<TaxRow>> rows = transaction.all(kTaxes);
  if (!rows) return std::unexpected(rows.error());
  InclusiveTax taxes;
  for (const TaxRow& row : *rows) taxes.emplace(row.customer_id.value, billing::TaxTerms{row.tax_rate, true});
  return taxes;
}

Result<absl::flat_hash_map<std::int64_t, RevenueStore::Calls>> RevenueStore::calls(Transaction& transaction,
                                                                                   const billing::DaySpan& days) {
  // Summed up here: to have it done by the database takes twice the time, though fewer rows leave it.
  static const std::string kDays{
      "SELECT customer_key_id, action_id, status, events FROM ledger_days WHERE day >= :from AND day < :until"};
  const Result<std::optional<std::int64_t>> rent = ActivityStore::word(transaction, "rent");
  if (!rent) return std::unexpected(rent.error());
  CallsById of_keys;
  const BilledIn asked{number_of(days.from), number_of(days.until), std::nullopt};
  const Result<std::int64_t> read =
      transaction.connection().execute(kDays, detail::to_parameters(asked), [&](const RowView& row) {
        const auto status = static_cast<ledger::Status>(row.integer(2));
        const std::int64_t events = row.integer(3);
        Calls& calls = of_keys[row.integer(0)];
        calls.calls += events;
        if (!ledger::admitted(status)) calls.refused += events;
        if (status == ledger::Status::success && row.integer(1) == *rent) calls.rentals += events;
        return true;
      });
  if (!read) return std::unexpected(read.error());
  return of_customers(transaction, of_keys);
}

Result<std::string> RevenueStore::customer_name(Transaction& transaction, CustomerId id) {
  static const Query<Single<std::string>> kName{"SELECT name FROM customers WHERE id = :id"};
  Result<std::optional<Single<std::string>>> row = transaction.one(kName, NamedById{id.value});
  if (!row) return std::unexpected(row.error());
  if (!*row) return unknown_customer(id);
  return std::move((*row)->value);
}

Result<std::string> RevenueStore::plan_name(Transaction& transaction, billing::PlanId id) {
  static const Query<Single<std::string>> kName{"SELECT name FROM plans WHERE id = :id"};
  Result<std::optional<Single<std::string>>> row = transaction.one(kName, NamedById{id.value});
  if (!row) return std::unexpected(row.error());
  if (!*row) return unknown_plan(id);
  return std::move((*row)->value);
}

}  // namespace keyledger::store

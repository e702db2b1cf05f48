#include "service/billing/customer_billing.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/fields.h"
#include "service/audit.h"
#include "service/customers/key_records.h"
#include "store/billing/customer_billing_store.h"
#include "store/customer_store.h"

namespace keyledger::service {
namespace {

using customers::Customer;
using store::CustomerBillingStore;
using store::CustomerStore;
using store::Transaction;
using Standing = CustomerBillingStore::Standing;

constexpr std::size_t kAddressMax = 1'000;
constexpr std::size_t kTaxIdMax = 100;
constexpr std::size_t kInvoiceNotesMax = 2'000;

const Actor kArrears{ActorKind::system, "arrears", ""};

Result<CustomerBilling> view_of(Transaction& transaction, CustomerId id, Instant now) {
  Result<Customer> customer = CustomerStore::get(transaction, id);
  if (!customer) return std::unexpected(customer.error());
  Result<CustomerBillingStore::Row> row = CustomerBillingStore::get(transaction, id);
  if (!row) return std::unexpected(row.error());
  const Result<std::int64_t> overdue = CustomerBillingStore::overdue_count(transaction, id, now);
  if (!overdue) return std::unexpected(overdue.error());
  std::string shown = row->billing_name.empty() ? std::move(customer->name) : row->billing_name;
  return CustomerBilling{.customer_id = id,
                         .billing_name = std::move(row->billing_name),
                         .party = {std::move(shown), std::move(row->address), std::move(row->tax_id)},
                         .tax = {row->tax_rate, row->tax_inclusive},
                         .invoice_notes = std::move(row->invoice_notes),
                         .arrears_since = row->arrears_since,
                         .overdue_count = *overdue};
}

/// The texts as they are to be stored, or what is wrong with them.
Result<CustomerBillingPatch> checked(CustomerBillingPatch patch) {
  const struct {
    std::optional<std::string> CustomerBillingPatch::*text;
    const char* field;
    std::size_t characters_max;
    Result<std::string> (*check)(std::string_view text, std::string_view field, std::size_t characters_max);
  } texts[] = {{&CustomerBillingPatch::billing_name, "billing_name", fields::kNameMax, &fields::check_line},
               {&CustomerBillingPatch::address, "address", kAddressMax, &fields::check_lines},
               {&CustomerBillingPatch::tax_id, "tax_id", kTaxIdMax, &fields::check_line},
               {&CustomerBillingPatch::invoice_notes, "invoice_notes", kInvoiceNotesMax, &fields::check_lines}};
  for (const auto& each : texts) {
    std::optional<std::string>& text = patch.*each.text;
    if (!text) continue;
    Result<std::string> fine = each.check(*text, each.field, each.characters_max);
    if (!fine) return std::unexpected(fine.error());
    text = std::move(*fine);
  }
  const std::int64_t rate = patch.tax_rate_milli_percent.value_or(0);
  if (rate < 0 || rate > billing::kTaxRateMax) {
    return fail(Code::invalid_argument, "A tax rate is from 0 to 100 per cent.", "out_of_range", "tax_rate");
  }
  return patch;
}

Result<CustomerBilling> change_billing(Transaction& transaction, const Actor& actor, CustomerId id,
                                       const CustomerBillingPatch& patch, Instant now) {
  const Result<Customer> customer = CustomerStore::get(transaction, id);
  if (!customer) return std::unexpected(customer.error());
  Result<CustomerBillingStore::Row> row = CustomerBillingStore::get(transaction, id);
  if (!row) return std::unexpected(row.error());
  row->billing_name = patch.billing_name.value_or(row->billing_name);
  row->address = patch.address.value_or(row->address);
  row->tax_id = patch.tax_id.value_or(row->tax_id);
  row->tax_rate = patch.tax_rate_milli_percent.value_or(row->tax_rate);
  row->tax_inclusive = patch.tax_inclusive.value_or(row->tax_inclusive);
  row->invoice_notes = patch.invoice_notes.value_or(row->invoice_notes);
  row->updated_at = now;
  Result<void> done = CustomerBillingStore::put(transaction, *row);
  if (done) {
    done = record_audit(transaction, now, actor, "customers.billing", subject(id),
                        {{"name", customer->name},
                         {"tax_rate", fmt::format("{}.{:03} %", row->tax_rate / 1'000, row->tax_rate % 1'000)},
                         {"tax_inclusive", row->tax_inclusive ? "yes" : "no"}});
  }
  if (!done) return std::unexpected(done.error());
  return view_of(transaction, id, now);
}

/// Suspends and lifts for overdue invoices, inside one transaction.
class ArrearsAct {
 public:
  ArrearsAct(Transaction* transaction, KeyTable* table, Instant now)
      : transaction_(*transaction), table_(table), now_(now) {}

  [[nodiscard]] Result<void> suspend(CustomerId id) const {
    const Result<void> done = set(id, now_, now_);
    return done ? record(kArrears, "customers.suspend_for_arrears", id) : done;
  }
  /// A suspension that somebody made by hand, before or since, stays.
  [[nodiscard]] Result<void> lift(const Actor& actor, const Standing& standing) const {
    const bool ours = standing.suspended_at == standing.arrears_since;
    const Result<void> done = set(standing.customer_id, ours ? std::nullopt : standing.suspended_at, std::nullopt);
    return done ? record(actor, "customers.lift_arrears", standing.customer_id) : done;
  }
  /// What is overdue now is no reason any more.
  [[nodiscard]] Result<void> waive(CustomerId id) const { return CustomerBillingStore::waive(transaction_, id, now_); }

 private:
  [[nodiscard]] Result<void> set(CustomerId id, std::optional<Instant> suspended_at,
                                 std::optional<Instant> arrears_since) const {
    Result<CustomerBillingStore::Row> row = CustomerBillingStore::get(transaction_, id);
    if (!row) return std::unexpected(row.error());
    row->arrears_since = arrears_since;
    row->updated_at = now_;
    Result<void> done = CustomerBillingStore::put(transaction_, *row);
    if (done) done = CustomerBillingStore::set_suspended(transaction_, id, suspended_at, now_);
    if (!done) return done;
    const Result<Customer> customer = CustomerStore::get(transaction_, id);
    if (!customer) return std::unexpected(customer.error());
    put_after_commit(transaction_, table_, *customer);
    return {};
  }
  [[nodiscard]] Result<void> record(const Actor& actor, std::string_view action, CustomerId id) const {
    const Result<Customer> customer = CustomerStore::get(transaction_, id);
    if (!customer) return std::unexpected(customer.error());
    return record_audit(transaction_, now_, actor, action, subject(id), {{"name", customer->name}});
  }

  Transaction& transaction_;
  KeyTable* table_;
  Instant now_;
};

enum class ArrearsStep { none, suspend, lift, lifted_by_hand };

ArrearsStep step_for(const Standing& standing) {
  const bool in_arrears = standing.arrears_since.has_value();
  if (in_arrears && !standing.suspended_at) return ArrearsStep::lifted_by_hand;
  if (in_arrears) return standing.overdue ? ArrearsStep::none : ArrearsStep::lift;
  return standing.suspended_at ? ArrearsStep::none : ArrearsStep::suspend;
}

Result<std::int64_t> apply_steps(Transaction& transaction, KeyTable* table, const std::vector<Standing>& standings,
                                 Instant now) {
  const ArrearsAct act(&transaction, table, now);
  std::int64_t changed = 0;
  for (const Standing& standing : standings) {
    Result<void> done{};
    switch (step_for(standing)) {
      case ArrearsStep::none: continue;
      case ArrearsStep::suspend: done = act.suspend(standing.customer_id); break;
      case ArrearsStep::lift: done = act.lift(kArrears, standing); break;
      case ArrearsStep::lifted_by_hand:  // counts as said to this service
        done = act.waive(standing.customer_id);
        if (done) done = act.lift(kArrears, standing);
        break;
    }
    if (!done) return std::unexpected(done.error());
    ++changed;
  }
  return changed;
}

/// Nothing: nobody is in arrears.
std::optional<Instant> due_before(std::int64_t days, Instant now) {
  return days > 0 ? std::optional{now - std::chrono::days{days}} : std::nullopt;
}

}  // namespace

runtime::Task<Result<CustomerBilling>> CustomerBillings::get(CustomerId customer) const {
  auto read = [customer, now = core_.clock->now()](Transaction& transaction) {
    return view_of(transaction, customer, now);
  };
  Result<CustomerBilling> view = co_await core_.store->readers().run<CustomerBilling>(std::move(read));
  co_return view;
}

runtime::Task<Result<CustomerBilling>> CustomerBillings::update(Actor actor, CustomerId customer,
                                                                CustomerBillingPatch patch) {
  Result<CustomerBillingPatch> fine = checked(std::move(patch));
  if (!fine) co_return std::unexpected(fine.error());
  auto mutation = [actor = std::move(actor), customer, patch = std::move(*fine), now = core_.clock->now()](
                      Transaction& transaction) { return change_billing(transaction, actor, customer, patch, now); };
  Result<CustomerBilling> changed = co_await core_.store->writer().run<CustomerBilling>(std::move(mutation));
  co_return changed;
}

/// Most minutes nobody changes: the writer is asked only when somebody does.
runtime::Task<Result<std::int64_t>> CustomerBillings::check_arrears(std::int64_t days) {
  const Instant now = core_.clock->now();
  auto read = [before = due_before(days, now)](Transaction& transaction) -> Result<bool> {
    const Result<std::vector<Standing>> standings = CustomerBillingStore::in_arrears(transaction, before);
    if (!standings) return std::unexpected(standings.error());
    return std::ranges::any_of(*standings, [](const Standing& each) { return step_for(each) != ArrearsStep::none; });
  };
  const Result<bool> due = co_await core_.store->readers().run<bool>(std::move(read));
  if (!due) co_return std::unexpected(due.error());
  if (!*due) co_return 0;
  auto mutation = [table = table_, before = due_before(days, now),
                   now](Transaction& transaction) -> Result<std::int64_t> {
    const Result<std::vector<Standing>> standings = CustomerBillingStore::in_arrears(transaction, before);
    if (!standings) return std::unexpected(standings.error());
    return apply_steps(transaction, table, *standings, now);
  };
  Result<std::int64_t> changed = co_await core_.store->writer().run<std::int64_t>(std::move(mutation));
  co_return changed;
}

runtime::Task<Result<CustomerBilling>> CustomerBillings::lift_arrears(Actor actor, CustomerId customer) {
  auto mutation = [table = table_, actor = std::move(actor), customer,
                   now = core_.clock->now()](Transaction& transaction) -> Result<CustomerBilling> {
    const Result<Customer> known = CustomerStore::get(transaction, customer);
    if (!known) return std::unexpected(known.error());
    const Result<CustomerBillingStore::Row> row = CustomerBillingStore::get(transaction, customer);
    if (!row) return std::unexpected(row.error());
    if (!row->arrears_since) {
      return fail(Code::conflict, fmt::format("{} is not suspended for overdue invoices.", known->name),
                  "not_in_arrears");
    }
    const ArrearsAct act(&transaction, table, now);
    Result<void> done = act.waive(customer);
    if (done) done = act.lift(actor, {customer, known->suspended_at, row->arrears_since, false});
    if (!done) return std::unexpected(done.error());
    return view_of(transaction, customer, now);
  };
  Result<CustomerBilling> lifted = co_await core_.store->writer().run<CustomerBilling>(std::move(mutation));
  co_return lifted;
}

}  // namespace keyledger::service

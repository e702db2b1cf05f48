#include "service/customers/customers.h"

#include <fmt/format.h>

#include "base/fields.h"
#include "domain/customers/rules.h"
#include "service/audit.h"
#include "service/customers/key_records.h"
#include "service/key_rules.h"
#include "service/top_places.h"
#include "store/billing/subscription_store.h"
#include "store/customer_store.h"
#include "store/ordered_ids.h"

namespace keyledger::service {
namespace {

using customers::Customer;
using store::CustomerStore;
using store::SubscriptionStore;
using store::Transaction;

constexpr CustomerKeyId kInstallation{};  // no key: its zone is the installation's

/// The fields as they are stored, or what is wrong with them.
Result<CustomerStore::Fields> check_customer(const NewCustomer& given) {
  Result<std::string> name = fields::check_name(given.name);
  if (!name) return std::unexpected(name.error());
  Result<std::string> email = customers::check_optional_email(given.email);
  if (!email) return std::unexpected(email.error());
  Result<std::string> notes = fields::check_notes(given.notes);
  if (!notes) return std::unexpected(notes.error());
  if (!given.timezone.empty()) {
    const Result<Zone> zone = Zone::find(given.timezone);
    if (!zone) return fail(zone.error().code, zone.error().message, zone.error().reason, "timezone");
  }
  std::string folded = fields::fold_email(*email);
  return CustomerStore::Fields{std::move(*name),  std::move(*email), std::move(folded),
                               std::move(*notes), given.timezone,    std::nullopt};
}

/// A customer who has no key yet has called nothing.
Result<CustomerView> insert_customer(Transaction& transaction, const Core& core, KeyTable* table, const Actor& actor,
                                     const CustomerStore::Fields& fields, const Once<CustomerView>& once) {
  const Instant now = core.clock->now();
  const Result<CustomerId> id = CustomerStore::insert(transaction, fields, now);
  if (!id) return std::unexpected(id.error());
  Result<void> done = record_audit(transaction, now, actor, "customers.create", subject(*id),
                                   {{"name", fields.name}, {"email", fields.email}});
  if (!done) return std::unexpected(done.error());
  const Result<Customer> customer = CustomerStore::get(transaction, *id);
  if (!customer) return std::unexpected(customer.error());
  CustomerView made{*customer};
  done = Idempotency::remember(transaction, core, once, made);
  if (!done) return std::unexpected(done.error());
  put_after_commit(transaction, table, *customer);
  return made;
}

std::optional<Instant> suspended_from(const Customer& old, std::optional<bool> wanted, Instant now) {
  if (!wanted) return old.suspended_at;
  return *wanted ? std::optional{old.suspended_at.value_or(now)} : std::nullopt;
}

Result<void> change_customer(Transaction& transaction, KeyTable* table, const Actor& actor, CustomerId id,
                             const CustomerPatch& patch, Instant now) {
  const Result<Customer> old = CustomerStore::get(transaction, id);
  if (!old) return std::unexpected(old.error());
  Result<CustomerStore::Fields> fields =
      check_customer({patch.name.value_or(old->name), patch.email.value_or(old->email),
                      patch.notes.value_or(old->notes), patch.timezone.value_or(old->timezone)});
  if (!fields) return std::unexpected(fields.error());
  fields->suspended_at = suspended_from(*old, patch.suspended, now);
  const Result<void> done = CustomerStore::update(transaction, id, *fields, now);
  if (!done) return done;
  const Result<Customer> customer = CustomerStore::get(transaction, id);
  if (!customer) return std::unexpected(customer.error());
  put_after_commit(transaction, table, *customer);
  return record_audit(
      transaction, now, actor, "customers.update", subject(id),
      {{"name", fields->name}, {"email", fields->email}, {"suspended", fields->suspended_at ? "yes" : "no"}});
}

Result<CustomerView> view_of(Transaction& transaction, CustomerId id, const RecentCalls::Sums& calls, Instant now) {
  const Result<CustomerStore::Shown> shown = CustomerStore::get_shown(transaction, id, now);
  if (!shown) return std::unexpected(shown.error());
  const CallCount count = calls.of(id);
  return CustomerView{*shown, shown->active_key_count, count.calls, count.refused, shown->last_used_at};
}

Result<std::vector<ListPlace>> by_calls(Transaction& transaction, const ListPage<customers::CustomerSort>& page,
                                        const std::string& like, const RecentCalls::Sums& calls) {
  TopPlaces top(page.descending, page.after, page.limit);
  const Result<void> offered = CustomerStore::each(transaction, like, [&](CustomerId id) {
    top.offer(id.value, calls.of(id).calls);
    return true;
  });
  if (!offered) return std::unexpected(offered.error());
  return top.take();
}

Result<Listed<CustomerView>> list_customers(Transaction& transaction, const CustomerQuery& query,
                                            const RecentCalls::Sums& calls, Instant now) {
  const std::string like = like_pattern(query.search);
  const bool in_memory = query.page.sort == customers::CustomerSort::calls;
  Result<std::vector<ListPlace>> places =
      in_memory ? by_calls(transaction, query.page, like, calls) : CustomerStore::page(transaction, query.page, like);
  if (!places) return std::unexpected(places.error());
  Listed<CustomerView> listed{.next = store::cut_page(*places, query.page.limit)};
  for (const ListPlace& place : *places) {
    Result<CustomerView> view = view_of(transaction, CustomerId{place.id}, calls, now);
    if (!view) return std::unexpected(view.error());
    listed.rows.push_back(std::move(*view));
  }
  if (!query.page.counted) return listed;
  const Result<std::int64_t> count = CustomerStore::count(transaction, like);
  if (!count) return std::unexpected(count.error());
  const Result<std::int64_t> all = CustomerStore::count(transaction, like_pattern(""));
  if (!all) return std::unexpected(all.error());
  listed.count = *count;
  listed.all_count = *all;
  return listed;
}

}  // namespace

/// Totals that could not be brought up to date are shown as they are: a full disk stops no reading.
runtime::Task<> Customers::settle() const {
  if (!settle_) co_return;
  [[maybe_unused]] const Result<void> settled = co_await settle_();
}

runtime::Task<Result<Listed<CustomerView>>> Customers::list(CustomerQuery query) const {
  co_await settle();
  auto read = [recent = &recent_, zone = table_->zone_of(kInstallation), query = std::move(query),
               now = core_.clock->now()](Transaction& transaction) -> Result<Listed<CustomerView>> {
    const Result<RecentCalls::Sums> calls = recent->read(transaction, zone, now);
    if (!calls) return std::unexpected(calls.error());
    return list_customers(transaction, query, *calls, now);
  };
  Result<Listed<CustomerView>> listed = co_await core_.store->readers().run<Listed<CustomerView>>(std::move(read));
  co_return listed;
}

runtime::Task<Result<CustomerView>> Customers::get(CustomerId id) const {
  co_await settle();
  auto read = [recent = &recent_, zone = table_->zone_of(kInstallation), id,
               now = core_.clock->now()](Transaction& transaction) -> Result<CustomerView> {
    const Result<RecentCalls::Sums> calls = recent->read(transaction, zone, now);
    if (!calls) return std::unexpected(calls.error());
    return view_of(transaction, id, *calls, now);
  };
  Result<CustomerView> customer = co_await core_.store->readers().run<CustomerView>(std::move(read));
  co_return customer;
}

runtime::Task<Result<CustomerView>> Customers::create(Actor actor, NewCustomer customer, Once<CustomerView> once) {
  Result<CustomerStore::Fields> fields = check_customer(customer);
  if (!fields) co_return std::unexpected(fields.error());
  auto insert = [core = core_, table = table_, actor = std::move(actor), fields = std::move(*fields),
                 once = std::move(once)](Transaction& transaction) {
    return insert_customer(transaction, core, table, actor, fields, once);
  };
  Result<CustomerView> made = co_await core_.store->writer().run<CustomerView>(std::move(insert));
  co_return made;
}

runtime::Task<Result<CustomerView>> Customers::update(Actor actor, CustomerId id, CustomerPatch patch) {
  auto change = [table = table_, actor = std::move(actor), id, patch = std::move(patch), now = core_.clock->now()](
                    Transaction& transaction) { return change_customer(transaction, table, actor, id, patch, now); };
  const Result<void> changed = co_await core_.store->writer().run<void>(std::move(change));
  if (!changed) co_return std::unexpected(changed.error());
  Result<CustomerView> customer = co_await get(id);
  co_return customer;
}

runtime::Task<Result<void>> Customers::remove(Actor actor, CustomerId id) {
  const Instant now = core_.clock->now();
  auto remove = [actor = std::move(actor), id, now](Transaction& transaction) -> Result<void> {
    const Result<Customer> customer = CustomerStore::get(transaction, id);
    if (!customer) return std::unexpected(customer.error());
    if (customer->key_count > 0) {
      return fail(Code::conflict,
                  fmt::format("The customer has {} key{}, whose history is kept. Suspend the customer, or revoke the "
                              "keys.",
                              customer->key_count, customer->key_count == 1 ? "" : "s"),
                  "customer_has_keys");
    }
    const Result<std::optional<SubscriptionStore::Row>> subscription = SubscriptionStore::newest_of(transaction, id);
    if (!subscription) return std::unexpected(subscription.error());
    if (*subscription) {
      return fail(Code::conflict,
                  "The customer was subscribed to a plan, and what was billed is kept. Suspend the customer.",
                  "customer_has_subscriptions");
    }
    const Result<void> done = CustomerStore::remove(transaction, id);
    if (!done) return done;
    return record_audit(transaction, now, actor, "customers.delete", subject(id), {{"name", customer->name}});
  };
  Result<void> removed = co_await core_.store->writer().run<void>(std::move(remove));
  co_return removed;
}

}  // namespace keyledger::service

#include "service/customers/customers.h"

#include <fmt/format.h>

#include "base/fields.h"
#include "domain/customers/rules.h"
#include "service/audit.h"
#include "service/customers/key_records.h"
#include "service/key_rules.h"
#include "store/customer_store.h"

namespace keyledger::service {
namespace {

using customers::Customer;
using store::CustomerStore;
using store::Transaction;

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

Result<Customer> insert_customer(Transaction& transaction, const Core& core, KeyTable* table, const Actor& actor,
                                 const CustomerStore::Fields& fields, const Once<Customer>& once) {
  const Instant now = core.clock->now();
  const Result<CustomerId> id = CustomerStore::insert(transaction, fields, now);
  if (!id) return std::unexpected(id.error());
  Result<void> done = record_audit(transaction, now, actor, "customers.create", subject(*id),
                                   {{"name", fields.name}, {"email", fields.email}});
  if (!done) return std::unexpected(done.error());
  Result<Customer> customer = CustomerStore::get(transaction, *id);
  if (!customer) return customer;
  done = Idempotency::remember(transaction, core, once, *customer);
  if (!done) return std::unexpected(done.error());
  put_after_commit(transaction, table, *customer);
  return customer;
}

std::optional<Instant> suspended_from(const Customer& old, std::optional<bool> wanted, Instant now) {
  if (!wanted) return old.suspended_at;
  return *wanted ? std::optional{old.suspended_at.value_or(now)} : std::nullopt;
}

}  // namespace

runtime::Task<Result<std::vector<Customer>>> Customers::list(CustomerQuery query) const {
  auto read = [after = query.after, limit = query.limit, like = like_pattern(query.search)](Transaction& transaction) {
    return CustomerStore::list(transaction, after, limit + 1, like);
  };
  Result<std::vector<Customer>> customers = co_await core_.store->readers().run<std::vector<Customer>>(std::move(read));
  co_return customers;
}

runtime::Task<Result<Customer>> Customers::get(CustomerId id) const {
  auto read = [id](Transaction& transaction) { return CustomerStore::get(transaction, id); };
  Result<Customer> customer = co_await core_.store->readers().run<Customer>(std::move(read));
  co_return customer;
}

runtime::Task<Result<Customer>> Customers::create(Actor actor, NewCustomer customer, Once<Customer> once) {
  Result<CustomerStore::Fields> fields = check_customer(customer);
  if (!fields) co_return std::unexpected(fields.error());
  auto insert = [core = core_, table = table_, actor = std::move(actor), fields = std::move(*fields),
                 once = std::move(once)](Transaction& transaction) {
    return insert_customer(transaction, core, table, actor, fields, once);
  };
  Result<Customer> made = co_await core_.store->writer().run<Customer>(std::move(insert));
  co_return made;
}

runtime::Task<Result<Customer>> Customers::update(Actor actor, CustomerId id, CustomerPatch patch) {
  const Instant now = core_.clock->now();
  auto change = [table = table_, actor = std::move(actor), id, patch = std::move(patch),
                 now](Transaction& transaction) -> Result<Customer> {
    const Result<Customer> old = CustomerStore::get(transaction, id);
    if (!old) return old;
    Result<CustomerStore::Fields> fields =
        check_customer({patch.name.value_or(old->name), patch.email.value_or(old->email),
                        patch.notes.value_or(old->notes), patch.timezone.value_or(old->timezone)});
    if (!fields) return std::unexpected(fields.error());
    fields->suspended_at = suspended_from(*old, patch.suspended, now);
    Result<void> done = CustomerStore::update(transaction, id, *fields, now);
    if (!done) return std::unexpected(done.error());
    done = record_audit(
        transaction, now, actor, "customers.update", subject(id),
        {{"name", fields->name}, {"email", fields->email}, {"suspended", fields->suspended_at ? "yes" : "no"}});
    if (!done) return std::unexpected(done.error());
    Result<Customer> customer = CustomerStore::get(transaction, id);
    if (customer) put_after_commit(transaction, table, *customer);
    return customer;
  };
  Result<Customer> customer = co_await core_.store->writer().run<Customer>(std::move(change));
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
    const Result<void> done = CustomerStore::remove(transaction, id);
    if (!done) return done;
    return record_audit(transaction, now, actor, "customers.delete", subject(id), {{"name", customer->name}});
  };
  Result<void> removed = co_await core_.store->writer().run<void>(std::move(remove));
  co_return removed;
}

}  // namespace keyledger::service

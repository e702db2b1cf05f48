#include "store/billing/subscription_store.h"

#include <fmt/format.h>

#include <algorithm>

#include "store/billing/days.h"
#include "store/billing/plan_store.h"

namespace keyledger::store {

using billing::PlanChange;
using billing::PlanId;
using billing::Subscription;
using billing::SubscriptionId;

BOOST_DESCRIBE_STRUCT(SubscriptionStore::Applied, (), (customer_id, plan_id, version))

namespace {

struct SubscriptionRow {
  SubscriptionId id{};
  CustomerId customer_id{};
  Currency currency{};
  std::int64_t anchor = 1;
  std::optional<Day> trial_until{}, ends{};
  PlanId applied_plan_id{};
  std::int64_t applied_version = 0;
  Instant created_at{}, updated_at{};
};
BOOST_DESCRIBE_STRUCT(SubscriptionRow, (),
                      (id, customer_id, currency, anchor, trial_until, ends, applied_plan_id, applied_version,
                       created_at, updated_at))

struct NamedRow : SubscriptionRow {
  std::string customer_name{}, timezone{};
};
BOOST_DESCRIBE_STRUCT(NamedRow, (SubscriptionRow), (customer_name, timezone))

struct ChangeRow {
  SubscriptionId id{};
  Day from_day{};
  PlanId plan_id{};
  std::int64_t version = 1;
  std::optional<std::int64_t> monthly_nanos{};
  Instant made_at{};
};
BOOST_DESCRIBE_STRUCT(ChangeRow, (), (id, from_day, plan_id, version, monthly_nanos, made_at))

struct SubscriptionPage {
  SubscriptionId after{};
  std::optional<CustomerId> customer_id{};
  std::optional<PlanId> plan_id{};
  std::int64_t limit = 0;
};
BOOST_DESCRIBE_STRUCT(SubscriptionPage, (), (after, customer_id, plan_id, limit))

struct OneSubscription {
  SubscriptionId id{};
};
BOOST_DESCRIBE_STRUCT(OneSubscription, (), (id))

struct OfCustomer {
  CustomerId customer_id{};
};
BOOST_DESCRIBE_STRUCT(OfCustomer, (), (customer_id))

struct AsOf {
  Day day{};
};
BOOST_DESCRIBE_STRUCT(AsOf, (), (day))

struct VersionAt {
  PlanId plan_id{};
  Instant at{};
};
BOOST_DESCRIBE_STRUCT(VersionAt, (), (plan_id, at))

SubscriptionRow to_row(const Subscription& from) {
  return {from.id,
          from.customer_id,
          from.currency,
          from.agreement.anchor,
          to_day(from.agreement.trial_until),
          to_day(from.agreement.ends),
          from.applied_plan_id,
          from.applied_version,
          from.created_at,
          from.updated_at};
}

Result<SubscriptionStore::Row> with_changes(Transaction& transaction, NamedRow&& row) {
  static const Query<ChangeRow> kChanges{
      "SELECT subscription_id, from_day, plan_id, version, monthly_nanos, made_at FROM subscription_changes "
      "WHERE subscription_id = :id ORDER BY from_day"};
  const Result<std::vector<ChangeRow>> changes = transaction.all(kChanges, OneSubscription{row.id});
  if (!changes) return std::unexpected(changes.error());
  Subscription subscription{.id = row.id,
                            .customer_id = row.customer_id,
                            .currency = row.currency,
                            .applied_plan_id = row.applied_plan_id,
                            .applied_version = row.applied_version,
                            .created_at = row.created_at,
                            .updated_at = row.updated_at};
  subscription.agreement.anchor = static_cast<int>(row.anchor);
  subscription.agreement.trial_until = to_local(row.trial_until);
  subscription.agreement.ends = to_local(row.ends);
  for (const ChangeRow& change : *changes) {
    subscription.agreement.changes.push_back(
        {to_local(change.from_day), change.plan_id, change.version, change.monthly_nanos});
  }
  return SubscriptionStore::Row{std::move(subscription), std::move(row.customer_name), std::move(row.timezone)};
}

Result<std::vector<SubscriptionStore::Row>> all_with_changes(Transaction& transaction,
                                                             Result<std::vector<NamedRow>> rows) {
  if (!rows) return std::unexpected(rows.error());
  std::vector<SubscriptionStore::Row> all;
  for (NamedRow& row : *rows) {
    Result<SubscriptionStore::Row> whole = with_changes(transaction, std::move(row));
    if (!whole) return std::unexpected(whole.error());
    all.push_back(std::move(*whole));
  }
  return all;
}

Result<void> write_changes(Transaction& transaction, const Subscription& subscription) {
  static const Query<void> kForget{"DELETE FROM subscription_changes WHERE subscription_id = :id"};
  static const Query<void> kInsert{
      "INSERT INTO subscription_changes (subscription_id, from_day, plan_id, version, monthly_nanos, made_at) "
      "VALUES (:id, :from_day, :plan_id, :version, :monthly_nanos, :made_at)"};
  Result<std::int64_t> done = transaction.change(kForget, OneSubscription{subscription.id});
  for (const PlanChange& change : subscription.agreement.changes) {
    if (!done) break;
    done = transaction.change(kInsert, ChangeRow{subscription.id, to_day(change.from), change.plan_id, change.version,
                                                 change.monthly_nanos, subscription.updated_at});
  }
  if (!done) return std::unexpected(done.error());
  return {};
}

#define KEYLEDGER_SUBSCRIPTION_ROW                                                               \
  "SELECT s.id, s.customer_id, s.currency, s.anchor, s.trial_until, s.ends, s.applied_plan_id, " \
  "s.applied_version, s.created_at, s.updated_at, c.name, c.timezone FROM subscriptions s "      \
  "JOIN customers c ON c.id = s.customer_id "

}  // namespace

std::unexpected<Error> unknown_subscription(SubscriptionId id) {
  return fail(Code::not_found, fmt::format("There is no subscription {}.", id.value), "unknown_subscription");
}

Result<std::vector<SubscriptionStore::Row>> SubscriptionStore::list(Transaction& transaction, const Filter& filter) {
  static const Query<NamedRow> kList{KEYLEDGER_SUBSCRIPTION_ROW
                                     "WHERE s.id > :after AND (:customer_id IS NULL OR s.customer_id = :customer_id) "
                                     "AND (:plan_id IS NULL OR s.applied_plan_id = :plan_id) "
                                     "ORDER BY s.id LIMIT :limit"};
  return all_with_changes(transaction, transaction.all(kList, SubscriptionPage{filter.after, filter.customer_id,
                                                                               filter.plan_id, filter.limit}));
}

Result<SubscriptionStore::Row> SubscriptionStore::get(Transaction& transaction, SubscriptionId id) {
  static const Query<NamedRow> kOne{KEYLEDGER_SUBSCRIPTION_ROW "WHERE s.id = :id"};
  Result<std::optional<NamedRow>> row = transaction.one(kOne, OneSubscription{id});
  if (!row) return std::unexpected(row.error());
  if (!*row) return unknown_subscription(id);
  return with_changes(transaction, std::move(**row));
}

Result<std::optional<SubscriptionStore::Row>> SubscriptionStore::newest_of(Transaction& transaction,
                                                                           CustomerId customer) {
  static const Query<NamedRow> kNewest{KEYLEDGER_SUBSCRIPTION_ROW
                                       "WHERE s.customer_id = :customer_id ORDER BY s.id DESC LIMIT 1"};
  Result<std::optional<NamedRow>> row = transaction.one(kNewest, OfCustomer{customer});
  if (!row) return std::unexpected(row.error());
  if (!*row) return std::nullopt;
  Result<Row> whole = with_changes(transaction, std::move(**row));
  if (!whole) return std::unexpected(whole.error());
  return std::optional{std::move(*whole)};
}

Result<std::vector<SubscriptionStore::Row>> SubscriptionStore::current(Transaction& transaction, LocalDay day) {
  static const Query<NamedRow> kCurrent{KEYLEDGER_SUBSCRIPTION_ROW
                                        "WHERE s.ends IS NULL OR s.ends >= :day OR s.applied_plan_id <> 0 "
                                        "ORDER BY s.id"};
  return all_with_changes(transaction, transaction.all(kCurrent, AsOf{to_day(day)}));
}

Result<std::vector<CustomerKeyId>> SubscriptionStore::keys_of(Transaction& transaction, CustomerId customer) {
  static const Query<Single<CustomerKeyId>> kKeys{
      "SELECT id FROM customer_keys WHERE customer_id = :customer_id ORDER BY id"};
  const Result<std::vector<Single<CustomerKeyId>>> rows = transaction.all(kKeys, OfCustomer{customer});
  if (!rows) return std::unexpected(rows.error());
  std::vector<CustomerKeyId> keys;
  for (const Single<CustomerKeyId>& row : *rows) keys.push_back(row.value);
  return keys;
}

Result<std::optional<std::vector<limits::Limit>>> SubscriptionStore::applied_limits(Transaction& transaction,
                                                                                    CustomerId customer) {
  static const Query<Applied> kOne{
      "SELECT customer_id, applied_plan_id, applied_version FROM subscriptions "
      "WHERE customer_id = :customer_id AND applied_plan_id <> 0 ORDER BY id DESC LIMIT 1"};
  const Result<std::optional<Applied>> applied = transaction.one(kOne, OfCustomer{customer});
  if (!applied) return std::unexpected(applied.error());
  if (!*applied) return std::nullopt;
  Result<billing::PlanVersion> plan = PlanStore::version(transaction, (*applied)->plan_id, (*applied)->version);
  if (!plan) return std::unexpected(plan.error());
  return std::optional{std::move(plan->terms.limits)};
}

Result<std::vector<SubscriptionStore::Applied>> SubscriptionStore::all_applied(Transaction& transaction) {
  static const Query<Applied> kAll{
      "SELECT customer_id, applied_plan_id, applied_version FROM subscriptions WHERE applied_plan_id <> 0 ORDER BY id"};
  return transaction.all(kAll);
}

Result<std::int64_t> SubscriptionStore::version_in_force(Transaction& transaction, const PlanChange& change,
                                                         Instant at) {
  static const Query<Single<std::int64_t>> kNewest{
      "SELECT COALESCE(MAX(version), 1) FROM plan_versions WHERE plan_id = :plan_id AND made_at <= :at"};
  const Result<std::optional<Single<std::int64_t>>> row = transaction.one(kNewest, VersionAt{change.plan_id, at});
  if (!row) return std::unexpected(row.error());
  check_invariant(row->has_value(), "a maximum has one row");
  return std::max((*row)->value, change.version);
}

Result<SubscriptionId> SubscriptionStore::insert(Transaction& transaction, const Subscription& subscription) {
  static const Query<Single<SubscriptionId>> kInsert{
      "INSERT INTO subscriptions (customer_id, currency, anchor, trial_until, ends, applied_plan_id, "
      "applied_version, created_at, updated_at) VALUES (:customer_id, :currency, :anchor, :trial_until, :ends, "
      ":applied_plan_id, :applied_version, :created_at, :updated_at) RETURNING id"};
  const Result<std::optional<Single<SubscriptionId>>> row = transaction.one(kInsert, to_row(subscription));
  if (!row) return std::unexpected(row.error());
  check_invariant(row->has_value(), "an insert returns its id");
  Subscription made = subscription;
  made.id = (*row)->value;
  const Result<void> written = write_changes(transaction, made);
  if (!written) return std::unexpected(written.error());
  return made.id;
}

Result<void> SubscriptionStore::update(Transaction& transaction, const Subscription& subscription) {
  static const Query<void> kUpdate{
      "UPDATE subscriptions SET currency = :currency, anchor = :anchor, trial_until = :trial_until, ends = :ends, "
      "applied_plan_id = :applied_plan_id, applied_version = :applied_version, "
      "updated_at = :updated_at WHERE id = :id"};
  const Result<std::int64_t> changed = transaction.change(kUpdate, to_row(subscription));
  if (!changed) return std::unexpected(changed.error());
  if (*changed == 0) return unknown_subscription(subscription.id);
  return write_changes(transaction, subscription);
}

}  // namespace keyledger::store

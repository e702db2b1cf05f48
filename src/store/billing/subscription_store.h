// store/billing/subscription_store.h: which customer has which plan, from when to when.
#pragma once

#include "domain/billing/records.h"
#include "store/database.h"

namespace keyledger::store {

/// Every function runs inside the caller's transaction. Days are those of the customer.
class SubscriptionStore {
 public:
  struct Row {
    billing::Subscription subscription{};
    std::string customer_name{};
    std::string timezone{};  // the customer's; empty: the installation's
  };
  struct Filter {
    billing::SubscriptionId after{};
    std::optional<CustomerId> customer_id{};
    std::optional<billing::PlanId> plan_id{};  // that is applied now
    std::int64_t limit = 0;
  };
  [[nodiscard]] static Result<std::vector<Row>> list(Transaction& transaction, const Filter& filter);
  /// Errors: not_found, reason unknown_subscription.
  [[nodiscard]] static Result<Row> get(Transaction& transaction, billing::SubscriptionId id);
  /// The newest of the customer, ended or not.
  [[nodiscard]] static Result<std::optional<Row>> newest_of(Transaction& transaction, CustomerId customer);
  /// Those that have not ended before `day`, or whose plan's limits still stand with the keys.
  [[nodiscard]] static Result<std::vector<Row>> current(Transaction& transaction, LocalDay day);

  /// The keys of a customer, which follow the plan's limits.
  [[nodiscard]] static Result<std::vector<CustomerKeyId>> keys_of(Transaction& transaction, CustomerId customer);
  /// The limits of the plan that a customer's keys have now; nothing where they have their own.
  [[nodiscard]] static Result<std::optional<std::vector<limits::Limit>>> applied_limits(Transaction& transaction,
                                                                                        CustomerId customer);
  /// All customers whose keys have a plan's limits. For the start.
  struct Applied {
    CustomerId customer_id{};
    billing::PlanId plan_id{};
    std::int64_t version = 0;
  };
  [[nodiscard]] static Result<std::vector<Applied>> all_applied(Transaction& transaction);
  /// The newest version of a plan that was made by `at`, but none older than `change` agreed to.
  [[nodiscard]] static Result<std::int64_t> version_in_force(Transaction& transaction,
                                                             const billing::PlanChange& change, Instant at);

  [[nodiscard]] static Result<billing::SubscriptionId> insert(Transaction& transaction,
                                                              const billing::Subscription& subscription);
  /// Everything but the customer; its changes are replaced.
  [[nodiscard]] static Result<void> update(Transaction& transaction, const billing::Subscription& subscription);
};

[[nodiscard]] std::unexpected<Error> unknown_subscription(billing::SubscriptionId id);

}  // namespace keyledger::store

// service/customers/customer_keys.h: issues keys to customers, changes, rotates and revokes them.
#pragma once

#include <chrono>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "base/listing.h"
#include "base/secret.h"
#include "domain/billing/rating.h"
#include "domain/customers/orders.h"
#include "domain/customers/records.h"
#include "domain/limits/limit.h"
#include "service/actor.h"
#include "service/admission/key_table.h"
#include "service/core.h"
#include "service/once.h"

namespace keyledger::service {

/// A key as the API shows it.
struct CustomerKeyView {
  CustomerKeyId id{};
  CustomerId customer_id{};
  std::string customer_name{}, customer_email{};
  std::string name{}, hint{};
  customers::KeyStatus status = customers::KeyStatus::active;
  bool customer_suspended = false;  // every key of the customer is refused
  std::int64_t rate_limit = 0;      // requests a day; 0: unlimited
  std::vector<limits::Limit> limits{};
  std::vector<limits::LimitStanding> standings{};
  std::int64_t used_today = 0;                                   // admitted calls, on the customer's clocks
  std::optional<std::int64_t> limit_today{}, remaining_today{};  // nothing: no limit
  std::vector<std::string> allowed_ips{}, allowed_actions{};
  std::string metadata{};  // a JSON object or empty; written as JSON
  std::string notes{};
  std::int64_t total_requests = 0;  // admitted calls, ever
  std::optional<Instant> last_used_at{}, expires_at{}, revoked_at{}, rotated_at{};
  std::optional<Instant> previous_valid_until{};  // while the text before a rotation still works
  Instant created_at{}, updated_at{};
  std::optional<billing::PlanId> plan_id{};  // whose limits it has, while the customer is subscribed
  std::optional<std::string> plan_name{};
};
// Without metadata, which is text here and JSON in an answer.
BOOST_DESCRIBE_STRUCT(CustomerKeyView, (),
                      (id, customer_id, customer_name, customer_email, name, hint, status, customer_suspended,
                       rate_limit, limits, standings, used_today, limit_today, remaining_today, allowed_ips,
                       allowed_actions, notes, total_requests, last_used_at, expires_at, revoked_at, rotated_at,
                       previous_valid_until, created_at, updated_at, plan_id, plan_name))

struct NewCustomerKey {
  std::string name{}, email{};  // e-mail of the customer, where customer_id is not given
  std::optional<CustomerId> customer_id{};
  std::optional<billing::PlanId> plan_id{};  // that the customer is subscribed to, unless they have it already
  std::optional<std::int64_t> rate_limit{};  // default 100
  std::vector<limits::Limit> limits{};
  std::optional<Instant> expires_at{};
  std::vector<std::string> allowed_ips{}, allowed_actions{};
  std::string notes{}, metadata{};
};

/// Absent members stay as they are; an inner nothing takes away.
struct CustomerKeyPatch {
  std::optional<std::string> name{}, notes{}, metadata{};
  std::optional<std::int64_t> rate_limit{};
  std::optional<std::vector<limits::Limit>> limits{};
  std::optional<std::optional<Instant>> expires_at{};
  std::optional<std::vector<std::string>> allowed_ips{}, allowed_actions{};
};

struct IssuedKey {
  CustomerKeyView info{};
  Secret key{};         // shown this once
  std::string message;  // ready to send to the customer; holds the key: as secret as the key itself
};

struct CustomerKeyQuery {
  ListPage<customers::CustomerKeySort> page{};
  std::optional<CustomerId> customer_id{};
  std::optional<customers::KeyStatus> status{};
  std::string search{};  // in name, hint, notes, customer's name and e-mail
};

/// What the message to the customer needs beside the key.
struct IssueSettings {
  std::string prefix = "urt_";
  std::string base_url{};  // where customers reach this installation; "http://127.0.0.1:5000" by default
};

/// What the ledger does for this service. Empty: nothing, as in tests without a ledger.
struct LedgerHooks {
  std::function<runtime::Task<Result<void>>()> settle{};                       // brings the totals up to the last call
  std::function<runtime::Task<Result<void>>(CustomerKeyId)> refresh_counts{};  // what new limits saw before
  /// Subscribes the customer of a new key, inside its transaction (Subscriptions::ensure).
  std::function<Result<void>(store::Transaction&, const Actor&, CustomerId, billing::PlanId)> subscribe{};
};

class WebhookQueue;

class CustomerKeys {
 public:
  CustomerKeys(Core core, KeyTable* table, IssueSettings settings, LedgerHooks hooks = {},
               const WebhookQueue* webhooks = nullptr);

  /// Where customers reach this installation, once the server knows its port. Thread-safe.
  void set_base_url(std::string base_url);
  /// What the keys begin with that are made from now on. Thread-safe.
  void set_prefix(std::string prefix);

  [[nodiscard]] runtime::Task<Result<Listed<CustomerKeyView>>> list(CustomerKeyQuery query) const;
  /// Errors: not_found, reason unknown_customer_key.
  [[nodiscard]] runtime::Task<Result<CustomerKeyView>> get(CustomerKeyId id) const;
  /// Errors: invalid_argument for each field that is wrong (missing_name, malformed_email, out_of_range,
  /// malformed_cidr,
  ///         malformed_action, expires_in_past, duplicate_limit, contradicting_limits, other_email, ...); not_found,
  ///         unknown_customer; of `plan_id` those of Subscriptions::ensure.
  [[nodiscard]] runtime::Task<Result<IssuedKey>> create(Actor actor, NewCustomerKey key, Once<IssuedKey> once);
  /// Takes effect on the next request. Errors: as create; conflict, reason already_revoked.
  [[nodiscard]] runtime::Task<Result<CustomerKeyView>> update(Actor actor, CustomerKeyId id, CustomerKeyPatch patch);
  /// Works on the next request. Revoking twice is no error and keeps the first time.
  [[nodiscard]] runtime::Task<Result<CustomerKeyView>> revoke(Actor actor, CustomerKeyId id);
  /// A new text for the same key: name, limits and history stay. The text so far works for `grace` longer.
  /// Errors: invalid_argument, out_of_range (grace over 30 days); conflict, already_revoked or already_expired.
  [[nodiscard]] runtime::Task<Result<IssuedKey>> rotate(Actor actor, CustomerKeyId id, std::chrono::seconds grace,
                                                        Once<IssuedKey> once);

  /// Texts that a rotation retired answer key_expired for kRetiredKept, at most kDigestsMax of them; then they are
  /// forgotten. Answers of how many keys some were.
  static constexpr std::chrono::days kRetiredKept{90};
  static constexpr std::size_t kDigestsMax = 16;
  [[nodiscard]] runtime::Task<Result<std::int64_t>> forget_retired();

 private:
  [[nodiscard]] runtime::Task<> settle() const;
  [[nodiscard]] runtime::Task<> count_new_limits(CustomerId customer) const;
  [[nodiscard]] IssueSettings settings() const;

  Core core_;
  KeyTable* table_;
  mutable std::mutex mutex_{};  // of the settings
  IssueSettings settings_;
  LedgerHooks hooks_;
  const WebhookQueue* webhooks_;
};

}  // namespace keyledger::service

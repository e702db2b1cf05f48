// store/customer_key_store.h: the keys that customers hold, the digests that they are known by, and their limits.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "crypto/hash.h"
#include "domain/billing/rating.h"
#include "domain/customers/records.h"
#include "domain/limits/limit.h"
#include "store/database.h"

namespace keyledger::store {

/// Every function runs inside the caller's transaction.
class CustomerKeyStore {
 public:
  /// A key with what stands in other tables. `total_requests` and `last_used_at` run behind the ledger a little.
  struct Entry {
    customers::CustomerKey key{};
    std::string customer_name{}, customer_email{};
    std::vector<limits::Limit> limits{};
    std::int64_t total_requests = 0;  // admitted calls, ever
    std::optional<Instant> last_used_at{};
    std::optional<Instant> previous_valid_until{};  // the last time at which a text before a rotation works
    bool customer_suspended = false;
    std::optional<billing::PlanId> plan_id{};  // of the customer's subscription, whose limits the key has now
    std::optional<std::string> plan_name{};
  };
  struct Digest {
    crypto::Digest digest{};
    std::optional<Instant> valid_until{};  // nothing: the newest text
  };

  /// Errors: those of the database; the caller has made sure of the customer.
  [[nodiscard]] static Result<CustomerKeyId> insert(Transaction& transaction, const customers::CustomerKey& key);
  /// Writes name, hint, notes, what is allowed, metadata and times. Errors: not_found, reason unknown_customer_key.
  [[nodiscard]] static Result<void> update(Transaction& transaction, const customers::CustomerKey& key);
  /// Errors: not_found, reason unknown_customer_key.
  [[nodiscard]] static Result<Entry> get(Transaction& transaction, CustomerKeyId id, Instant now);

  /// The limits in the order of metrics and windows.
  [[nodiscard]] static Result<std::vector<limits::Limit>> limits_of(Transaction& transaction, CustomerKeyId id);
  [[nodiscard]] static Result<void> replace_limits(Transaction& transaction, CustomerKeyId id,
                                                   const std::vector<limits::Limit>& limits);

  /// Oldest first.
  [[nodiscard]] static Result<std::vector<Digest>> digests_of(Transaction& transaction, CustomerKeyId id);
  [[nodiscard]] static Result<void> add_digest(Transaction& transaction, CustomerKeyId id, const crypto::Digest& digest,
                                               Instant now);
  [[nodiscard]] static Result<void> set_valid_until(Transaction& transaction, const crypto::Digest& digest,
                                                    Instant valid_until);
  [[nodiscard]] static Result<void> remove_digest(Transaction& transaction, const crypto::Digest& digest);
  /// Forgets digests whose time was over before `instant`. Answers whose they were, each once.
  [[nodiscard]] static Result<std::vector<CustomerKeyId>> remove_digests_before(Transaction& transaction,
                                                                                Instant instant);
};

[[nodiscard]] std::unexpected<Error> unknown_customer_key(CustomerKeyId id);

}  // namespace keyledger::store

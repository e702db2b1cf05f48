// store/ledger/activity_store.h: events newest first, by their numbers and along their keys' chains. Each step is a
// seek.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "store/database.h"

namespace keyledger::store {

/// What a walk looks at; names are joined to what it keeps.
struct EventStep {
  UsageEventId id{};
  Instant at{};
  CustomerKeyId customer_key_id{};
  UsageEventId previous_id{};  // of the same key; 0: none
  std::int64_t action_id = 0, status = 0;
  WebsiteId website_id{};
  RentalAccountId rental_account_id{};
  std::int64_t http_status = 0;
  Bytes address{};
};

/// An event with its words and the names of what it touched, as far as these are known.
struct EventLine {
  UsageEventId id{};
  Instant at{};
  CustomerKeyId customer_key_id{};
  std::string key_name{}, key_hint{};
  CustomerId customer_id{};
  std::string customer_name{};
  std::string action{}, resource{};
  RentalAccountId rental_account_id{};
  std::optional<std::string> account_username{}, website{};
  std::int64_t status = 0, http_status = 0;
  Bytes address{};
  std::string user_agent{};
  std::int64_t duration_micros = 0, units = 0;
};

/// Every function runs inside the caller's transaction.
class ActivityStore {
 public:
  struct Head {
    CustomerKeyId key{};
    UsageEventId event{};
  };

  /// Nothing where there is no such event, or it was dropped.
  [[nodiscard]] static Result<std::optional<EventStep>> step(Transaction& transaction, UsageEventId id);
  /// Events with `floor` <= id < `before`, newest first, `limit` of them at most; false stops.
  [[nodiscard]] static Result<void> walk_back(Transaction& transaction, UsageEventId before, UsageEventId floor,
                                              std::int64_t limit, const std::function<bool(EventStep)>& sink);
  /// How many events are kept; with `whole`, none was ever dropped.
  struct Kept {
    std::int64_t events = 0;
    bool whole = true;
  };
  [[nodiscard]] static Result<Kept> kept(Transaction& transaction);
  /// How many calls there ever were, as far as totals count: of a key, or of a customer.
  [[nodiscard]] static Result<std::int64_t> calls_of(Transaction& transaction, CustomerKeyId key);
  [[nodiscard]] static Result<std::int64_t> calls_of(Transaction& transaction, CustomerId customer);

  [[nodiscard]] static Result<EventLine> line(Transaction& transaction, UsageEventId id);

  /// Whose key it is. Errors: not_found, reason unknown_customer_key.
  [[nodiscard]] static Result<CustomerId> owner(Transaction& transaction, CustomerKeyId key);
  /// Errors: not_found, reason unknown_customer.
  [[nodiscard]] static Result<void> check_customer(Transaction& transaction, CustomerId customer);
  /// The newest event of a key, as far as totals count; 0: none.
  [[nodiscard]] static Result<UsageEventId> newest_of(Transaction& transaction, CustomerKeyId key);
  /// The same for each key of a customer that has been used, `limit` of them at most.
  [[nodiscard]] static Result<std::vector<Head>> newest_of_customer(Transaction& transaction, CustomerId customer,
                                                                    std::int64_t limit);
  /// The number of a word; nothing if no event has it.
  [[nodiscard]] static Result<std::optional<std::int64_t>> word(Transaction& transaction, const std::string& word);
  /// Those that have or had this name. Errors: not_found, reason unknown_website.
  [[nodiscard]] static Result<std::vector<WebsiteId>> websites(Transaction& transaction, const std::string& folded);

  /// The first event that no closed block has.
  [[nodiscard]] static Result<UsageEventId> first_open(Transaction& transaction);
  /// The first event of the first block that reaches to `from`; nothing if none does.
  [[nodiscard]] static Result<std::optional<UsageEventId>> first_since(Transaction& transaction, Instant from);
  /// The last event of the last block that begins before `to`; nothing if none does.
  [[nodiscard]] static Result<std::optional<UsageEventId>> last_before(Transaction& transaction, Instant to);
};

}  // namespace keyledger::store

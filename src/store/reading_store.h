// store/reading_store.h: quotas and balances, the last of each day.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/id.h"
#include "domain/usage/rows.h"
#include "store/database.h"

namespace keyledger::store {

class ReadingStore {
 public:
  struct Stored {
    ProviderKeyId provider_key_id{};
    usage::Reading reading{};
    Instant taken_at{};
  };
  /// Keeps the readings as those of the day of `now`. Errors: those of the database.
  [[nodiscard]] static Result<void> put(Transaction& transaction, ProviderKeyId key,
                                        const std::vector<usage::Reading>& readings, Instant now);
  /// The newest reading of each name; of all keys or of one.
  [[nodiscard]] static Result<std::vector<Stored>> latest(Transaction& transaction,
                                                          std::optional<ProviderKeyId> key = {});
  /// The readings of one key from that day on, by name and day.
  [[nodiscard]] static Result<std::vector<Stored>> history(Transaction& transaction, ProviderKeyId key, Day from);
};

}  // namespace keyledger::store

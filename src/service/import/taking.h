// service/import/taking.h: what the two kinds of import share.
#pragma once

#include <map>
#include <vector>

#include "service/actor.h"
#include "service/core.h"
#include "service/import/report.h"
#include "service/import/values.h"

namespace keyledger::service {

class Alarm;
class EventHub;
class KeyTable;
class ProviderKeys;
class RentalPool;

/// What an import works with. The app owns all of it.
struct ImportParts {
  Core core;
  const ProviderKeys* provider_keys;
  KeyTable* keys;
  RentalPool* pool;
  EventHub* events;
  Alarm* expiry_alarm;  // rung when a rental that is still open was taken over
};

/// The rows of a table, in memory, and what becomes of them.
struct ImportTable {
  TableReport report{};
  std::vector<ForeignFields> rows{};
};

/// From the ids in the file to ours.
template <typename Ours>
using IdMap = std::map<std::int64_t, Ours>;

/// Whether an error says something about the row, and not about our database.
[[nodiscard]] inline bool is_about_the_row(const Error& error) {
  return error.code == Code::invalid_argument || error.code == Code::not_found || error.code == Code::conflict ||
         error.code == Code::too_large;
}

/// A time out of the file that cannot lie ahead of us.
[[nodiscard]] inline Instant not_after(std::optional<Instant> instant, Instant now) {
  return std::min(instant.value_or(now), now);
}

}  // namespace keyledger::service

// service/usage/intake.h: how what a provider told is taken into the store.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "providers/provider.h"
#include "service/usage/windows.h"
#include "store/usage_row_store.h"
#include "store/usage_source_store.h"

namespace keyledger::service {

inline constexpr std::size_t kRowsPerMutation = 2'000;    // so that no other change waits long behind one
inline constexpr std::size_t kRemoteNamesMax = 20'000;    // keys and projects of one organization, at once
inline constexpr std::string_view kKeyIdentity = "key:";  // of a source that is nothing but one key

[[nodiscard]] constexpr std::string_view name_of(usage::Width width) {
  return width == usage::Width::day ? "day" : "hour";
}

/// The days of a window in pieces with about kRowsPerMutation rows each; a day is never divided.
[[nodiscard]] std::vector<DayWindow> pieces_of(const providers::Fetched& fetched, DayWindow window);
/// The rows of one piece, for the datasets that were read to their end.
[[nodiscard]] store::UsageRowStore::Replacement replacement_of(const usage::Source& source,
                                                               const providers::Fetched& fetched, usage::Width width,
                                                               DayWindow piece);

/// Writes the names of keys and projects that are new or have changed. Errors: those of the database.
[[nodiscard]] Result<void> put_names(store::Transaction& transaction, usage::SourceId source,
                                     const providers::Discovery& discovery);

/// The source of that identity. What a single key read before its organization was known becomes the organization's
/// history, or is left out where the organization has one of its own. Errors: those of the database.
[[nodiscard]] Result<usage::Source> source_of(store::Transaction& transaction,
                                              const std::optional<usage::Source>& before, const std::string& provider,
                                              const std::string& identity, Instant now);

/// The day of the earliest last success among a source's datasets of that width.
[[nodiscard]] std::optional<Day> caught_up_to(const std::vector<store::UsageSourceStore::Dataset>& datasets,
                                              usage::SourceId source, usage::Width width);

}  // namespace keyledger::service

// app/demo/history.h: two months of calls and rentals that never were, for the demo's customers.
#pragma once

#include <filesystem>

#include "app/demo/customers.h"
#include "base/instant.h"

namespace keyledger::app {

/// Writes them into a database that nobody else has open, up to a moment before `now`, with rentals that are still
/// under way. The same every time but for the clock. Errors: those of the store.
[[nodiscard]] Result<void> write_demo_history(const std::filesystem::path& database, const DemoCustomers& customers,
                                              Instant now);

}  // namespace keyledger::app

// app/customer_views.h: what tables show of customers, their keys and calls.
#pragma once

#include "app/view.h"

namespace keyledger::app {

[[nodiscard]] const Columns& customer_columns();
[[nodiscard]] const Columns& customer_key_columns();
/// Calls with one key.
[[nodiscard]] const Columns& key_call_columns();
/// Calls with any key.
[[nodiscard]] const Columns& call_columns();

/// A key with where its limits stand.
[[nodiscard]] std::string key_card(const json::Value& key, const TableStyle& style);
/// The sums of calls, for a card.
[[nodiscard]] const Columns& stats_columns();

}  // namespace keyledger::app

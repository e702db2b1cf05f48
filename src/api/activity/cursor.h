// api/activity/cursor.h: where a page of activity ended, as one opaque word.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "net/message.h"
#include "service/ledger/activity.h"

namespace keyledger::api {

[[nodiscard]] std::string write_activity_cursor(const service::ActivityCursor& cursor);
/// Errors: invalid_argument, reason malformed_cursor.
[[nodiscard]] Result<std::optional<service::ActivityCursor>> parse_activity_cursor(std::string_view text);
/// The cursor of a request, or nothing. Errors: invalid_argument, reason malformed_cursor.
[[nodiscard]] Result<std::optional<service::ActivityCursor>> read_activity_cursor(const net::Request& request);

}  // namespace keyledger::api

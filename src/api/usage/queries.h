// api/usage/queries.h: what /api/usage and its tables are asked.
#pragma once

#include "net/message.h"
#include "service/usage/report.h"

namespace keyledger::api {

/// Errors: those of query_range; invalid_argument, reasons malformed_id, too_long, unknown_value (a word of group_by or
/// parts that there is not).
[[nodiscard]] Result<service::UsageQuery> usage_query(const net::Request& request);
/// Errors: as above; unknown_value for kind, sort and order, too.
[[nodiscard]] Result<service::UsageKeyQuery> usage_key_query(const net::Request& request);

}  // namespace keyledger::api

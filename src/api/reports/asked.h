// api/reports/asked.h: the query of a report.
#pragma once

#include "net/message.h"
#include "service/reports/call_reports.h"

namespace keyledger::api {

/// Range, website, customer and key. Errors: invalid_argument, reasons malformed_day, invalid_days, malformed_id,
/// too_long.
[[nodiscard]] Result<service::CallReportQuery> report_query(const net::Request& request);

/// 1 to 500, 20 when absent. Errors: invalid_argument, reason out_of_range.
[[nodiscard]] Result<std::int64_t> report_limit(const net::Request& request);

}  // namespace keyledger::api

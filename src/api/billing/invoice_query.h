// api/billing/invoice_query.h: what a list of invoices is asked for.
#pragma once

#include "net/message.h"
#include "service/billing/invoices.h"

namespace keyledger::api {

inline constexpr std::string_view kInvoiceList = "invoices";

/// Without an order the newest come first. Errors: invalid_argument, reasons out_of_range, malformed_cursor,
/// unknown_value, malformed_id, malformed_day, range_reversed, too_long.
[[nodiscard]] Result<service::InvoiceQuery> invoice_query(const net::Request& request);

}  // namespace keyledger::api

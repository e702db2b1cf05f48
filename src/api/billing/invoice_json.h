// api/billing/invoice_json.h: invoices as JSON, and what their words look like.
#pragma once

#include "json/write.h"
#include "service/billing/invoices.h"

namespace keyledger::api {

/// "19", "8.375": per cent, without zeros that say nothing.
[[nodiscard]] std::string tax_rate_text(std::int64_t milli_percent);
/// Errors: invalid_argument, reason invalid_amount, field tax_rate.
[[nodiscard]] Result<std::int64_t> read_tax_rate(std::string_view text);

/// The first day, and the last that is in the span.
[[nodiscard]] Day first_day(const billing::DaySpan& span);
[[nodiscard]] Day last_day(const billing::DaySpan& span);

/// What is still to be paid.
[[nodiscard]] std::int64_t due_nanos(const billing::Invoice& invoice);

[[nodiscard]] std::string invoice_json(const service::InvoiceView& view);
/// What is not stored: a draft without an id, rated `now`.
[[nodiscard]] std::string preview_json(const service::InvoiceView& view, Instant now);

}  // namespace keyledger::api

namespace keyledger::service {

/// As a line of a list.
void write(json::Writer& out, const InvoiceView& view);

}  // namespace keyledger::service

// app/invoice_view.h: an invoice as people read it on a terminal.
#pragma once

#include "app/view.h"

namespace keyledger::app {

/// For lists and for --csv.
[[nodiscard]] const Columns& invoice_columns();

/// The head, the lines with their steps, the sums, and what a draft lacks.
[[nodiscard]] std::string invoice_text(const json::Value& invoice, const TableStyle& style);

/// "$1.50", "$0.0004", "1200.00 JPY": no more decimals than the price needs, but two.
[[nodiscard]] std::string unit_price_text(std::string_view decimal, std::string_view currency);

}  // namespace keyledger::app

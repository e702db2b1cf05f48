// store/billing/invoice_lines.h: the lines of a final invoice, with their steps.
#pragma once

#include "domain/billing/invoice.h"
#include "store/database.h"

namespace keyledger::store {

/// Numbers them from 1, as they come.
[[nodiscard]] Result<void> insert_lines(Transaction& transaction, billing::InvoiceId id,
                                        const std::vector<billing::Line>& lines);
[[nodiscard]] Result<std::vector<billing::Line>> read_lines(Transaction& transaction, billing::InvoiceId id);

}  // namespace keyledger::store

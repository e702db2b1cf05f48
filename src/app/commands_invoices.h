// app/commands_invoices.h: the commands about invoices and what stands on them.
#pragma once

#include "app/commands.h"

namespace keyledger::app {

ExitCode list_invoices(Session& session);
ExitCode show_invoice(Session& session);
ExitCode finalise_invoices(Session& session);
ExitCode pay_invoice(Session& session);
ExitCode credit_invoice(Session& session);
ExitCode preview_invoice(Session& session);
ExitCode export_invoices(Session& session);
ExitCode show_customer_billing(Session& session);

ExitCode report_revenue(Session& session);
ExitCode report_top_customers(Session& session);

}  // namespace keyledger::app

// Invoices as CSV files: the list, and one with a row for each step.
#include <fmt/format.h>

#include "api/billing/invoice_json.h"
#include "api/billing/invoice_query.h"
#include "api/handlers.h"
#include "api/listing.h"

namespace keyledger::api {
namespace {

using service::InvoiceLine;
using service::InvoiceQuery;
using service::InvoiceView;

using Row = std::vector<std::string>;

/// All amounts of an invoice are in its one currency, which stands behind them.
Row cells_of(const InvoiceView& view) {
  const billing::Invoice& invoice = view.invoice;
  return {std::to_string(invoice.id.value),
          invoice.number,
          cell(invoice.state),
          view.customer_name,
          to_string(first_day(invoice.period)),
          to_string(last_day(invoice.period)),
          invoice.timezone,
          to_decimal(invoice.totals.net_nanos),
          to_decimal(invoice.totals.tax_nanos),
          to_decimal(invoice.totals.total_nanos),
          to_decimal(invoice.credited_nanos),
          to_decimal(due_nanos(invoice)),
          std::string{invoice.currency.text()},
          view.overdue ? "yes" : "no",
          cell(invoice.finalised_at),
          cell(invoice.due_at),
          cell(invoice.paid_at),
          to_rfc3339(invoice.created_at)};
}

Row step_cells(const InvoiceView& view, const InvoiceLine& shown, const billing::Step& step) {
  const billing::Line& line = shown.line;
  return {view.invoice.number,
          std::to_string(shown.position),
          cell(line.kind),
          shown.text,
          line.plan_name,
          std::to_string(line.plan_version),
          to_string(first_day(line.days)),
          to_string(last_day(line.days)),
          line.metric ? cell(*line.metric) : std::string{},
          cell(step.kind),
          std::to_string(step.quantity),
          step.of == 0 ? std::string{} : std::to_string(step.of),
          to_decimal(step.unit_nanos),
          to_decimal(step.nanos),
          to_decimal(line.amount_nanos),
          std::string{view.invoice.currency.text()}};
}

std::vector<Row> rows_of(const InvoiceView& view) {
  std::vector<Row> rows;
  for (const InvoiceLine& line : view.lines) {
    for (const billing::Step& step : line.line.steps) rows.push_back(step_cells(view, line, step));
  }
  return rows;
}

Task<Result<CsvPage>> page_of(std::vector<Row> rows) {
  co_return CsvPage{.rows = std::move(rows)};
}

}  // namespace

Task<Result<Reply>> list_invoices_csv(const Services* services, Call call) {
  Result<InvoiceQuery> query = invoice_query(call.request);
  if (!query) co_return std::unexpected(query.error());
  CsvListing<InvoiceQuery, InvoiceView> table{
      "invoices.csv",
      {"id", "number", "state", "customer", "from", "to", "timezone", "net", "tax", "total", "credited", "due",
       "currency", "overdue", "finalised_at", "due_at", "paid_at", "created_at"},
      [](const Services* from, InvoiceQuery page) { return from->invoices->list(std::move(page)); },
      &cells_of};
  Result<Reply> reply = co_await csv_list(services, std::move(table), std::move(*query));
  co_return reply;
}

Task<Result<Reply>> get_invoice_csv(const Services* services, Call call) {
  const Result<billing::InvoiceId> id = path_id<billing::InvoiceId>(call.request);
  if (!id) co_return std::unexpected(id.error());
  const Result<InvoiceView> view = co_await services->invoices->get(*id);
  if (!view) co_return std::unexpected(view.error());
  const std::string& number = view->invoice.number;
  std::string name = fmt::format("invoice_{}.csv", number.empty() ? fmt::format("draft-{}", id->value) : number);
  std::vector<std::string> columns{"invoice",    "line",   "line_kind",   "text",    "plan",     "plan_version",
                                   "from",       "to",     "metric",      "step",    "quantity", "of_days",
                                   "unit_price", "amount", "line_amount", "currency"};
  CsvPages pages = [rows = rows_of(*view)](std::optional<std::string>) { return page_of(rows); };
  Result<Reply> reply = co_await csv_reply(std::move(name), std::move(columns), std::move(pages));
  co_return reply;
}

}  // namespace keyledger::api

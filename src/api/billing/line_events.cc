// The calls that a line of an invoice was counted from.
#include <fmt/format.h>

#include <algorithm>

#include "api/activity/answers.h"
#include "api/activity/cursor.h"
#include "api/handlers.h"
#include "api/query.h"
#include "service/billing/invoices.h"

namespace keyledger::api {
namespace {

using billing::Metric;
using service::ActivityQuery;
using service::InvoiceLine;
using service::InvoiceView;

/// Errors: those of the view; not_found, reason unknown_line; invalid_argument, reason malformed_id.
Result<const InvoiceLine*> line_of(const net::Request& request, const Result<InvoiceView>& view) {
  if (!view) return std::unexpected(view.error());
  const Result<std::int64_t> position = positive(request.parameter("position").value_or(""), "position");
  if (!position) return std::unexpected(position.error());
  const auto line = std::ranges::find(view->lines, *position, &InvoiceLine::position);
  if (line != view->lines.end()) return &*line;
  return fail(Code::not_found, fmt::format("The invoice has no line {}.", *position), "unknown_line");
}

/// What the rater counts for the line: units of admitted calls, or calls that rented.
ActivityQuery query_for(const billing::Invoice& invoice, const billing::Line& line) {
  const Zone zone = Zone::find(invoice.timezone).value_or(Zone{});
  const billing::InstantSpan span = billing::instants_of(line.days, zone);
  ActivityQuery query{.customer_id = invoice.customer_id, .admitted = true, .from = span.from, .to = span.until};
  if (line.metric == Metric::rentals) {
    query.action = "rent";
    query.status = ledger::Status::success;
  }
  // Nothing was counted for a monthly price: a time in which nothing can be.
  if (!line.metric) query.to = query.from;
  return query;
}

Result<ActivityQuery> page_query(const net::Request& request, const Result<InvoiceView>& view) {
  const Result<const InvoiceLine*> line = line_of(request, view);
  if (!line) return std::unexpected(line.error());
  const Result<std::int64_t> limit = page_limit(request);
  if (!limit) return std::unexpected(limit.error());
  Result<std::optional<service::ActivityCursor>> cursor = read_activity_cursor(request);
  if (!cursor) return std::unexpected(cursor.error());
  ActivityQuery query = query_for(view->invoice, (*line)->line);
  query.limit = *limit;
  query.cursor = std::move(*cursor);
  return query;
}

Task<Result<Reply>> file_of(const Services* services, Call call, Result<InvoiceView> view) {
  const Result<const InvoiceLine*> line = line_of(call.request, view);
  if (!line) co_return std::unexpected(line.error());
  const billing::Invoice& invoice = view->invoice;
  std::string whose = fmt::format("charges_customer-{}", invoice.customer_id.value);
  if (invoice.id.value != 0) whose = fmt::format("invoice_draft-{}", invoice.id.value);
  if (!invoice.number.empty()) whose = "invoice_" + invoice.number;
  std::string name = fmt::format("{}_line-{}.csv", whose, (*line)->position);
  Result<Reply> reply = co_await activity_file(services, query_for(invoice, (*line)->line), std::move(name));
  co_return reply;
}

Task<Result<InvoiceView>> stored(const Services* services, const Call* call) {
  const Result<billing::InvoiceId> id = path_id<billing::InvoiceId>(call->request);
  if (!id) co_return std::unexpected(id.error());
  Result<InvoiceView> view = co_await services->invoices->get(*id);
  co_return view;
}

Task<Result<InvoiceView>> previewed(const Services* services, const Call* call) {
  const Result<CustomerId> id = path_id<CustomerId>(call->request);
  if (!id) co_return std::unexpected(id.error());
  Result<InvoiceView> view = co_await services->invoices->preview(*id);
  co_return view;
}

}  // namespace

Task<Result<Reply>> list_invoice_line_events(const Services* services, Call call) {
  const Result<InvoiceView> view = co_await stored(services, &call);
  Result<Reply> reply = co_await activity_page(services, page_query(call.request, view));
  co_return reply;
}

Task<Result<Reply>> list_invoice_line_events_csv(const Services* services, Call call) {
  Result<InvoiceView> view = co_await stored(services, &call);
  Result<Reply> reply = co_await file_of(services, std::move(call), std::move(view));
  co_return reply;
}

Task<Result<Reply>> list_preview_line_events(const Services* services, Call call) {
  const Result<InvoiceView> view = co_await previewed(services, &call);
  Result<Reply> reply = co_await activity_page(services, page_query(call.request, view));
  co_return reply;
}

Task<Result<Reply>> list_preview_line_events_csv(const Services* services, Call call) {
  Result<InvoiceView> view = co_await previewed(services, &call);
  Result<Reply> reply = co_await file_of(services, std::move(call), std::move(view));
  co_return reply;
}

}  // namespace keyledger::api

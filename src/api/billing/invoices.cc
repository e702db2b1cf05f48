// Invoices: the list, one, and what can be done with it.
#include "api/billing/invoice_json.h"
#include "api/billing/invoice_query.h"
#include "api/billing/plan_json.h"
#include "api/handlers.h"
#include "api/listing.h"
#include "json/read.h"

namespace keyledger::api {
namespace {

using billing::InvoiceId;
using service::InvoiceQuery;
using service::InvoiceView;

struct InvoiceUpdate {
  std::string notes{};
};
BOOST_DESCRIBE_STRUCT(InvoiceUpdate, (), (notes))

struct InvoicePayment {
  std::optional<Instant> paid_at{};
  std::optional<std::string> note{};
};
BOOST_DESCRIBE_STRUCT(InvoicePayment, (), (paid_at, note))

struct InvoiceCredit {
  std::optional<std::string> total{};
  std::string reason{};
};
BOOST_DESCRIBE_STRUCT(InvoiceCredit, (), (total, reason))

Result<Reply> invoice_reply(const Result<InvoiceView>& view) {
  if (!view) return std::unexpected(view.error());
  return net::json_reply(200, invoice_json(*view));
}

}  // namespace

Task<Result<Reply>> list_invoices(const Services* services, Call call) {
  Result<InvoiceQuery> query = invoice_query(call.request);
  if (!query) co_return std::unexpected(query.error());
  const Result<Listed<InvoiceView>> invoices = co_await services->invoices->list(std::move(*query));
  if (!invoices) co_return std::unexpected(invoices.error());
  co_return listed_reply(call.request, kInvoiceList, *invoices);
}

Task<Result<Reply>> get_invoice(const Services* services, Call call) {
  const Result<InvoiceId> id = path_id<InvoiceId>(call.request);
  if (!id) co_return std::unexpected(id.error());
  const Result<InvoiceView> view = co_await services->invoices->get(*id);
  co_return invoice_reply(view);
}

Task<Result<Reply>> update_invoice(const Services* services, Call call) {
  const Result<InvoiceId> id = path_id<InvoiceId>(call.request);
  if (!id) co_return std::unexpected(id.error());
  Result<InvoiceUpdate> body = json::read_body<InvoiceUpdate>(call.request.body);
  if (!body) co_return std::unexpected(body.error());
  const Result<InvoiceView> view = co_await services->invoices->annotate(call.who.actor, *id, std::move(body->notes));
  co_return invoice_reply(view);
}

Task<Result<Reply>> finalise_invoice(const Services* services, Call call) {
  const Result<InvoiceId> id = path_id<InvoiceId>(call.request);
  if (!id) co_return std::unexpected(id.error());
  const Result<InvoiceView> view = co_await services->invoices->finalise(call.who.actor, *id);
  co_return invoice_reply(view);
}

Task<Result<Reply>> pay_invoice(const Services* services, Call call) {
  const Result<InvoiceId> id = path_id<InvoiceId>(call.request);
  if (!id) co_return std::unexpected(id.error());
  const std::string_view text = call.request.body.empty() ? "{}" : std::string_view{call.request.body};
  Result<InvoicePayment> body = json::read_body<InvoicePayment>(text);
  if (!body) co_return std::unexpected(body.error());
  std::string note = std::move(body->note).value_or("");
  const Result<InvoiceView> view =
      co_await services->invoices->mark_paid(call.who.actor, *id, body->paid_at, std::move(note));
  co_return invoice_reply(view);
}

Task<Result<Reply>> credit_invoice(const Services* services, Call call) {
  const Result<InvoiceId> id = path_id<InvoiceId>(call.request);
  if (!id) co_return std::unexpected(id.error());
  Result<InvoiceCredit> body = json::read_body<InvoiceCredit>(call.request.body);
  if (!body) co_return std::unexpected(body.error());
  service::CreditRequest request{.reason = std::move(body->reason)};
  if (body->total) {
    const Result<std::int64_t> total = read_price(*body->total, "total");
    if (!total) co_return std::unexpected(total.error());
    request.total_nanos = *total;
  }
  service::Once<InvoiceView> once{std::move(call.once), [](const InvoiceView& credited) {
                                    return service::StoredAnswer{200, invoice_json(credited)};
                                  }};
  const Result<InvoiceView> view =
      co_await services->invoices->credit(call.who.actor, *id, std::move(request), std::move(once));
  co_return invoice_reply(view);
}

Task<Result<Reply>> preview_invoice(const Services* services, Call call) {
  const Result<CustomerId> id = path_id<CustomerId>(call.request);
  if (!id) co_return std::unexpected(id.error());
  const Result<InvoiceView> view = co_await services->invoices->preview(*id);
  if (!view) co_return std::unexpected(view.error());
  co_return net::json_reply(200, preview_json(*view, services->clock->now()));
}

}  // namespace keyledger::api

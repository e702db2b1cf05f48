// What stands on a customer's invoices, and what becomes of who does not pay.
#include "service/billing/customer_billing.h"

#include "api/billing/invoice_json.h"
#include "api/handlers.h"
#include "api/patch.h"
#include "api/query.h"

namespace keyledger::api {
namespace {

using service::CustomerBilling;

struct BillingUpdate {
  json::Patch<std::string> billing_name{}, address{}, tax_id{};
  std::optional<std::string> tax_rate{};
  std::optional<bool> tax_inclusive{};
  json::Patch<std::string> invoice_notes{};
};
BOOST_DESCRIBE_STRUCT(BillingUpdate, (), (billing_name, address, tax_id, tax_rate, tax_inclusive, invoice_notes))

Result<Reply> billing_reply(const Result<CustomerBilling>& billing) {
  if (!billing) return std::unexpected(billing.error());
  json::Writer out;
  out.begin_object();
  json::write(out.name("customer_id"), billing->customer_id);
  json::write(out.name("billing_name"), billing->party.name);
  json::write(out.name("address"), billing->party.address);
  json::write(out.name("tax_id"), billing->party.tax_id);
  out.name("tax_rate").string(tax_rate_text(billing->tax.rate_milli_percent));
  json::write(out.name("tax_inclusive"), billing->tax.inclusive);
  json::write(out.name("invoice_notes"), billing->invoice_notes);
  json::write(out.name("arrears_since"), billing->arrears_since);
  json::write(out.name("overdue_count"), billing->overdue_count);
  out.end_object();
  return net::json_reply(200, out.take());
}

}  // namespace

Task<Result<Reply>> get_customer_billing(const Services* services, Call call) {
  const Result<CustomerId> id = path_id<CustomerId>(call.request);
  if (!id) co_return std::unexpected(id.error());
  const Result<CustomerBilling> billing = co_await services->customer_billings->get(*id);
  co_return billing_reply(billing);
}

Task<Result<Reply>> update_customer_billing(const Services* services, Call call) {
  const Result<CustomerId> id = path_id<CustomerId>(call.request);
  if (!id) co_return std::unexpected(id.error());
  Result<BillingUpdate> body = json::read_body<BillingUpdate>(call.request.body);
  if (!body) co_return std::unexpected(body.error());
  service::CustomerBillingPatch patch{.billing_name = text_of(std::move(body->billing_name)),
                                      .address = text_of(std::move(body->address)),
                                      .tax_id = text_of(std::move(body->tax_id)),
                                      .invoice_notes = text_of(std::move(body->invoice_notes)),
                                      .tax_inclusive = body->tax_inclusive};
  if (body->tax_rate) {
    const Result<std::int64_t> rate = read_tax_rate(*body->tax_rate);
    if (!rate) co_return std::unexpected(rate.error());
    patch.tax_rate_milli_percent = *rate;
  }
  const Result<CustomerBilling> billing =
      co_await services->customer_billings->update(call.who.actor, *id, std::move(patch));
  co_return billing_reply(billing);
}

Task<Result<Reply>> lift_arrears(const Services* services, Call call) {
  const Result<CustomerId> id = path_id<CustomerId>(call.request);
  if (!id) co_return std::unexpected(id.error());
  const Result<CustomerBilling> billing = co_await services->customer_billings->lift_arrears(call.who.actor, *id);
  co_return billing_reply(billing);
}

}  // namespace keyledger::api

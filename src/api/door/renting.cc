// What customers do with shared accounts: see, rent, check, return.
#include "api/door/answers.h"
#include "api/door/customer_call.h"
#include "api/handlers.h"
#include "api/query.h"
#include "json/read.h"

namespace keyledger::api {
namespace {

constexpr std::size_t kCustomerInfoBytesMax = 4 << 10;

struct RentBody {
  std::string website{};
  std::optional<json::Value> customer_info{};
};
BOOST_DESCRIBE_STRUCT(RentBody, (), (website, customer_info))

struct ReturnBody {
  std::optional<RentalId> rental_id{};
};
BOOST_DESCRIBE_STRUCT(ReturnBody, (), (rental_id))

/// The customer's JSON as text; empty: none.
Result<std::string> text_of(const std::optional<json::Value>& customer_info) {
  if (!customer_info) return std::string{};
  std::string text = json::to_json(*customer_info);
  if (text.size() <= kCustomerInfoBytesMax) return text;
  return fail(Code::invalid_argument, "customer_info has at most 4096 bytes of JSON.", "too_long", "customer_info");
}

Result<std::optional<RentalId>> read_rental_id(std::string_view body) {
  if (body.empty()) return std::nullopt;
  const Result<ReturnBody> read = json::read_body<ReturnBody>(body);
  if (!read) return std::unexpected(read.error());
  if (!read->rental_id || read->rental_id->value > 0) return read->rental_id;
  return fail(Code::invalid_argument, "rental_id is a whole number above 0.", "malformed_id", "rental_id");
}

}  // namespace

Task<Result<Reply>> list_available(const Services* services, Call call) {
  const Result<std::optional<std::string>> website = query_text(call.request, "website");
  if (!website) co_return std::unexpected(website.error());
  const Result<std::int64_t> limit = page_limit(call.request);
  if (!limit) co_return std::unexpected(limit.error());
  const Result<service::AvailableAccounts> available = services->rentals->available(*website, *limit);
  if (!available) co_return std::unexpected(available.error());
  call.customer->outcome.website_id = available->website_id;
  std::string body = begin_available(*available);
  end_available(body, call.customer->admitted.at);
  co_return net::json_reply(200, std::move(body));
}

Task<Result<Reply>> rent_account(const Services* services, Call call) {
  Result<RentBody> body = json::read_body<RentBody>(call.request.body);
  if (!body) co_return std::unexpected(body.error());
  Result<std::string> customer_info = text_of(body->customer_info);
  if (!customer_info) co_return std::unexpected(customer_info.error());
  service::Once<service::RentedAccount> once{std::move(call.once), [](const service::RentedAccount& rented) {
                                               return service::StoredAnswer{200, write_rented(rented)};
                                             }};
  CustomerCall* customer = call.customer;
  customer->recorded = true;
  Result<service::RentedAccount> rented = co_await services->rentals->rent(
      {&customer->context, customer->admitted}, std::move(body->website), std::move(*customer_info), std::move(once));
  if (!rented) co_return std::unexpected(rented.error());
  co_return net::json_reply(200, write_rented(*rented));
}

Task<Result<Reply>> get_rental_status(const Services* services, Call call) {
  const Result<RentalAccountId> id = path_id<RentalAccountId>(call.request);
  if (!id) co_return std::unexpected(id.error());
  CustomerCall* customer = call.customer;
  Result<service::RentalStatus> status = co_await services->rentals->status(customer->admitted.customer_id, *id);
  if (!status) co_return std::unexpected(status.error());
  customer->outcome.rental_account_id = status->id;
  customer->outcome.website_id = status->website_id;
  co_return net::json_reply(200, write_status(*status, services->clock->now()));
}

Task<Result<Reply>> return_account(const Services* services, Call call) {
  const Result<RentalAccountId> id = path_id<RentalAccountId>(call.request);
  if (!id) co_return std::unexpected(id.error());
  const Result<std::optional<RentalId>> rental_id = read_rental_id(call.request.body);
  if (!rental_id) co_return std::unexpected(rental_id.error());
  CustomerCall* customer = call.customer;
  customer->recorded = true;
  Result<service::RentalStatus> status =
      co_await services->rentals->give_back({&customer->context, customer->admitted}, *id, *rental_id);
  if (!status) co_return std::unexpected(status.error());
  co_return net::json_reply(200, write_returned(*status, services->clock->now()));
}

}  // namespace keyledger::api

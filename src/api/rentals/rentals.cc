#include "service/rentals/rentals.h"

#include "api/handlers.h"
#include "api/query.h"
#include "api/rentals/rental_json.h"
#include "api/replies.h"

namespace keyledger::api {
namespace {

using service::RentalView;

Result<service::RentalQuery> rental_query(const net::Request& request) {
  service::RentalQuery query;
  const Result<std::int64_t> limit = page_limit(request);
  if (!limit) return std::unexpected(limit.error());
  const Result<std::optional<std::int64_t>> before = read_cursor(request, "rentals");
  if (!before) return std::unexpected(before.error());
  const auto status = query_word<service::RentalState>(request, "status");
  if (!status) return std::unexpected(status.error());
  Result<std::optional<std::string>> website = query_text(request, "website");
  if (!website) return std::unexpected(website.error());
  const auto account = query_id<RentalAccountId>(request, "account_id");
  if (!account) return std::unexpected(account.error());
  const auto customer = query_id<CustomerId>(request, "customer_id");
  if (!customer) return std::unexpected(customer.error());
  const auto key = query_id<CustomerKeyId>(request, "key_id");
  if (!key) return std::unexpected(key.error());
  const Result<std::optional<Instant>> from = query_instant(request, "from");
  if (!from) return std::unexpected(from.error());
  const Result<std::optional<Instant>> to = query_instant(request, "to");
  if (!to) return std::unexpected(to.error());
  if (*before) query.before = RentalId{**before};
  query.status = *status;
  query.website = std::move(*website);
  query.account_id = *account;
  query.customer_id = *customer;
  query.key_id = *key;
  query.from = *from;
  query.to = *to;
  query.limit = *limit;
  return query;
}

}  // namespace

Task<Result<Reply>> list_rentals(const Services* services, Call call) {
  Result<service::RentalQuery> query = rental_query(call.request);
  if (!query) co_return std::unexpected(query.error());
  const std::int64_t limit = query->limit;
  Result<std::vector<RentalView>> page = co_await services->rentals->list(std::move(*query));
  if (!page) co_return std::unexpected(page.error());
  co_return list(*page, limit, [](const RentalView& rental) { return make_cursor("rentals", rental.id.value); });
}

Task<Result<Reply>> get_rental(const Services* services, Call call) {
  const Result<RentalId> id = path_id<RentalId>(call.request);
  if (!id) co_return std::unexpected(id.error());
  Result<RentalView> rental = co_await services->rentals->get(*id);
  if (!rental) co_return std::unexpected(rental.error());
  co_return ok(*rental);
}

Task<Result<Reply>> take_back_rental(const Services* services, Call call) {
  const Result<RentalId> id = path_id<RentalId>(call.request);
  if (!id) co_return std::unexpected(id.error());
  Result<RentalView> rental = co_await services->rentals->take_back(call.who.actor, *id);
  if (!rental) co_return std::unexpected(rental.error());
  co_return ok(*rental);
}

}  // namespace keyledger::api

#include "service/rentals/rentals.h"

#include "api/handlers.h"
#include "api/listing.h"
#include "api/rentals/rental_json.h"

namespace keyledger::api {
namespace {

using keyledger::rentals::RentalSort;
using service::RentalView;

constexpr std::string_view kList = "rentals";

Result<service::RentalQuery> rental_query(const net::Request& request) {
  service::RentalQuery query;
  Result<ListPage<RentalSort>> page = query_page<RentalSort>(
      request, kList, {RentalSort::expires_at, RentalSort::website, RentalSort::customer}, ById::newest_first);
  if (!page) return std::unexpected(page.error());
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
  Result<std::optional<std::string>> search = query_text(request, "q");
  if (!search) return std::unexpected(search.error());
  query.page = std::move(*page);
  query.status = *status;
  query.website = std::move(*website);
  query.account_id = *account;
  query.customer_id = *customer;
  query.key_id = *key;
  query.from = *from;
  query.to = *to;
  query.search = std::move(*search).value_or("");
  return query;
}

std::vector<std::string> cells_of(const RentalView& rental) {
  return {std::to_string(rental.id.value),
          rental.website,
          rental.username,
          rental.customer_name,
          rental.key_name,
          cell(rental.status),
          to_rfc3339(rental.rented_at),
          to_rfc3339(rental.expires_at),
          cell(rental.ended_at),
          rental.ended_by ? cell(*rental.ended_by) : std::string{}};
}

}  // namespace

Task<Result<Reply>> list_rentals(const Services* services, Call call) {
  Result<service::RentalQuery> query = rental_query(call.request);
  if (!query) co_return std::unexpected(query.error());
  Result<Listed<RentalView>> rentals = co_await services->rentals->list(std::move(*query));
  if (!rentals) co_return std::unexpected(rentals.error());
  co_return listed_reply(call.request, kList, *rentals);
}

Task<Result<Reply>> list_rentals_csv(const Services* services, Call call) {
  Result<service::RentalQuery> query = rental_query(call.request);
  if (!query) co_return std::unexpected(query.error());
  CsvListing<service::RentalQuery, RentalView> table{
      "rentals.csv",
      {"id", "website", "username", "customer", "key", "status", "rented_at", "expires_at", "ended_at", "ended_by"},
      [](const Services* from, service::RentalQuery page) { return from->rentals->list(std::move(page)); },
      &cells_of};
  Result<Reply> reply = co_await csv_list(services, std::move(table), std::move(*query));
  co_return reply;
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

#include "service/customers/customers.h"

#include "api/handlers.h"
#include "api/listing.h"
#include "api/patch.h"
#include "json/read.h"

namespace keyledger::api {
namespace {

using keyledger::customers::CustomerSort;
using service::CustomerView;

struct CustomerCreate {
  std::string name{};
  std::optional<std::string> email{}, notes{}, timezone{};
};
BOOST_DESCRIBE_STRUCT(CustomerCreate, (), (name, email, notes, timezone))

struct CustomerUpdate {
  std::optional<std::string> name{};
  json::Patch<std::string> email{}, notes{}, timezone{};
  std::optional<bool> suspended{};
};
BOOST_DESCRIBE_STRUCT(CustomerUpdate, (), (name, email, notes, timezone, suspended))

constexpr std::string_view kList = "customers";

Result<service::CustomerQuery> customer_query(const net::Request& request) {
  Result<ListPage<CustomerSort>> page =
      query_page<CustomerSort>(request, kList, {CustomerSort::name, CustomerSort::email});
  if (!page) return std::unexpected(page.error());
  Result<std::optional<std::string>> search = query_text(request, "q");
  if (!search) return std::unexpected(search.error());
  return service::CustomerQuery{std::move(*page), std::move(*search).value_or("")};
}

std::vector<std::string> cells_of(const CustomerView& customer) {
  return {std::to_string(customer.id.value),
          customer.name,
          customer.email,
          std::to_string(customer.key_count),
          std::to_string(customer.active_key_count),
          std::to_string(customer.calls),
          std::to_string(customer.refused),
          cell(customer.last_used_at),
          cell(customer.suspended_at),
          customer.timezone,
          customer.notes,
          to_rfc3339(customer.created_at)};
}

}  // namespace

Task<Result<Reply>> list_customers(const Services* services, Call call) {
  Result<service::CustomerQuery> query = customer_query(call.request);
  if (!query) co_return std::unexpected(query.error());
  Result<Listed<CustomerView>> customers = co_await services->customers->list(std::move(*query));
  if (!customers) co_return std::unexpected(customers.error());
  co_return listed_reply(call.request, kList, *customers);
}

Task<Result<Reply>> list_customers_csv(const Services* services, Call call) {
  Result<service::CustomerQuery> query = customer_query(call.request);
  if (!query) co_return std::unexpected(query.error());
  CsvListing<service::CustomerQuery, CustomerView> table{
      "customers.csv",
      {"id", "name", "email", "keys", "active_keys", "calls_30_days", "refused_30_days", "last_used_at", "suspended_at",
       "timezone", "notes", "created_at"},
      [](const Services* from, service::CustomerQuery page) { return from->customers->list(std::move(page)); },
      &cells_of};
  Result<Reply> reply = co_await csv_list(services, std::move(table), std::move(*query));
  co_return reply;
}

Task<Result<Reply>> create_customer(const Services* services, Call call) {
  Result<CustomerCreate> body = json::read_body<CustomerCreate>(call.request.body);
  if (!body) co_return std::unexpected(body.error());
  service::NewCustomer customer{std::move(body->name), std::move(body->email).value_or(""),
                                std::move(body->notes).value_or(""), std::move(body->timezone).value_or("")};
  service::Once<CustomerView> once{std::move(call.once), [](const CustomerView& made) {
                                     return service::StoredAnswer{201, json::to_json(made)};
                                   }};
  Result<CustomerView> made =
      co_await services->customers->create(call.who.actor, std::move(customer), std::move(once));
  if (!made) co_return std::unexpected(made.error());
  co_return created(json::to_json(*made), "/api/customers/" + std::to_string(made->id.value));
}

Task<Result<Reply>> get_customer(const Services* services, Call call) {
  const Result<CustomerId> id = path_id<CustomerId>(call.request);
  if (!id) co_return std::unexpected(id.error());
  Result<CustomerView> customer = co_await services->customers->get(*id);
  if (!customer) co_return std::unexpected(customer.error());
  co_return ok(*customer);
}

Task<Result<Reply>> update_customer(const Services* services, Call call) {
  const Result<CustomerId> id = path_id<CustomerId>(call.request);
  if (!id) co_return std::unexpected(id.error());
  Result<CustomerUpdate> body = json::read_body<CustomerUpdate>(call.request.body);
  if (!body) co_return std::unexpected(body.error());
  service::CustomerPatch patch{std::move(body->name), text_of(std::move(body->email)), text_of(std::move(body->notes)),
                               text_of(std::move(body->timezone)), body->suspended};
  Result<CustomerView> customer = co_await services->customers->update(call.who.actor, *id, std::move(patch));
  if (!customer) co_return std::unexpected(customer.error());
  co_return ok(*customer);
}

Task<Result<Reply>> delete_customer(const Services* services, Call call) {
  const Result<CustomerId> id = path_id<CustomerId>(call.request);
  if (!id) co_return std::unexpected(id.error());
  Result<void> removed = co_await services->customers->remove(call.who.actor, *id);
  if (!removed) co_return std::unexpected(removed.error());
  co_return no_content();
}

}  // namespace keyledger::api

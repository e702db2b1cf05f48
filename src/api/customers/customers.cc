#include "service/customers/customers.h"

#include "api/handlers.h"
#include "api/patch.h"
#include "api/query.h"
#include "api/replies.h"
#include "json/read.h"

namespace keyledger::api {
namespace {

using keyledger::customers::Customer;

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

}  // namespace

Task<Result<Reply>> list_customers(const Services* services, Call call) {
  const Result<std::int64_t> limit = page_limit(call.request);
  if (!limit) co_return std::unexpected(limit.error());
  const Result<std::optional<std::int64_t>> after = read_cursor(call.request, "customers");
  if (!after) co_return std::unexpected(after.error());
  Result<std::optional<std::string>> search = query_text(call.request, "q");
  if (!search) co_return std::unexpected(search.error());
  service::CustomerQuery query{CustomerId{after->value_or(0)}, search->value_or(""), *limit};
  Result<std::vector<Customer>> customers = co_await services->customers->list(std::move(query));
  if (!customers) co_return std::unexpected(customers.error());
  co_return list(*customers, *limit,
                 [](const Customer& customer) { return make_cursor("customers", customer.id.value); });
}

Task<Result<Reply>> create_customer(const Services* services, Call call) {
  Result<CustomerCreate> body = json::read_body<CustomerCreate>(call.request.body);
  if (!body) co_return std::unexpected(body.error());
  service::NewCustomer customer{std::move(body->name), std::move(body->email).value_or(""),
                                std::move(body->notes).value_or(""), std::move(body->timezone).value_or("")};
  service::Once<Customer> once{std::move(call.once), [](const Customer& made) {
                                 return service::StoredAnswer{201, json::to_json(made)};
                               }};
  Result<Customer> made = co_await services->customers->create(call.who.actor, std::move(customer), std::move(once));
  if (!made) co_return std::unexpected(made.error());
  co_return created(json::to_json(*made), "/api/customers/" + std::to_string(made->id.value));
}

Task<Result<Reply>> get_customer(const Services* services, Call call) {
  const Result<CustomerId> id = path_id<CustomerId>(call.request);
  if (!id) co_return std::unexpected(id.error());
  Result<Customer> customer = co_await services->customers->get(*id);
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
  Result<Customer> customer = co_await services->customers->update(call.who.actor, *id, std::move(patch));
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

// The list of customer keys, on a page and as a file.
#include "api/customer_keys/key_json.h"
#include "api/handlers.h"
#include "api/listing.h"

namespace keyledger::api {
namespace {

using keyledger::customers::CustomerKeySort;
using service::CustomerKeyView;

constexpr std::string_view kList = "customer_keys";

Result<service::CustomerKeyQuery> key_query(const net::Request& request) {
  using enum CustomerKeySort;
  Result<ListPage<CustomerKeySort>> page =
      query_page<CustomerKeySort>(request, kList, {name, customer, expires_at, status});
  if (!page) return std::unexpected(page.error());
  const Result<std::optional<CustomerId>> owner = query_id<CustomerId>(request, "customer_id");
  if (!owner) return std::unexpected(owner.error());
  const auto standing = query_word<keyledger::customers::KeyStatus>(request, "status");
  if (!standing) return std::unexpected(standing.error());
  Result<std::optional<std::string>> search = query_text(request, "q");
  if (!search) return std::unexpected(search.error());
  return service::CustomerKeyQuery{std::move(*page), *owner, *standing, std::move(*search).value_or("")};
}

/// Never the key: nobody has it but the customer.
std::vector<std::string> cells_of(const CustomerKeyView& key) {
  return {std::to_string(key.id.value),
          key.name,
          key.customer_name,
          key.customer_email,
          key.hint,
          key.plan_name.value_or(""),
          cell(key.status),
          key.customer_suspended ? "yes" : "no",
          std::to_string(key.used_today),
          cell(key.limit_today),
          cell(key.remaining_today),
          std::to_string(key.total_requests),
          cell(key.last_used_at),
          to_rfc3339(key.created_at),
          cell(key.expires_at),
          cell(key.revoked_at),
          key.notes};
}

}  // namespace

Task<Result<Reply>> list_customer_keys(const Services* services, Call call) {
  Result<service::CustomerKeyQuery> query = key_query(call.request);
  if (!query) co_return std::unexpected(query.error());
  Result<Listed<CustomerKeyView>> keys = co_await services->customer_keys->list(std::move(*query));
  if (!keys) co_return std::unexpected(keys.error());
  json::Writer out;
  out.begin_object();
  write_listed(out, call.request, kList, *keys,
               [](json::Writer& to, const CustomerKeyView& key) { to.raw(key_json(key)); });
  out.end_object();
  co_return net::json_reply(200, out.take());
}

Task<Result<Reply>> list_customer_keys_csv(const Services* services, Call call) {
  Result<service::CustomerKeyQuery> query = key_query(call.request);
  if (!query) co_return std::unexpected(query.error());
  CsvListing<service::CustomerKeyQuery, CustomerKeyView> table{
      "customer-keys.csv",
      {"id", "name", "customer", "email", "key", "plan", "status", "customer_suspended", "used_today", "limit_today",
       "remaining_today", "total_requests", "last_used_at", "created_at", "expires_at", "revoked_at", "notes"},
      [](const Services* from, service::CustomerKeyQuery page) { return from->customer_keys->list(std::move(page)); },
      &cells_of};
  Result<Reply> reply = co_await csv_list(services, std::move(table), std::move(*query));
  co_return reply;
}

}  // namespace keyledger::api

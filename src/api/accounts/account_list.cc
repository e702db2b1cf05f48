// The list of accounts, on a page and as a file.
#include "api/handlers.h"
#include "api/listing.h"
#include "api/range.h"

namespace keyledger::api {
namespace {

using keyledger::keys::AccountSort;
using service::AccountQuery;
using service::AccountsListed;
using service::AccountView;

constexpr std::string_view kList = "accounts";

Result<AccountQuery> account_query(const net::Request& request) {
  using enum AccountSort;
  Result<ListPage<AccountSort>> page = query_page<AccountSort>(request, kList, {name, email, organization_name});
  if (!page) return std::unexpected(page.error());
  Result<std::optional<std::string>> search = query_text(request, "q");
  if (!search) return std::unexpected(search.error());
  const Result<RangeAsked> range = query_range(request);
  if (!range) return std::unexpected(range.error());
  return AccountQuery{std::move(*page), std::move(*search).value_or(""), range->days, range->from, range->to};
}

std::vector<std::string> cells_of(const AccountView& account) {
  std::vector<std::string> cells{std::to_string(account.id.value), account.name, account.email,
                                 account.organization_name, std::to_string(account.key_count)};
  cells.push_back(account.worst_status ? cell(*account.worst_status) : "");
  const bool known = !account.cost.empty();
  cells.push_back(known ? account.cost.front().amount : "");
  cells.emplace_back(known ? account.cost.front().currency.text() : "");
  std::string others;
  for (std::size_t i = 1; i < account.cost.size(); ++i) {
    others += (i == 1 ? "" : "; ") + account.cost[i].amount + " ";
    others += account.cost[i].currency.text();
  }
  cells.push_back(std::move(others));
  cells.push_back(to_rfc3339(account.created_at));
  return cells;
}

/// A page of the file. The days are the same for all of them.
Task<Result<Listed<AccountView>>> read_page(const Services* services, AccountQuery query) {
  Result<AccountsListed> listed = co_await services->accounts->list(std::move(query));
  if (!listed) co_return std::unexpected(listed.error());
  co_return std::move(listed->accounts);
}

}  // namespace

Task<Result<Reply>> list_accounts(const Services* services, Call call) {
  Result<AccountQuery> query = account_query(call.request);
  if (!query) co_return std::unexpected(query.error());
  Result<AccountsListed> listed = co_await services->accounts->list(std::move(*query));
  if (!listed) co_return std::unexpected(listed.error());
  json::Writer out;
  out.begin_object();
  write_listed(out, call.request, kList, listed->accounts,
               [](json::Writer& to, const AccountView& account) { json::write(to, account); });
  out.name("from");
  json::write(out, listed->from);
  out.name("to");
  json::write(out, listed->to);
  out.name("timezone").string(listed->timezone);
  out.end_object();
  co_return net::json_reply(200, out.take());
}

Task<Result<Reply>> list_accounts_csv(const Services* services, Call call) {
  Result<AccountQuery> query = account_query(call.request);
  if (!query) co_return std::unexpected(query.error());
  AccountQuery first = *query;  // tells the days, which are in the name of the file
  first.page.limit = 1;
  first.page.counted = false;
  const Result<AccountsListed> about = co_await services->accounts->list(std::move(first));
  if (!about) co_return std::unexpected(about.error());
  query->days.reset();
  query->from = about->from;
  query->to = about->to;
  CsvListing<AccountQuery, AccountView> table{csv_file_name("accounts", about->from, about->to, about->timezone),
                                              {"id", "name", "email", "organization", "keys", "worst_status", "cost",
                                               "cost_currency", "other_costs", "created_at"},
                                              &read_page,
                                              &cells_of};
  Result<Reply> reply = co_await csv_list(services, std::move(table), std::move(*query));
  co_return reply;
}

}  // namespace keyledger::api

// The list of shared accounts, on a page and as a file; never with a password.
#include "api/handlers.h"
#include "api/listing.h"
#include "api/rentals/rental_json.h"
#include "service/rentals/rental_accounts.h"

namespace keyledger::api {
namespace {

using keyledger::rentals::RentalAccountSort;
using service::RentalAccountView;

constexpr std::string_view kList = "rental_accounts";

Result<service::RentalAccountQuery> account_query(const net::Request& request) {
  using enum RentalAccountSort;
  Result<ListPage<RentalAccountSort>> page =
      query_page<RentalAccountSort>(request, kList, {website, username, status, last_reset, rested_since});
  if (!page) return std::unexpected(page.error());
  Result<std::optional<std::string>> of_website = query_text(request, "website");
  if (!of_website) return std::unexpected(of_website.error());
  const auto state = query_word<keyledger::rentals::AccountStatus>(request, "status");
  if (!state) return std::unexpected(state.error());
  Result<std::optional<std::string>> search = query_text(request, "q");
  if (!search) return std::unexpected(search.error());
  return service::RentalAccountQuery{std::move(*page), std::move(*of_website), *state, std::move(*search).value_or("")};
}

std::vector<std::string> cells_of(const RentalAccountView& account) {
  return {std::to_string(account.id.value),
          account.website,
          account.username,
          account.email,
          cell(account.status),
          account.exception_reason.value_or(""),
          account.rental ? account.rental->customer_name : std::string{},
          account.rental ? to_rfc3339(account.rental->expires_at) : std::string{},
          to_rfc3339(account.last_reset),
          cell(account.rested_since),
          account.notes,
          to_rfc3339(account.created_at)};
}

Task<Result<Listed<RentalAccountView>>> read_accounts(const Services* services, service::RentalAccountQuery query) {
  Result<service::ListedRentalAccounts> listed = co_await services->rental_accounts->list(std::move(query));
  if (!listed) co_return std::unexpected(listed.error());
  co_return std::move(*listed);
}

}  // namespace

Task<Result<Reply>> list_rental_accounts(const Services* services, Call call) {
  Result<service::RentalAccountQuery> query = account_query(call.request);
  if (!query) co_return std::unexpected(query.error());
  const Result<service::ListedRentalAccounts> listed = co_await services->rental_accounts->list(std::move(*query));
  if (!listed) co_return std::unexpected(listed.error());
  json::Writer out;
  out.begin_object();
  write_listed<RentalAccountView>(out, call.request, kList, *listed,
                                  [](json::Writer& to, const RentalAccountView& account) { write(to, account); });
  json::write(out.name("status_counts"), listed->status_counts);
  out.end_object();
  co_return net::json_reply(200, out.take());
}

Task<Result<Reply>> list_rental_accounts_csv(const Services* services, Call call) {
  Result<service::RentalAccountQuery> query = account_query(call.request);
  if (!query) co_return std::unexpected(query.error());
  CsvListing<service::RentalAccountQuery, RentalAccountView> table{
      "rental-accounts.csv",
      {"id", "website", "username", "email", "status", "put_aside_because", "rented_by", "rented_until", "last_reset",
       "rested_since", "notes", "created_at"},
      &read_accounts,
      &cells_of};
  Result<Reply> reply = co_await csv_list(services, std::move(table), std::move(*query));
  co_return reply;
}

}  // namespace keyledger::api

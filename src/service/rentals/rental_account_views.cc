// How shared accounts are shown: one, a list, and what has been with one.
#include "service/rentals/rental_account_views.h"

#include "domain/rentals/rules.h"
#include "service/key_rules.h"
#include "store/ordered_ids.h"
#include "store/rental_account_list.h"
#include "store/rental_account_store.h"
#include "store/rental_store.h"
#include "store/website_store.h"

namespace keyledger::service {
namespace {

using rentals::AccountStatus;
using rentals::Rental;
using rentals::RentalAccount;
using rentals::Website;
using store::RentalAccountList;
using store::RentalAccountStore;
using store::RentalStore;
using store::Transaction;
using store::WebsiteStore;

std::optional<std::string> unless_empty(std::string text) {
  return text.empty() ? std::optional<std::string>{} : std::optional{std::move(text)};
}

Result<RentalAccountView> to_view(Transaction& transaction, RentalAccount account, const std::string& website,
                                  Instant now) {
  RentalAccountView view{.id = account.id,
                         .website_id = account.website_id,
                         .website = website,
                         .username = std::move(account.username),
                         .email = std::move(account.email),
                         .notes = std::move(account.notes),
                         .status = account.status,
                         .exception_reason = unless_empty(std::move(account.exception_reason)),
                         .last_reset = account.last_reset,
                         .rotation_attempts = account.rotation_attempts,
                         .rotation_due_at = account.rotation_due_at,
                         .rotation_error = unless_empty(std::move(account.rotation_error)),
                         .created_at = account.created_at,
                         .updated_at = account.updated_at};
  if (account.status == AccountStatus::available) view.rested_since = account.rested_since;
  if (account.status != AccountStatus::rented) return view;
  const Result<std::optional<Rental>> open = RentalStore::open_of(transaction, account.id);
  if (!open) return std::unexpected(open.error());
  if (!*open || (*open)->expires_at <= now) return view;
  Result<RentalView> rental = view_rental(transaction, (*open)->id, now);
  if (!rental) return std::unexpected(rental.error());
  view.rental = std::move(*rental);
  return view;
}

Result<RentalAccountList::Filter> filter_of(Transaction& transaction, const RentalAccountQuery& query) {
  RentalAccountList::Filter filter{.status = query.status, .like = like_pattern(query.search)};
  if (!query.website) return filter;
  const Result<Website> website = website_named(transaction, *query.website);
  if (!website) return std::unexpected(website.error());
  filter.website_id = website->id;
  return filter;
}

Result<void> count(Transaction& transaction, const RentalAccountList::Filter& filter, ListedRentalAccounts& listed) {
  const Result<std::int64_t> found = RentalAccountList::count(transaction, filter);
  if (!found) return std::unexpected(found.error());
  const Result<std::int64_t> all = RentalAccountList::count(transaction, {});
  if (!all) return std::unexpected(all.error());
  const Result<RentalAccountList::Counts> counts = RentalAccountList::by_status(transaction, filter);
  if (!counts) return std::unexpected(counts.error());
  listed.count = *found;
  listed.all_count = *all;
  listed.status_counts = {counts->available, counts->rented, counts->needs_rotation, counts->exception};
  return {};
}

Result<ListedRentalAccounts> list_accounts(Transaction& transaction, const RentalAccountQuery& query, Instant now) {
  const Result<RentalAccountList::Filter> filter = filter_of(transaction, query);
  if (!filter) return std::unexpected(filter.error());
  Result<std::vector<ListPlace>> places = RentalAccountList::page(transaction, query.page, *filter);
  if (!places) return std::unexpected(places.error());
  ListedRentalAccounts listed;
  listed.next = store::cut_page(*places, query.page.limit);
  for (const ListPlace& place : *places) {
    Result<RentalAccountView> account = view_account(transaction, RentalAccountId{place.id}, now);
    if (!account) return std::unexpected(account.error());
    listed.rows.push_back(std::move(*account));
  }
  if (!query.page.counted) return listed;
  const Result<void> counted = count(transaction, *filter, listed);
  if (!counted) return std::unexpected(counted.error());
  return listed;
}

}  // namespace

Result<RentalAccountView> view_account(Transaction& transaction, RentalAccountId id, Instant now) {
  Result<RentalAccount> account = RentalAccountStore::get(transaction, id);
  if (!account) return std::unexpected(account.error());
  const Result<Website> website = WebsiteStore::get(transaction, account->website_id);
  if (!website) return std::unexpected(website.error());
  return to_view(transaction, std::move(*account), website->name, now);
}

Result<Website> website_named(Transaction& transaction, const std::string& name) {
  Result<std::optional<Website>> website = WebsiteStore::find(transaction, rentals::fold_name(name));
  if (!website) return std::unexpected(website.error());
  if (!*website) return std::unexpected(WebsiteStore::unknown_name(transaction, name, "website"));
  return std::move(**website);
}

runtime::Task<Result<ListedRentalAccounts>> RentalAccounts::list(RentalAccountQuery query) const {
  auto read = [query = std::move(query), now = parts_.core.clock->now()](Transaction& transaction) {
    return list_accounts(transaction, query, now);
  };
  Result<ListedRentalAccounts> listed =
      co_await parts_.core.store->readers().run<ListedRentalAccounts>(std::move(read));
  co_return listed;
}

runtime::Task<Result<RentalAccountView>> RentalAccounts::get(RentalAccountId id) const {
  auto read = [id, now = parts_.core.clock->now()](Transaction& transaction) {
    return view_account(transaction, id, now);
  };
  Result<RentalAccountView> account = co_await parts_.core.store->readers().run<RentalAccountView>(std::move(read));
  co_return account;
}

runtime::Task<Result<RentalAccountHistory>> RentalAccounts::history(RentalAccountId id) const {
  auto read = [id, now = parts_.core.clock->now()](Transaction& transaction) -> Result<RentalAccountHistory> {
    constexpr std::int64_t kMax = RentalAccountHistory::kHistoryMax;
    const Result<RentalAccount> account = RentalAccountStore::get(transaction, id);
    if (!account) return std::unexpected(account.error());
    Result<std::vector<RentalView>> rentals = newest_rentals(transaction, id, kMax, now);
    if (!rentals) return std::unexpected(rentals.error());
    const auto passwords = RentalAccountStore::past_passwords(transaction, id, kMax);
    if (!passwords) return std::unexpected(passwords.error());
    RentalAccountHistory history{.rentals = std::move(*rentals)};
    for (const RentalAccountStore::PastPassword& past : *passwords) {
      history.passwords.push_back({past.set_at, past.set_by});
    }
    return history;
  };
  Result<RentalAccountHistory> history =
      co_await parts_.core.store->readers().run<RentalAccountHistory>(std::move(read));
  co_return history;
}

}  // namespace keyledger::service

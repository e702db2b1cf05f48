#include "service/rentals/rental_views.h"

#include "domain/rentals/rules.h"
#include "store/rental_store.h"
#include "store/website_store.h"

namespace keyledger::service {
namespace {

using rentals::EndedBy;
using store::RentalStore;
using store::Transaction;
using store::WebsiteStore;

RentalView to_view(RentalStore::Row&& row, Instant now) {
  RentalView view{.id = row.id,
                  .account_id = row.rental_account_id,
                  .username = std::move(row.username),
                  .website_id = row.website_id,
                  .website = std::move(row.website),
                  .customer_id = row.customer_id,
                  .customer_name = std::move(row.customer_name),
                  .key_id = row.customer_key_id,
                  .key_name = std::move(row.key_name),
                  .fencing = row.fencing,
                  .rented_at = row.rented_at,
                  .expires_at = row.expires_at,
                  .ended_at = row.ended_at,
                  .ended_by = row.ended_by,
                  .customer_info = std::move(row.customer_info)};
  if (!view.ended_at && view.expires_at <= now) {
    view.ended_at = view.expires_at;
    view.ended_by = EndedBy::expired;
  }
  view.status = view.ended_at ? RentalState::ended : RentalState::open;
  if (!view.ended_at) view.remaining_minutes = rentals::remaining_minutes(view.expires_at, now);
  return view;
}

Result<std::vector<RentalView>> view_page(Transaction& transaction, const RentalStore::Filter& filter) {
  Result<std::vector<RentalStore::Row>> rows = RentalStore::list(transaction, filter);
  if (!rows) return std::unexpected(rows.error());
  std::vector<RentalView> views;
  for (RentalStore::Row& row : *rows) views.push_back(to_view(std::move(row), filter.now));
  return views;
}

}  // namespace

Result<std::vector<RentalView>> view_rentals(Transaction& transaction, const RentalQuery& query, Instant now) {
  RentalStore::Filter filter;
  filter.before = query.before;
  if (query.status) filter.state = boost::describe::enum_to_string(*query.status, "");
  filter.account_id = query.account_id;
  filter.customer_id = query.customer_id;
  filter.key_id = query.key_id;
  filter.from = query.from;
  filter.to = query.to;
  filter.now = now;
  filter.limit = query.limit + 1;
  if (query.website) {
    const Result<std::optional<rentals::Website>> website =
        WebsiteStore::find(transaction, rentals::fold_name(*query.website));
    if (!website) return std::unexpected(website.error());
    if (!*website) return std::unexpected(WebsiteStore::unknown_name(transaction, *query.website, "website"));
    filter.website_id = (*website)->id;
  }
  return view_page(transaction, filter);
}

Result<RentalView> view_rental(Transaction& transaction, RentalId id, Instant now) {
  RentalStore::Filter filter;
  filter.id = id;
  filter.now = now;
  filter.limit = 1;
  Result<std::vector<RentalView>> found = view_page(transaction, filter);
  if (!found) return std::unexpected(found.error());
  if (found->empty()) return store::unknown_rental(id);
  return std::move(found->front());
}

}  // namespace keyledger::service

#include "service/rentals/rental_views.h"

#include "domain/rentals/rules.h"
#include "service/key_rules.h"
#include "store/ordered_ids.h"
#include "store/rental_list.h"
#include "store/rental_store.h"
#include "store/website_store.h"

namespace keyledger::service {
namespace {

using rentals::EndedBy;
using store::RentalList;
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

Result<RentalList::Filter> filter_of(Transaction& transaction, const RentalQuery& query, Instant now) {
  RentalList::Filter filter;
  if (query.status) filter.open = *query.status == RentalState::open;
  filter.account_id = query.account_id;
  filter.customer_id = query.customer_id;
  filter.key_id = query.key_id;
  filter.from = query.from;
  filter.to = query.to;
  filter.like = like_pattern(query.search);
  filter.now = now;
  if (!query.website) return filter;
  const Result<std::optional<rentals::Website>> website =
      WebsiteStore::find(transaction, rentals::fold_name(*query.website));
  if (!website) return std::unexpected(website.error());
  if (!*website) return std::unexpected(WebsiteStore::unknown_name(transaction, *query.website, "website"));
  filter.website_id = (*website)->id;
  return filter;
}

}  // namespace

Result<Listed<RentalView>> list_rentals(Transaction& transaction, const RentalQuery& query, Instant now) {
  const Result<RentalList::Filter> filter = filter_of(transaction, query, now);
  if (!filter) return std::unexpected(filter.error());
  Result<std::vector<ListPlace>> places = RentalList::page(transaction, query.page, *filter);
  if (!places) return std::unexpected(places.error());
  Listed<RentalView> listed{.next = store::cut_page(*places, query.page.limit)};
  for (const ListPlace& place : *places) {
    Result<RentalView> rental = view_rental(transaction, RentalId{place.id}, now);
    if (!rental) return std::unexpected(rental.error());
    listed.rows.push_back(std::move(*rental));
  }
  if (!query.page.counted) return listed;
  const Result<RentalList::Counts> counts = RentalList::counts(transaction, *filter);
  if (!counts) return std::unexpected(counts.error());
  listed.count = counts->listed;
  listed.all_count = counts->all;
  return listed;
}

Result<std::vector<RentalView>> newest_rentals(Transaction& transaction, RentalAccountId id, std::int64_t limit,
                                               Instant now) {
  Result<std::vector<RentalStore::Row>> rows = RentalStore::newest_rows(transaction, id, limit);
  if (!rows) return std::unexpected(rows.error());
  std::vector<RentalView> views;
  for (RentalStore::Row& row : *rows) views.push_back(to_view(std::move(row), now));
  return views;
}

Result<RentalView> view_rental(Transaction& transaction, RentalId id, Instant now) {
  Result<RentalStore::Row> row = RentalStore::get_row(transaction, id);
  if (!row) return std::unexpected(row.error());
  return to_view(std::move(*row), now);
}

}  // namespace keyledger::service

#include "service/customers/key_listing.h"

#include <absl/container/flat_hash_map.h>

#include "domain/ledger/bucket.h"
#include "service/customers/key_records.h"
#include "service/key_rules.h"
#include "service/top_places.h"
#include "store/customer_key_list.h"
#include "store/ledger/call_counts_store.h"
#include "store/ordered_ids.h"

namespace keyledger::service {
namespace {

using customers::CustomerKeySort;
using store::CallCountsStore;
using store::CustomerKeyList;
using store::CustomerKeyStore;
using store::Transaction;

store::BucketRange today_of(const Zone& zone, Instant now) {
  const LocalDay today = zone.day_of(now);
  return {ledger::bucket_of(zone, zone.start_of(today)),
          ledger::bucket_of(zone, zone.start_of(today + std::chrono::days{1}))};
}

/// The calls of today of keys that no limit counts, from the ledger; each day on the clocks of the key's customer.
class LedgerToday {
 public:
  LedgerToday(KeyTable* table, Instant now) : table_(table), now_(now) {}

  Result<void> read(Transaction& transaction) {
    // No day began earlier: it has 25 hours at most, and the installation's clocks are not asked.
    const std::int64_t from = ledger::bucket_of(Zone{}, now_ - std::chrono::hours{26});
    return CallCountsStore::each_key(transaction, from, [this](const CallCountsStore::OfKey& hour) {
      if (table_->requests_today(hour.key)) return;
      if (hour.bucket >= began(hour.key)) used_[hour.key.value] += hour.admitted;
    });
  }
  [[nodiscard]] std::int64_t of(CustomerKeyId key) const {
    const auto found = used_.find(key.value);
    return found == used_.end() ? 0 : found->second;
  }

 private:
  std::int64_t began(CustomerKeyId key) {
    const auto [found, fresh] = began_.try_emplace(key.value, 0);
    if (fresh) found->second = today_of(table_->zone_of(key), now_).from;
    return found->second;
  }

  KeyTable* table_;
  Instant now_;
  absl::flat_hash_map<std::int64_t, std::int64_t> used_{}, began_{};  // by key
};

Result<std::vector<ListPlace>> by_used_today(Transaction& transaction, KeyTable* table, const CustomerKeyQuery& query,
                                             const CustomerKeyList::Filter& filter) {
  LedgerToday ledger(table, filter.now);
  const Result<void> read = ledger.read(transaction);
  if (!read) return std::unexpected(read.error());
  TopPlaces top(query.page.descending, query.page.after, query.page.limit);
  const Result<void> offered = CustomerKeyList::each(transaction, filter, [&](CustomerKeyId id) {
    const std::optional<limits::LimitStanding> counted = table->requests_today(id);
    top.offer(id.value, counted ? counted->used : ledger.of(id));
    return true;
  });
  if (!offered) return std::unexpected(offered.error());
  return top.take();
}

}  // namespace

Result<CustomerKeyView> view_in(Transaction& transaction, KeyTable* table, CustomerKeyStore::Entry entry, Instant now) {
  const CustomerKeyId id = entry.key.id;
  CustomerKeyView view = view_of(std::move(entry), table->standings(id), now);
  if (view.limit_today) return view;
  const Result<std::int64_t> used = CallCountsStore::admitted(transaction, id, today_of(table->zone_of(id), now));
  if (!used) return std::unexpected(used.error());
  view.used_today = *used;
  return view;
}

Result<Listed<CustomerKeyView>> list_keys(Transaction& transaction, KeyTable* table, const CustomerKeyQuery& query,
                                          Instant now) {
  const CustomerKeyList::Filter filter{query.customer_id, query.status, like_pattern(query.search), now};
  const bool in_memory = query.page.sort == CustomerKeySort::used_today;
  Result<std::vector<ListPlace>> places = in_memory ? by_used_today(transaction, table, query, filter)
                                                    : CustomerKeyList::page(transaction, query.page, filter);
  if (!places) return std::unexpected(places.error());
  Listed<CustomerKeyView> listed{.next = store::cut_page(*places, query.page.limit)};
  listed.rows.reserve(places->size());
  for (const ListPlace& place : *places) {
    Result<CustomerKeyStore::Entry> entry = CustomerKeyStore::get(transaction, CustomerKeyId{place.id}, now);
    if (!entry) return std::unexpected(entry.error());
    Result<CustomerKeyView> view = view_in(transaction, table, std::move(*entry), now);
    if (!view) return std::unexpected(view.error());
    listed.rows.push_back(std::move(*view));
  }
  if (!query.page.counted) return listed;
  const Result<std::int64_t> count = CustomerKeyList::count(transaction, filter);
  if (!count) return std::unexpected(count.error());
  const Result<std::int64_t> all = CustomerKeyList::count_all(transaction);
  if (!all) return std::unexpected(all.error());
  listed.count = *count;
  listed.all_count = *all;
  return listed;
}

}  // namespace keyledger::service

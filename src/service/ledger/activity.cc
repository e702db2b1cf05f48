#include "service/ledger/activity.h"

#include "service/ledger/activity_walk.h"
#include "store/ledger/activity_store.h"

namespace keyledger::service {
namespace {

using store::ActivityStore;
using store::EventLine;
using store::Transaction;

std::string address_text(const store::Bytes& bytes) {
  return bytes.empty() ? std::string{} : stored_address(bytes).text();
}

/// Whether nothing but whose calls they are narrows them.
bool only_by_owner(const ActivityQuery& query) {
  return !query.action && !query.website && !query.status && !query.admitted && !query.account_id &&
         !query.http_status && !query.network && !query.from && !query.to;
}

/// What is known without looking at each call.
Result<void> count(Transaction& transaction, const ActivityQuery& query, ActivityPage& page) {
  const Result<ActivityStore::Kept> kept = ActivityStore::kept(transaction);
  if (!kept) return std::unexpected(kept.error());
  page.all_count = kept->events;
  if (query.of_key_only) {
    const Result<std::int64_t> all = ActivityStore::calls_of(transaction, *query.key_id);
    if (!all) return std::unexpected(all.error());
    page.all_count = *all;
  }
  if (!only_by_owner(query) || (query.key_id && query.customer_id)) return {};
  if (!query.key_id && !query.customer_id) page.count = kept->events;
  if (page.count || !kept->whole) return {};  // totals count those that were dropped, too
  const Result<std::int64_t> calls = query.key_id ? ActivityStore::calls_of(transaction, *query.key_id)
                                                  : ActivityStore::calls_of(transaction, *query.customer_id);
  if (!calls) return std::unexpected(calls.error());
  page.count = *calls;
  return {};
}

ActivityLine to_line(EventLine row) {
  ActivityLine line;
  line.id = row.id;
  line.at = row.at;
  line.customer_key_id = row.customer_key_id;
  line.key_name = std::move(row.key_name);
  line.key_hint = std::move(row.key_hint);
  line.customer_id = row.customer_id;
  line.customer_name = std::move(row.customer_name);
  line.action = std::move(row.action);
  line.resource = std::move(row.resource);
  if (row.rental_account_id.value != 0) line.account_id = row.rental_account_id;
  line.account_username = std::move(row.account_username);
  line.website = std::move(row.website);
  line.status = static_cast<ledger::Status>(row.status);
  line.http_status = row.http_status;
  line.ip_address = address_text(row.address);
  line.user_agent = std::move(row.user_agent);
  line.duration = std::chrono::microseconds{row.duration_micros};
  line.units = row.units;
  return line;
}

Result<ActivityPage> read_page(Transaction& transaction, const ActivityQuery& query) {
  Result<Walked> walked = walk_activity(transaction, query);
  if (!walked) return std::unexpected(walked.error());
  ActivityPage page;
  page.next = std::move(walked->next);
  for (const UsageEventId id : walked->ids) {
    Result<EventLine> row = ActivityStore::line(transaction, id);
    if (!row) return std::unexpected(row.error());
    page.lines.push_back(to_line(std::move(*row)));
  }
  if (!query.counted) return page;
  const Result<void> counted = count(transaction, query, page);
  if (!counted) return std::unexpected(counted.error());
  return page;
}

}  // namespace

runtime::Task<Result<ActivityPage>> Activity::list(ActivityQuery query) const {
  const Result<void> settled = co_await ledger_->settle();  // the ends of the chains are kept with the totals
  if (!settled) co_return std::unexpected(settled.error());
  auto read = [query = std::move(query)](Transaction& transaction) { return read_page(transaction, query); };
  Result<ActivityPage> page = co_await core_.store->readers().run<ActivityPage>(std::move(read));
  co_return page;
}

}  // namespace keyledger::service

#include "service/ledger/activity.h"

#include "service/ledger/activity_walk.h"
#include "store/ledger/activity_store.h"

namespace keyledger::service {
namespace {

using store::ActivityStore;
using store::EventLine;
using store::Transaction;

constexpr std::size_t kV4Bytes = 4;

std::string address_text(const store::Bytes& bytes) {
  std::array<std::uint8_t, 16> address{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
  const bool v4 = bytes.size() == kV4Bytes;
  if (!v4 && bytes.size() != address.size()) return {};
  std::copy(bytes.begin(), bytes.end(), address.begin() + (v4 ? 12 : 0));
  return IpAddress{address}.text();
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

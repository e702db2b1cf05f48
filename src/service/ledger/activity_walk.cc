#include "service/ledger/activity_walk.h"

#include <algorithm>
#include <limits>
#include <map>
#include <queue>

#include "domain/rentals/rules.h"
#include "store/ledger/activity_store.h"
#include "store/ledger/ledger_chain_store.h"

namespace keyledger::service {
namespace {

using store::ActivityStore;
using store::EventStep;
using store::Transaction;

constexpr std::size_t kV4Bytes = 4;
constexpr UsageEventId kEnd{std::numeric_limits<std::int64_t>::max()};

std::unexpected<Error> foreign_cursor() {
  return fail(Code::invalid_argument, "The cursor was made with other filters; begin without it.", "malformed_cursor",
              "cursor");
}

/// What the query wants of an event, in numbers.
struct Wanted {
  std::optional<std::int64_t> action_id{};
  std::vector<WebsiteId> website_ids{};  // of one name, which websites that are gone had, too; empty: of any
  std::optional<ledger::Status> status{};
  bool admitted = false;
  std::optional<RentalAccountId> account_id{};
  std::optional<std::int64_t> http_status{};
  std::optional<IpNetwork> network{};
  std::optional<Instant> from{}, to{};
  UsageEventId floor{1};  // no event below it is wanted

  [[nodiscard]] bool fits(const EventStep& event) const {
    if (action_id && event.action_id != *action_id) return false;
    if (!website_ids.empty() && std::ranges::find(website_ids, event.website_id) == website_ids.end()) return false;
    if (status && event.status != static_cast<std::int64_t>(*status)) return false;
    if (admitted && !ledger::admitted(static_cast<ledger::Status>(event.status))) return false;
    if (account_id && event.rental_account_id != *account_id) return false;
    if (http_status && event.http_status != *http_status) return false;
    if (network && !network->contains(stored_address(event.address))) return false;
    if (from && event.at < *from) return false;
    return !to || event.at < *to;
  }
};

/// Nothing where no event can fit, since its action was never called.
Result<std::optional<Wanted>> read_wanted(Transaction& transaction, const ActivityQuery& query) {
  Wanted wanted{.status = query.status,
                .admitted = query.admitted,
                .account_id = query.account_id,
                .http_status = query.http_status,
                .network = query.network,
                .from = query.from,
                .to = query.to};
  if (query.website) {
    Result<std::vector<WebsiteId>> websites = ActivityStore::websites(transaction, rentals::fold_name(*query.website));
    if (!websites) return std::unexpected(websites.error());
    wanted.website_ids = std::move(*websites);
  }
  if (query.action) {
    const Result<std::optional<std::int64_t>> word = ActivityStore::word(transaction, *query.action);
    if (!word) return std::unexpected(word.error());
    if (!*word) return std::nullopt;
    wanted.action_id = **word;
  }
  if (query.from) {
    const Result<std::optional<UsageEventId>> first = ActivityStore::first_since(transaction, *query.from);
    if (!first) return std::unexpected(first.error());
    const Result<UsageEventId> open = ActivityStore::first_open(transaction);
    if (!open) return std::unexpected(open.error());
    wanted.floor = first->value_or(*open);
  }
  return wanted;
}

/// Takes events one after the other until the page is full or enough were looked at.
class Page {
 public:
  Page(const Wanted* wanted, std::int64_t limit) : wanted_(wanted), limit_(limit) {}

  void look(const EventStep& event, bool theirs = true) {
    ++looked_at_;
    last_ = event.id;
    if (theirs && wanted_->fits(event)) ids_.push_back(event.id);
  }
  [[nodiscard]] bool full() const { return std::ssize(ids_) >= limit_ || looked_at_ >= ActivityPage::kLookedAtMax; }
  [[nodiscard]] std::int64_t may_look_at() const { return ActivityPage::kLookedAtMax - looked_at_; }
  [[nodiscard]] UsageEventId last() const { return last_; }
  [[nodiscard]] std::vector<UsageEventId> take_ids() { return std::move(ids_); }

 private:
  const Wanted* wanted_;
  std::int64_t limit_;
  std::int64_t looked_at_ = 0;
  UsageEventId last_ = kEnd;
  std::vector<UsageEventId> ids_{};
};

struct ByAge {
  bool operator()(const EventStep& left, const EventStep& right) const { return left.id < right.id; }
};
using Heads = std::priority_queue<EventStep, std::vector<EventStep>, ByAge>;

/// Puts an event in front of its chain, unless the chain ends before it: there was none, it was dropped, or nothing
/// below is wanted.
Result<void> put_head(Transaction& transaction, Heads& heads, const Wanted& wanted, CustomerKeyId key,
                      UsageEventId id) {
  if (id < wanted.floor) return {};
  const Result<std::optional<EventStep>> event = ActivityStore::step(transaction, id);
  if (!event) return std::unexpected(event.error());
  if (!*event) return {};
  if ((*event)->customer_key_id != key) return foreign_cursor();
  heads.push(**event);
  return {};
}

/// Walks several chains at once, always along the one whose next event is the newest. Events after `newest` are left
/// out.
Result<Walked> walk_chains(Transaction& transaction, const Wanted& wanted, std::int64_t limit,
                           const std::vector<ActivityCursor::Head>& starts, UsageEventId newest = kEnd) {
  Heads heads;
  for (const ActivityCursor::Head& start : starts) {
    const Result<void> put = put_head(transaction, heads, wanted, start.key, start.event);
    if (!put) return std::unexpected(put.error());
  }
  Page page(&wanted, limit);
  while (!heads.empty() && !page.full()) {
    const EventStep event = heads.top();
    heads.pop();
    if (event.id <= newest) page.look(event);
    const Result<void> put = put_head(transaction, heads, wanted, event.customer_key_id, event.previous_id);
    if (!put) return std::unexpected(put.error());
  }
  Walked walked{page.take_ids(), std::nullopt};
  if (heads.empty()) return walked;
  walked.next.emplace().before = page.last();
  for (; !heads.empty(); heads.pop()) walked.next->heads.push_back({heads.top().customer_key_id, heads.top().id});
  return walked;
}

/// Whether an event belongs to somebody whose events are asked for.
class OwnerFilter {
 public:
  OwnerFilter(Transaction* transaction, std::optional<CustomerId> customer)
      : transaction_(transaction), customer_(customer) {}

  [[nodiscard]] Result<bool> fits(CustomerKeyId key) {
    if (!customer_) return true;
    const auto known = known_.find(key);
    if (known != known_.end()) return known->second;
    const Result<CustomerId> owner = ActivityStore::owner(*transaction_, key);
    if (!owner && owner.error().code != Code::not_found) return std::unexpected(owner.error());
    const bool fits = owner && *owner == *customer_;
    known_.emplace(key, fits);
    return fits;
  }

 private:
  Transaction* transaction_;
  std::optional<CustomerId> customer_;
  std::map<CustomerKeyId, bool> known_{};  // at most one for each event that is looked at
};

struct EventSpan {
  UsageEventId before{}, floor{};
};

/// The parts of the ledger that can have something of the time asked for, newest first: the open block, and the closed
/// ones from the last that begins early enough.
Result<std::vector<EventSpan>> spans(Transaction& transaction, const Wanted& wanted, UsageEventId before) {
  if (!wanted.to) return std::vector<EventSpan>{{before, wanted.floor}};
  const Result<UsageEventId> open = ActivityStore::first_open(transaction);
  if (!open) return std::unexpected(open.error());
  const Result<std::optional<UsageEventId>> last = ActivityStore::last_before(transaction, *wanted.to);
  if (!last) return std::unexpected(last.error());
  const UsageEventId closed_end{last->value_or(UsageEventId{}).value + 1};
  return std::vector<EventSpan>{{before, std::max(*open, wanted.floor)}, {std::min(before, closed_end), wanted.floor}};
}

Result<Walked> walk_all(Transaction& transaction, const Wanted& wanted, std::int64_t limit,
                        std::optional<CustomerId> customer, UsageEventId before) {
  const Result<std::vector<EventSpan>> parts = spans(transaction, wanted, before);
  if (!parts) return std::unexpected(parts.error());
  OwnerFilter owner(&transaction, customer);
  Page page(&wanted, limit);
  Result<void> outcome{};
  for (const EventSpan& part : *parts) {
    if (page.full()) break;
    const Result<void> read =
        ActivityStore::walk_back(transaction, part.before, part.floor, page.may_look_at(), [&](const EventStep& event) {
          const Result<bool> theirs = owner.fits(event.customer_key_id);
          if (!theirs) outcome = std::unexpected(theirs.error());
          if (!theirs) return false;
          page.look(event, *theirs);
          return !page.full();
        });
    if (!read) return std::unexpected(read.error());
    if (!outcome) return std::unexpected(outcome.error());
  }
  const bool more = page.full() && page.last() > wanted.floor;
  Walked walked{page.take_ids(), std::nullopt};
  if (more) walked.next = ActivityCursor{.before = page.last()};
  return walked;
}

/// Where the chains of a key or a customer begin; nothing where there are too many of them.
Result<std::optional<std::vector<ActivityCursor::Head>>> starts_of(Transaction& transaction,
                                                                   const ActivityQuery& query) {
  std::vector<ActivityCursor::Head> starts;
  if (query.key_id) {
    const Result<UsageEventId> newest = ActivityStore::newest_of(transaction, *query.key_id);
    if (!newest) return std::unexpected(newest.error());
    starts.push_back({*query.key_id, *newest});
    return starts;
  }
  const Result<std::vector<ActivityStore::Head>> found =
      ActivityStore::newest_of_customer(transaction, *query.customer_id, ActivityPage::kKeysMax + 1);
  if (!found) return std::unexpected(found.error());
  if (std::ssize(*found) > ActivityPage::kKeysMax) return std::nullopt;
  for (const ActivityStore::Head& head : *found) starts.push_back({head.key, head.event});
  return starts;
}

/// That who is asked for exists; and whether anything of theirs can be found at all.
Result<bool> check_owner(Transaction& transaction, const ActivityQuery& query) {
  if (query.customer_id) {
    const Result<void> known = ActivityStore::check_customer(transaction, *query.customer_id);
    if (!known) return std::unexpected(known.error());
  }
  if (!query.key_id) return true;
  const Result<CustomerId> owner = ActivityStore::owner(transaction, *query.key_id);
  if (!owner) return std::unexpected(owner.error());
  return !query.customer_id || *owner == *query.customer_id;
}

/// That the chains of a cursor are those of who is asked for.
Result<void> check_heads(Transaction& transaction, const ActivityQuery& query) {
  for (const ActivityCursor::Head& head : query.cursor->heads) {
    if (query.key_id && head.key != *query.key_id) return foreign_cursor();
    if (query.key_id) continue;
    const Result<CustomerId> owner = ActivityStore::owner(transaction, head.key);
    if (!owner && owner.error().code != Code::not_found) return std::unexpected(owner.error());
    if (!owner || *owner != *query.customer_id) return foreign_cursor();
  }
  return {};
}

}  // namespace

IpAddress stored_address(const store::Bytes& bytes) {
  std::array<std::uint8_t, 16> address{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
  const bool v4 = bytes.size() == kV4Bytes;
  if (!v4 && bytes.size() != address.size()) return {};
  std::copy(bytes.begin(), bytes.end(), address.begin() + (v4 ? 12 : 0));
  return IpAddress{address};
}

Result<Walked> walk_activity(Transaction& transaction, const ActivityQuery& query) {
  const Result<bool> possible = check_owner(transaction, query);
  if (!possible) return std::unexpected(possible.error());
  const Result<std::optional<Wanted>> wanted = read_wanted(transaction, query);
  if (!wanted) return std::unexpected(wanted.error());
  if (!*possible || !*wanted) return Walked{};
  const UsageEventId before = query.cursor ? query.cursor->before : kEnd;
  const bool has_heads = query.cursor && !query.cursor->heads.empty();
  if (!query.key_id && !query.customer_id) {
    if (has_heads) return foreign_cursor();
    return walk_all(transaction, **wanted, query.limit, {}, before);
  }
  if (has_heads) {
    const Result<void> theirs = check_heads(transaction, query);
    if (!theirs) return std::unexpected(theirs.error());
    return walk_chains(transaction, **wanted, query.limit, query.cursor->heads);
  }
  const Result<std::optional<std::vector<ActivityCursor::Head>>> starts = starts_of(transaction, query);
  if (!starts) return std::unexpected(starts.error());
  if (!*starts) return walk_all(transaction, **wanted, query.limit, query.customer_id, before);
  if (query.cursor) return foreign_cursor();
  // While rollups are being written the chains of some keys are known further than those of others. The walk begins
  // where all are known, otherwise it would go past events that only show later; it steps over a generation at most.
  const Result<store::LedgerChainStore::State> state = store::LedgerChainStore::state(transaction);
  if (!state) return std::unexpected(state.error());
  return walk_chains(transaction, **wanted, query.limit, **starts, query.key_id ? kEnd : state->rolled_up_to);
}

}  // namespace keyledger::service

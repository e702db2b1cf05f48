#include "store/ledger/activity_store.h"

#include <fmt/format.h>

namespace keyledger::store {

BOOST_DESCRIBE_STRUCT(EventStep, (),
                      (id, at, customer_key_id, previous_id, action_id, status, website_id, rental_account_id,
                       http_status, address))
BOOST_DESCRIBE_STRUCT(EventLine, (),
                      (id, at, customer_key_id, key_name, key_hint, customer_id, customer_name, action, resource,
                       rental_account_id, account_username, website, status, http_status, address, user_agent,
                       duration_micros, units))
BOOST_DESCRIBE_STRUCT(ActivityStore::Head, (), (key, event))

namespace {

struct ById {
  std::int64_t id = 0;
};
BOOST_DESCRIBE_STRUCT(ById, (), (id))

struct Ends {
  std::int64_t first = 0, last = 0;
};
BOOST_DESCRIBE_STRUCT(Ends, (), (first, last))

struct Range {
  UsageEventId before{}, floor{};
  std::int64_t limit = 0;
};
BOOST_DESCRIBE_STRUCT(Range, (), (before, floor, limit))

struct OfCustomer {
  CustomerId customer{};
  std::int64_t limit = 0;
};
BOOST_DESCRIBE_STRUCT(OfCustomer, (), (customer, limit))

struct ByText {
  std::string text{};
};
BOOST_DESCRIBE_STRUCT(ByText, (), (text))

struct ByTime {
  Instant at{};
};
BOOST_DESCRIBE_STRUCT(ByTime, (), (at))

/// The only column of the only row, if there is one.
template <typename T, typename Parameters>
Result<std::optional<T>> value(Transaction& transaction, const Query<Single<T>>& query, const Parameters& parameters) {
  const Result<std::optional<Single<T>>> row = transaction.one(query, parameters);
  if (!row) return std::unexpected(row.error());
  if (!*row) return std::nullopt;
  return (*row)->value;
}

}  // namespace

Result<std::optional<EventStep>> ActivityStore::step(Transaction& transaction, UsageEventId id) {
  static const Query<EventStep> kStep{R"sql(
    SELECT id, at, customer_key_id, previous_id, action_id, status, website_id, rental_account_id, http_status, address
      FROM usage_events WHERE id = :id)sql"};
  return transaction.one(kStep, ById{id.value});
}

Result<void> ActivityStore::walk_back(Transaction& transaction, UsageEventId before, UsageEventId floor,
                                      std::int64_t limit, const std::function<bool(EventStep)>& sink) {
  static const Query<EventStep> kWalk{R"sql(
    SELECT id, at, customer_key_id, previous_id, action_id, status, website_id, rental_account_id, http_status, address
      FROM usage_events WHERE id < :before AND id >= :floor ORDER BY id DESC LIMIT :limit)sql"};
  return transaction.each<EventStep>(kWalk, Range{before, floor, limit}, sink);
}

Result<ActivityStore::Kept> ActivityStore::kept(Transaction& transaction) {
  // Each end by itself, since both in one look would read all that lies between.
  static const Query<Ends> kEnds{R"sql(
    SELECT COALESCE((SELECT MIN(id) FROM usage_events), 1), COALESCE((SELECT MAX(id) FROM usage_events), 0))sql"};
  const Result<std::optional<Ends>> ends = transaction.one(kEnds);
  if (!ends) return std::unexpected(ends.error());
  check_invariant(ends->has_value(), "a SELECT without a table has one row");
  return Kept{(*ends)->last - (*ends)->first + 1, (*ends)->first == 1};
}

Result<std::int64_t> ActivityStore::calls_of(Transaction& transaction, CustomerKeyId key) {
  static const Query<Single<std::int64_t>> kCalls{
      "SELECT admitted + refused FROM customer_key_totals WHERE customer_key_id = :id"};
  const Result<std::optional<std::int64_t>> found = value(transaction, kCalls, ById{key.value});
  if (!found) return std::unexpected(found.error());
  return found->value_or(0);
}

Result<std::int64_t> ActivityStore::calls_of(Transaction& transaction, CustomerId customer) {
  static const Query<Single<std::int64_t>> kCalls{R"sql(
    SELECT COALESCE(SUM(t.admitted + t.refused), 0)
      FROM customer_keys k JOIN customer_key_totals t ON t.customer_key_id = k.id WHERE k.customer_id = :id)sql"};
  const Result<std::optional<std::int64_t>> found = value(transaction, kCalls, ById{customer.value});
  if (!found) return std::unexpected(found.error());
  return found->value_or(0);
}

Result<EventLine> ActivityStore::line(Transaction& transaction, UsageEventId id) {
  static const Query<EventLine> kLine{R"sql(
    SELECT e.id, e.at, e.customer_key_id, COALESCE(k.name, ''), COALESCE(k.hint, ''), COALESCE(k.customer_id, 0),
           COALESCE(c.name, ''), COALESCE(actions.word, ''), COALESCE(resources.word, ''), e.rental_account_id,
           a.username, w.name, e.status, e.http_status, e.address, COALESCE(agents.word, ''), e.duration_micros, e.units
      FROM usage_events e
      LEFT JOIN customer_keys k ON k.id = e.customer_key_id
      LEFT JOIN customers c ON c.id = k.customer_id
      LEFT JOIN rental_accounts a ON a.id = e.rental_account_id
      LEFT JOIN websites w ON w.id = e.website_id
      LEFT JOIN ledger_words actions ON actions.id = e.action_id
      LEFT JOIN ledger_words resources ON resources.id = e.resource_id
      LEFT JOIN ledger_words agents ON agents.id = e.agent_id
     WHERE e.id = :id)sql"};
  Result<std::optional<EventLine>> row = transaction.one(kLine, ById{id.value});
  if (!row) return std::unexpected(row.error());
  check_invariant(row->has_value(), "an event that was just seen is there in the same transaction");
  return std::move(**row);
}

Result<CustomerId> ActivityStore::owner(Transaction& transaction, CustomerKeyId key) {
  static const Query<Single<CustomerId>> kOwner{"SELECT customer_id FROM customer_keys WHERE id = :id"};
  const Result<std::optional<CustomerId>> found = value(transaction, kOwner, ById{key.value});
  if (!found) return std::unexpected(found.error());
  if (*found) return **found;
  return fail(Code::not_found, fmt::format("There is no customer key {}.", key.value), "unknown_customer_key");
}

Result<void> ActivityStore::check_customer(Transaction& transaction, CustomerId customer) {
  static const Query<Single<CustomerId>> kFind{"SELECT id FROM customers WHERE id = :id"};
  const Result<std::optional<CustomerId>> found = value(transaction, kFind, ById{customer.value});
  if (!found) return std::unexpected(found.error());
  if (*found) return {};
  return fail(Code::not_found, fmt::format("There is no customer {}.", customer.value), "unknown_customer");
}

Result<UsageEventId> ActivityStore::newest_of(Transaction& transaction, CustomerKeyId key) {
  static const Query<Single<UsageEventId>> kNewest{
      "SELECT last_event_id FROM customer_key_totals WHERE customer_key_id = :id"};
  const Result<std::optional<UsageEventId>> found = value(transaction, kNewest, ById{key.value});
  if (!found) return std::unexpected(found.error());
  return found->value_or(UsageEventId{});
}

Result<std::vector<ActivityStore::Head>> ActivityStore::newest_of_customer(Transaction& transaction,
                                                                           CustomerId customer, std::int64_t limit) {
  static const Query<Head> kNewest{R"sql(
    SELECT k.id, t.last_event_id
      FROM customer_keys k JOIN customer_key_totals t ON t.customer_key_id = k.id
     WHERE k.customer_id = :customer ORDER BY k.id LIMIT :limit)sql"};
  return transaction.all(kNewest, OfCustomer{customer, limit});
}

Result<std::optional<std::int64_t>> ActivityStore::word(Transaction& transaction, const std::string& word) {
  static const Query<Single<std::int64_t>> kWord{"SELECT id FROM ledger_words WHERE word = :text"};
  return value(transaction, kWord, ByText{word});
}

Result<std::vector<WebsiteId>> ActivityStore::websites(Transaction& transaction, const std::string& folded) {
  static const Query<Single<WebsiteId>> kWebsites{"SELECT id FROM websites WHERE name_folded = :text"};
  const Result<std::vector<Single<WebsiteId>>> found = transaction.all(kWebsites, ByText{folded});
  if (!found) return std::unexpected(found.error());
  std::vector<WebsiteId> ids;
  for (const Single<WebsiteId>& row : *found) ids.push_back(row.value);
  if (!ids.empty()) return ids;
  return fail(Code::not_found, "There is no website of that name; GET /api/websites lists them.", "unknown_website",
              "website");
}

Result<UsageEventId> ActivityStore::first_open(Transaction& transaction) {
  static const Query<Single<UsageEventId>> kOpen{
      "SELECT last_event_id + 1 FROM ledger_blocks ORDER BY id DESC LIMIT 1"};
  const Result<std::optional<UsageEventId>> found = value(transaction, kOpen, NoParameters{});
  if (!found) return std::unexpected(found.error());
  return found->value_or(UsageEventId{1});
}

Result<std::optional<UsageEventId>> ActivityStore::first_since(Transaction& transaction, Instant from) {
  static const Query<Single<UsageEventId>> kFirst{
      "SELECT first_event_id FROM ledger_blocks WHERE last_at >= :at ORDER BY id LIMIT 1"};
  return value(transaction, kFirst, ByTime{from});
}

Result<std::optional<UsageEventId>> ActivityStore::last_before(Transaction& transaction, Instant to) {
  static const Query<Single<UsageEventId>> kLast{
      "SELECT last_event_id FROM ledger_blocks WHERE first_at < :at ORDER BY id DESC LIMIT 1"};
  return value(transaction, kLast, ByTime{to});
}

}  // namespace keyledger::store

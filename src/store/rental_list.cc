#include "store/rental_list.h"

#include <fmt/format.h>

#include <array>

#include "store/ordered_ids.h"

namespace keyledger::store {

BOOST_DESCRIBE_STRUCT(RentalList::Filter, (), (open, account_id, website_id, customer_id, key_id, from, to, like, now))

namespace {

struct OpenOf {
  std::optional<CustomerId> customer{};
  Instant now{};
};
BOOST_DESCRIBE_STRUCT(OpenOf, (), (customer, now))

// What every statement begins with: the filters but for the state.
constexpr std::string_view kListed =
    " FROM rentals r JOIN rental_accounts a ON a.id = r.rental_account_id JOIN websites w ON w.id = r.website_id"
    " JOIN customers c ON c.id = r.customer_id JOIN customer_keys k ON k.id = r.customer_key_id"
    " WHERE (:account_id IS NULL OR r.rental_account_id = :account_id)"
    " AND (:website_id IS NULL OR r.website_id = :website_id)"
    " AND (:customer_id IS NULL OR r.customer_id = :customer_id) AND (:key_id IS NULL OR r.customer_key_id = :key_id)"
    " AND (:from IS NULL OR r.rented_at >= :from) AND (:to IS NULL OR r.rented_at < :to)"
    " AND (:like = '%' OR LOWER(a.username) LIKE :like ESCAPE '\\' OR w.name_folded LIKE :like ESCAPE '\\'"
    " OR LOWER(c.name) LIKE :like ESCAPE '\\' OR LOWER(k.name) LIKE :like ESCAPE '\\')";

// Open rentals have an index of their own, which is found only where the statement says so.
constexpr std::array<std::string_view, 3> kStates{"", " AND r.ended_at IS NULL AND r.expires_at > :now",
                                                  " AND (r.ended_at IS NOT NULL OR r.expires_at <= :now)"};
// So have the rentals of a key, an account or a customer: said again without a NULL beside it, the filter is looked up.
constexpr std::array<std::string_view, 4> kOwners{"", " AND r.customer_key_id = :key_id",
                                                  " AND r.rental_account_id = :account_id",
                                                  " AND r.customer_id = :customer_id"};

const std::vector<OrderedIds::Way>& ways() {
  using enum OrderedIds::Way::Kind;
  static const std::vector<OrderedIds::Way> kWays{
      {"r.rented_at"}, {"r.expires_at"}, {"w.name_folded", text}, {"LOWER(c.name)", text}};
  return kWays;
}

std::size_t owner_in(const RentalList::Filter& filter) {
  if (filter.key_id) return 1;
  if (filter.account_id) return 2;
  return filter.customer_id ? 3 : 0;
}

std::vector<OrderedIds> make_statements() {
  std::vector<OrderedIds> made;
  for (const std::string_view state : kStates) {
    for (const std::string_view owner : kOwners)
      made.emplace_back("r.id", fmt::format("{}{}{}", kListed, state, owner), ways());
  }
  return made;
}

const OrderedIds& ordered(const RentalList::Filter& filter) {
  static const std::vector<OrderedIds> kStatements = make_statements();
  const std::size_t state = !filter.open ? 0 : *filter.open ? 1 : 2;
  return kStatements[state * kOwners.size() + owner_in(filter)];
}

bool without_filters(const RentalList::Filter& filter) {
  return !filter.open && owner_in(filter) == 0 && !filter.website_id && !filter.from && !filter.to &&
         filter.like == "%";
}

}  // namespace

Result<std::vector<ListPlace>> RentalList::page(Transaction& transaction, const ListPage<rentals::RentalSort>& page,
                                                const Filter& filter) {
  return ordered(filter).page(transaction, page, filter);
}

Result<RentalList::Counts> RentalList::counts(Transaction& transaction, const Filter& filter) {
  static const Query<Single<std::int64_t>> kAll{"SELECT COUNT(*) FROM rentals"};
  const Result<std::optional<Single<std::int64_t>>> all = transaction.one(kAll);
  if (!all) return std::unexpected(all.error());
  const std::int64_t count = (*all)->value;
  if (without_filters(filter)) return Counts{count, count};
  const Result<std::int64_t> listed = ordered(filter).count(transaction, filter);
  if (!listed) return std::unexpected(listed.error());
  return Counts{*listed, count};
}

Result<std::int64_t> RentalList::count_open(Transaction& transaction, std::optional<CustomerId> customer, Instant now) {
  static const Query<Single<std::int64_t>> kCount{R"sql(
    SELECT COUNT(*) FROM rentals
     WHERE ended_at IS NULL AND expires_at > :now AND (:customer IS NULL OR customer_id = :customer))sql"};
  const Result<std::optional<Single<std::int64_t>>> row = transaction.one(kCount, OpenOf{customer, now});
  if (!row) return std::unexpected(row.error());
  return (*row)->value;
}

}  // namespace keyledger::store

#include "service/reports/reading.h"

#include <fmt/format.h>

#include "domain/rentals/rules.h"
#include "store/ledger/activity_store.h"

namespace keyledger::service {

using store::ActivityStore;

Result<ReportScope> read_scope(store::Transaction& transaction, const CallReportQuery& query, const Span& span) {
  ReportScope scope{.span = span, .calls = {.key = query.key_id, .customer = query.customer_id}};
  if (query.customer_id) {
    const Result<void> known = ActivityStore::check_customer(transaction, *query.customer_id);
    if (!known) return std::unexpected(known.error());
  }
  if (query.key_id) {
    const Result<CustomerId> owner = ActivityStore::owner(transaction, *query.key_id);
    if (!owner) return std::unexpected(owner.error());
    if (query.customer_id && *owner != *query.customer_id) {
      return fail(
          Code::not_found,
          fmt::format("The customer key {} is not one of customer {}.", query.key_id->value, query.customer_id->value),
          "unknown_customer_key", "key_id");
    }
  }
  if (query.website) {
    Result<std::vector<WebsiteId>> websites = ActivityStore::websites(transaction, rentals::fold_name(*query.website));
    if (!websites) return std::unexpected(websites.error());
    scope.calls.websites = std::move(*websites);
  }
  return scope;
}

std::int64_t per_mille(std::int64_t part, std::int64_t whole) {
  return whole == 0 ? 0 : (part * 2'000 + whole) / (whole * 2);
}

std::string decimal_text(std::int64_t numerator, std::int64_t denominator, int decimals) {
  std::int64_t scale = 1;
  for (int i = 0; i < decimals; ++i) scale *= 10;
  // The whole part apart, so that no product leaves 63 bits.
  std::int64_t whole = numerator / denominator;
  std::int64_t rest = (numerator % denominator * scale * 2 + denominator) / (denominator * 2);
  if (rest == scale) {
    ++whole;
    rest = 0;
  }
  return fmt::format("{}.{:0{}}", whole, rest, decimals);
}

std::chrono::milliseconds held_for(const store::RentalFact& rental, Instant now) {
  const Instant end = rental.open ? std::min(now, rental.until) : rental.until;
  return std::max(end - rental.rented_at, std::chrono::milliseconds{0});
}

std::string hours_text(std::chrono::milliseconds time) {
  return decimal_text(time.count(), std::chrono::milliseconds{std::chrono::hours{1}}.count(), 1);
}

}  // namespace keyledger::service

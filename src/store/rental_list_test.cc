// That a list of rentals counts and shows the same, whichever index its filters are looked up by.
#include "store/rental_list.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "store/rental_testing.h"

namespace keyledger::store {
namespace {

using Filter = RentalList::Filter;

class RentalLists : public RentalRows {
 protected:
  static constexpr std::int64_t kRentals = 600;
  const Instant now_ = from_millis(kRentals * 1'000);

  void SetUp() override {
    RentalRows::SetUp();
    add_ended(kRentals);
    script("UPDATE rentals SET ended_at = NULL, ended_by = '' WHERE id > 560");  // of as many accounts
    script("UPDATE rentals SET expires_at = rented_at + 1 WHERE id > 590");      // these are over all the same
  }
  std::int64_t count(const Filter& filter) {
    Transaction transaction(*connection_);
    const Result<RentalList::Counts> counts = RentalList::counts(transaction, filter);
    EXPECT_EQ(counts->all, kRentals);
    return counts->listed;
  }
  std::vector<std::int64_t> ids(const Filter& filter) {
    Transaction transaction(*connection_);
    std::vector<std::int64_t> found;
    const auto page = RentalList::page(transaction, {.limit = kRentals}, filter);
    for (const ListPlace& place : *page) found.push_back(place.id);
    return found;
  }
};

struct Narrowed {
  std::string sql;  // what the filter means
  Filter filter;
};

TEST_F(RentalLists, EveryFilterFindsWhatItSays) {
  const std::vector<Narrowed> owners{
      {"1 = 1", {}},
      {"customer_key_id = 3", {.key_id = CustomerKeyId{3}}},
      {"rental_account_id = 7", {.account_id = RentalAccountId{7}}},
      {"customer_id = 4", {.customer_id = CustomerId{4}}},
      {"website_id = 2", {.website_id = WebsiteId{2}}},
      {"rented_at >= 100000 AND rented_at < 595000", {.from = from_millis(100'000), .to = from_millis(595'000)}},
      {"customer_id = 4 AND customer_key_id = 5", {.customer_id = CustomerId{4}, .key_id = CustomerKeyId{5}}},
      {"customer_id = 4 AND website_id = 2", {.website_id = WebsiteId{2}, .customer_id = CustomerId{4}}},
      {"rental_account_id IN (5, 50, 51, 52, 53, 54, 55, 56, 57, 58, 59)", {.like = "u5%"}}};
  const std::string open = "ended_at IS NULL AND expires_at > " + std::to_string(to_millis(now_));
  for (const std::optional<bool>& state : {std::optional<bool>{}, {true}, {false}}) {
    for (const auto& [sql, owner] : owners) {
      Filter filter = owner;
      filter.open = state;
      filter.now = now_;
      const std::string where = sql + (!state ? "" : *state ? " AND " + open : " AND NOT (" + open + ")");
      const std::int64_t wanted = number("SELECT COUNT(*) FROM rentals WHERE " + where);
      EXPECT_EQ(count(filter), wanted) << where;
      const std::vector<std::int64_t> found = ids(filter);
      EXPECT_EQ(std::ssize(found), wanted) << where;
      EXPECT_TRUE(std::ranges::is_sorted(found)) << where;
      for (const std::int64_t id : found) {
        EXPECT_EQ(number("SELECT COUNT(*) FROM rentals WHERE id = " + std::to_string(id) + " AND " + where), 1)
            << where;
      }
    }
  }
}

}  // namespace
}  // namespace keyledger::store

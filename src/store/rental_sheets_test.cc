// Sheets: what is packed is what was there, and reports see every rental once, whatever is packed and whatever ends.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <limits>
#include <map>
#include <random>
#include <tuple>

#include "store/rental_sheet_store.h"
#include "store/rental_store.h"
#include "store/rental_testing.h"

namespace keyledger::store {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr std::int64_t kLeast = std::numeric_limits<std::int64_t>::min();
constexpr std::int64_t kMost = std::numeric_limits<std::int64_t>::max();

RentalFact fact(std::int64_t account, std::int64_t website, std::int64_t customer, std::int64_t at,
                std::int64_t until) {
  return {RentalAccountId{account}, WebsiteId{website}, CustomerId{customer}, from_millis(at), from_millis(until)};
}

struct Packing {
  std::string name;
  std::vector<RentalFact> facts;
  std::size_t bytes_each;  // what the columns take for each
};

class PackedFacts : public testing::TestWithParam<Packing> {};

TEST_P(PackedFacts, AreWhatTheyWere) {
  const std::vector<RentalFact>& facts = GetParam().facts;
  const Bytes sheet = pack_facts(facts);
  EXPECT_EQ(sheet.size(), pack_facts({}).size() + facts.size() * GetParam().bytes_each);
  std::vector<RentalFact> unpacked{fact(9, 9, 9, 9, 9)};
  ASSERT_TRUE(unpack_facts(sheet, unpacked));
  EXPECT_EQ(unpacked, facts);
}

INSTANTIATE_TEST_SUITE_P(
    Sheets, PackedFacts,
    testing::Values(
        Packing{"none", {}, 0}, Packing{"one", {fact(7, 3, 2, 1'795'000'000'000, 1'795'000'060'000)}, 0},
        Packing{"alike", {fact(7, 3, 2, 50, 90), fact(7, 3, 2, 50, 90)}, 0},
        Packing{"a byte each", {fact(1, 1, 1, 0, 0), fact(256, 256, 256, 255, 510)}, 5},
        Packing{"two bytes where one does not do", {fact(1, 1, 1, 0, 0), fact(257, 257, 257, 256, 512)}, 10},
        Packing{"ended before it began", {fact(1, 1, 1, 100, 40), fact(2, 1, 1, 100, 101)}, 2},
        Packing{"before 1970", {fact(1, 1, 1, -1'000, -1), fact(1, 1, 1, 5, 6)}, 4},
        Packing{"as far apart as can be", {fact(kLeast, 0, kMost, 0, kMost), fact(kMost, -1, kLeast, 0, 0)}, 25}),
    [](const auto& tested) {
      std::string name = tested.param.name;
      std::ranges::replace_if(
          name, [](char letter) { return std::isalnum(static_cast<unsigned char>(letter)) == 0; }, '_');
      return name;
    });

TEST(PackedFacts, OfADayTakeTwelveBytesEach) {
  std::mt19937_64 random(20261122);
  std::vector<RentalFact> facts;
  for (int i = 0; i < 1'024; ++i) {
    const auto at = static_cast<std::int64_t>(1'795'000'000'000 + random() % 86'400'000);
    facts.push_back(fact(static_cast<std::int64_t>(random() % 1'000), static_cast<std::int64_t>(random() % 50),
                         static_cast<std::int64_t>(random() % 60'000), at,
                         at + static_cast<std::int64_t>(random() % 3'600'000)));
  }
  const Bytes sheet = pack_facts(facts);
  EXPECT_EQ(sheet.size(), pack_facts({}).size() + 1'024 * 12);
  std::vector<RentalFact> unpacked;
  ASSERT_TRUE(unpack_facts(sheet, unpacked));
  EXPECT_EQ(unpacked, facts);
}

TEST(PackedFacts, DamagedBytesAreRefused) {
  const Bytes whole = pack_facts(std::vector{fact(1, 2, 3, 4, 5), fact(1'000, 2, 3, 4, 5)});
  std::vector<RentalFact> facts;
  for (std::size_t size = 0; size < whole.size(); ++size) {
    EXPECT_FALSE(unpack_facts(std::span{whole}.first(size), facts)) << size;
  }
  Bytes longer = whole;
  longer.push_back(0);
  EXPECT_FALSE(unpack_facts(longer, facts));
  for (const auto& [place, byte] : {std::pair{0, 3}, {3, 255}, {4 + 8, 9}, {4 + 8, 1}}) {  // the count, and a width
    Bytes damaged = whole;
    damaged[static_cast<std::size_t>(place)] = static_cast<std::uint8_t>(byte);
    EXPECT_FALSE(unpack_facts(damaged, facts)) << place;
  }
  EXPECT_TRUE(unpack_facts(whole, facts));
}

class RentalSheets : public RentalRows {
 protected:
  static constexpr std::int64_t kIds = RentalSheetStore::kIds;
  using Line = std::tuple<std::int64_t, std::int64_t, std::int64_t, std::int64_t, std::int64_t>;

  /// One that is open, of an account that has none yet.
  RentalId add_open(std::int64_t account) {
    Transaction transaction(*connection_);
    const std::int64_t id = number("SELECT COALESCE(MAX(id), 0) + 1 FROM rentals");
    rentals::Rental rental;
    rental.rental_account_id = RentalAccountId{account};
    rental.website_id = WebsiteId{account % 3 + 1};
    rental.customer_key_id = CustomerKeyId{account % 10 + 1};
    rental.customer_id = CustomerId{account % 10 + 1};
    rental.fencing = 1;
    rental.rented_at = from_millis(id * 1000);
    rental.expires_at = rental.rented_at + std::chrono::hours{24};
    return RentalStore::insert(transaction, rental).value();
  }
  void end(RentalId id, std::int64_t after = 500) {
    Transaction transaction(*connection_);
    ASSERT_TRUE(RentalStore::end(transaction, id, from_millis(id.value * 1000 + after), rentals::EndedBy::returned));
  }
  std::vector<std::int64_t> unpacked() {
    Transaction transaction(*connection_);
    return RentalSheetStore::unpacked(transaction).value();
  }
  std::int64_t pack() {
    Transaction transaction(*connection_);
    const std::vector<std::int64_t> numbers = unpacked();
    EXPECT_TRUE(RentalSheetStore::pack(transaction, numbers));
    return std::ssize(numbers);
  }
  std::vector<Line> read(std::int64_t from = 0, std::int64_t to = kMost) {
    std::vector<Line> lines;
    Transaction transaction(*connection_);
    const Result<void> done =
        RentalSheetStore::each(transaction, from_millis(from), from_millis(to), [&](const RentalFact& each) {
          lines.emplace_back(to_millis(each.rented_at), each.rental_account_id.value, each.website_id.value,
                             each.customer_id.value, to_millis(each.until));
        });
    EXPECT_TRUE(done) << done.error().message;
    std::ranges::sort(lines);
    return lines;
  }
  /// The same by a plain statement.
  std::vector<Line> plain(std::int64_t from = 0, std::int64_t to = kMost) {
    std::vector<Line> lines;
    const std::string& sql = statements_.emplace_back(
        "SELECT rented_at, rental_account_id, website_id, customer_id, COALESCE(ended_at, expires_at) FROM rentals"
        " WHERE rented_at >= " +
        std::to_string(from) + " AND rented_at < " + std::to_string(to));
    EXPECT_TRUE(connection_->execute(sql, {}, [&](const RowView& row) {
      lines.emplace_back(row.integer(0), row.integer(1), row.integer(2), row.integer(3), row.integer(4));
      return true;
    }));
    std::ranges::sort(lines);
    return lines;
  }
};

TEST_F(RentalSheets, ANumberIsPackedOnceAllItsIdsAreGivenAway) {
  EXPECT_THAT(unpacked(), IsEmpty());
  EXPECT_THAT(read(), IsEmpty());
  add_ended(kIds - 2);  // up to the id before the last of number 0, which has no id 0
  EXPECT_THAT(unpacked(), IsEmpty());
  add_ended(1);
  EXPECT_THAT(unpacked(), ElementsAre(0));
  add_ended(2 * kIds);
  EXPECT_THAT(unpacked(), ElementsAre(0, 1, 2));
  EXPECT_EQ(pack(), 3);
  EXPECT_EQ(pack(), 0);
  EXPECT_EQ(read(), plain());
}

TEST_F(RentalSheets, WhatIsOpenIsReadFromItsRow) {
  const RentalId open = add_open(1);
  add_ended(kIds);
  EXPECT_EQ(pack(), 1);
  EXPECT_EQ(read(), plain());
  end(open);
  EXPECT_EQ(read(), plain()) << "its sheet lacked it, and is gone";
  EXPECT_THAT(unpacked(), ElementsAre(0));
  EXPECT_EQ(pack(), 1);
  EXPECT_EQ(read(), plain());
}

/// The control of the test above: a sheet that stays although one of its rentals has ended misses that one.
TEST_F(RentalSheets, ASheetThatStayedWouldMissWhatEnded) {
  const RentalId open = add_open(1);
  add_ended(kIds);
  EXPECT_EQ(pack(), 1);
  script("CREATE TABLE kept AS SELECT * FROM rental_sheets");
  end(open);
  script("INSERT INTO rental_sheets SELECT * FROM kept");
  EXPECT_EQ(read().size() + 1, plain().size());
}

TEST_F(RentalSheets, ANumberWithManyOpenWaits) {
  static_assert(RentalSheetStore::kOpenMax > 60, "the accounts of this test do not reach it");
  for (int i = 1; i <= 60; ++i) add_open(i);
  script(
      "INSERT INTO rental_accounts SELECT id + 60, website_id, 'more' || id, email, sealed_password, status,"
      " exception_reason, notes, fencing, rested_since, last_reset, rotation_attempts, rotation_due_at, rotation_error,"
      " removed_at, created_at, updated_at FROM rental_accounts WHERE id <= 5");
  std::vector<RentalId> more;
  for (int i = 61; i <= 65; ++i) more.push_back(add_open(i));
  add_ended(kIds);
  EXPECT_THAT(unpacked(), IsEmpty());
  EXPECT_EQ(read(), plain());
  end(more.front());
  EXPECT_THAT(unpacked(), ElementsAre(0));
}

TEST_F(RentalSheets, ADamagedSheetIsAnError) {
  add_ended(kIds);
  EXPECT_EQ(pack(), 1);
  script("UPDATE rental_sheets SET facts = x'0102'");
  Transaction transaction(*connection_);
  const Result<void> done =
      RentalSheetStore::each(transaction, Instant::min(), Instant::max(), [](const RentalFact&) {});
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().code, Code::internal);
}

TEST_F(RentalSheets, WhateverHappensEveryRentalIsReadOnce) {
  std::mt19937_64 random(6);
  const auto below = [&random](std::int64_t bound) {
    return static_cast<std::int64_t>(random() % static_cast<std::uint64_t>(bound));
  };
  std::map<std::int64_t, RentalId> open;  // by account
  std::int64_t packed = 0;
  for (int step = 0; step < 300; ++step) {
    const std::int64_t account = 1 + below(60);
    switch (below(4)) {
      case 0: add_ended(1 + below(200)); break;
      case 1:
        if (!open.contains(account)) open[account] = add_open(account);
        break;
      case 2:
        if (!open.empty()) {
          const auto place = std::next(open.begin(), below(std::ssize(open)));
          end(place->second, below(100'000));
          open.erase(place);
        }
        break;
      default: packed += pack();
    }
    if (step % 10 != 0) continue;
    const std::int64_t last = number("SELECT COALESCE(MAX(rented_at), 0) FROM rentals") + 2;
    const std::int64_t from = below(last), to = from + below(last);
    ASSERT_EQ(read(from, to), plain(from, to)) << "step " << step;
    ASSERT_EQ(read(), plain()) << "step " << step;
  }
  EXPECT_GT(packed, 10) << "sheets were made, and made anew";
}

}  // namespace
}  // namespace keyledger::store

#include "service/reports/call_reports.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

#include "service/reports/reading.h"
#include "service/reports/testing.h"

namespace keyledger::service {
namespace {

using ledger::Status;
using ::testing::ElementsAre;
using testing::kStart;  // 2026-11-18T11:06:40Z, a Wednesday
using testing::ReportWorld;
using testing::run;
using testing::Sample;
using testing::times;
using testing::zone;

std::vector<std::int64_t> ids(const PopularAccounts& report) {
  std::vector<std::int64_t> ids;
  for (const PopularAccount& line : report.data) ids.push_back(line.account_id.value);
  return ids;
}

TEST(PopularAccountsReport, RanksByRentalsThenByHoursThenById) {
  ReportWorld world;
  world.rent({.account = 3, .website = 2, .key = 4, .customer = 2, .held = std::chrono::minutes{90}}, 2);
  world.rent({.account = 2, .held = std::chrono::minutes{30}}, 2);
  world.rent({.account = 1, .held = std::chrono::minutes{10}}, 2);
  world.rent({.account = 1, .key = 4, .customer = 2, .held = std::chrono::minutes{10}});
  world.rent({.account = 2, .at = kStart - std::chrono::days{40}}, 9);  // before the range
  const PopularAccounts report = world.accounts();
  EXPECT_THAT(ids(report), ElementsAre(1, 3, 2));
  EXPECT_EQ(report.count, 3);
  EXPECT_EQ(report.idle_count, 0);
  EXPECT_EQ(report.total.rentals, 7);
  EXPECT_EQ(report.total.hours, "4.5");
  const PopularAccount& first = report.data[0];
  EXPECT_EQ(first.username, "user1");
  EXPECT_EQ(first.website, "Example.com");
  EXPECT_EQ(first.rentals, 3);
  EXPECT_EQ(first.customers, 2);
  EXPECT_EQ(first.hours, "0.5");
  EXPECT_EQ(first.share, 429);  // three of seven
  EXPECT_FALSE(first.removed);
  EXPECT_EQ(report.timezone, "UTC");
  EXPECT_EQ(to_string(report.to), "2026-11-18");
  EXPECT_EQ(to_string(report.from), "2026-10-20");

  const PopularAccounts cut = world.accounts({}, 2);
  EXPECT_THAT(ids(cut), ElementsAre(1, 3));
  EXPECT_EQ(cut.count, 3) << "of how many they are the first";
}

TEST(PopularAccountsReport, IsNarrowedByWebsiteCustomerAndKey) {
  ReportWorld world;
  world.rent({.account = 1, .key = 1});
  world.rent({.account = 2, .key = 2}, 2);
  world.rent({.account = 3, .website = 2, .key = 4, .customer = 2}, 3);
  EXPECT_THAT(ids(world.accounts({.website = "EXAMPLE.com"})), ElementsAre(2, 1));
  EXPECT_EQ(world.accounts({.website = "other.example"}).idle_count, 0);
  EXPECT_THAT(ids(world.accounts({.customer_id = CustomerId{1}})), ElementsAre(2, 1));
  EXPECT_EQ(world.accounts({.customer_id = CustomerId{1}}).idle_count, 1);
  EXPECT_THAT(ids(world.accounts({.key_id = CustomerKeyId{1}})), ElementsAre(1));
  EXPECT_THAT(ids(world.accounts({.website = "Example.com", .customer_id = CustomerId{2}})), ElementsAre());
}

TEST(PopularAccountsReport, ARentalThatIsOpenHoldsItsAccountUntilNowOrUntilItExpires) {
  ReportWorld world;
  world.rent({.account = 1, .open = true});
  world.clock.set(kStart + std::chrono::hours{2} + std::chrono::minutes{30});
  EXPECT_EQ(world.accounts().data[0].hours, "2.5");
  world.clock.set(kStart + std::chrono::hours{48});
  EXPECT_EQ(world.accounts().data[0].hours, "24.0");
}

TEST(PopularAccountsReport, WhatIsGoneKeepsItsPlaceAndIsMarked) {
  ReportWorld world;
  world.rent({.account = 1});
  world.script("UPDATE rental_accounts SET removed_at = 1 WHERE id <= 2");
  const PopularAccounts report = world.accounts();
  EXPECT_THAT(ids(report), ElementsAre(1));
  EXPECT_TRUE(report.data[0].removed);
  EXPECT_EQ(report.idle_count, 1);  // the third
}

TEST(PopularAccountsReport, OfNothingIsEmpty) {
  ReportWorld world;
  const PopularAccounts report = world.accounts();
  EXPECT_TRUE(report.data.empty());
  EXPECT_EQ(report.total.hours, "0.0");
  EXPECT_EQ(report.idle_count, 3);
}

TEST(PopularWebsitesReport, CountsRentalsCallsAndThoseWhoFoundNoneFree) {
  ReportWorld world;
  world.rent({.account = 1, .key = 1}, 2);
  world.rent({.account = 2, .key = 4, .customer = 2});
  world.rent({.account = 3, .website = 2, .key = 4, .customer = 2});
  world.append(times(3, {.key = 1, .at = kStart, .action = "rent", .website = 1}));
  world.append(times(2, {.key = 4, .at = kStart, .action = "rent", .status = Status::error, .website = 1}));
  world.append(times(5, {.key = 4, .at = kStart, .action = "list", .website = 2}));
  world.append(times(7, {.key = 4, .at = kStart, .action = "check"}));  // about none
  const PopularWebsites report = world.websites();
  ASSERT_EQ(report.data.size(), 2U);
  const PopularWebsite& first = report.data[0];
  EXPECT_EQ(first.website, "Example.com");
  EXPECT_EQ(first.rentals, 3);
  EXPECT_EQ(first.customers, 2);
  EXPECT_EQ(first.calls, 5);
  EXPECT_EQ(first.refused_no_account, 2);
  EXPECT_EQ(first.account_count, 2);
  EXPECT_EQ(first.share, 750);
  EXPECT_EQ(report.total.rentals, 4);
  EXPECT_EQ(report.total.customers, 2);
  EXPECT_EQ(report.total.calls, 10);
  EXPECT_EQ(report.total.refused_no_account, 2);
  EXPECT_EQ(world.websites({}, 1).data.size(), 1U);
  EXPECT_EQ(world.websites({}, 1).count, 2);

  const PopularWebsites of_one = world.websites({.customer_id = CustomerId{2}});
  EXPECT_EQ(of_one.data[0].website, "other.example") << "one rental each, but more calls";
  EXPECT_EQ(of_one.data[1].calls, 2);
}

TEST(PopularWebsitesReport, AWebsiteThatIsGoneIsThereOnlyWhereItWasUsed) {
  ReportWorld world;
  world.rent({.account = 1});
  world.script("UPDATE websites SET removed_at = 1");
  const PopularWebsites report = world.websites();
  ASSERT_EQ(report.data.size(), 1U);
  EXPECT_TRUE(report.data[0].removed);
}

TEST(CallReportsTest, WhomTheyDoNotKnowTheyName) {
  ReportWorld world;
  const struct {
    CallReportQuery query;
    const char* reason;
  } cases[] = {{{.website = "nowhere"}, "unknown_website"},
               {{.customer_id = CustomerId{9}}, "unknown_customer"},
               {{.key_id = CustomerKeyId{99}}, "unknown_customer_key"},
               {{.customer_id = CustomerId{1}, .key_id = CustomerKeyId{4}}, "unknown_customer_key"},
               {{.span = {.days = 0}}, "invalid_days"}};
  for (const auto& c : cases) {
    SCOPED_TRACE(c.reason);
    EXPECT_EQ(run(world.reports().popular_accounts(c.query, {})).error().reason, c.reason);
    EXPECT_EQ(run(world.reports().peak_times(c.query, PeakMetric::calls)).error().reason, c.reason);
    EXPECT_EQ(run(world.reports().outcomes(c.query, false)).error().reason, c.reason);
    if (c.query.website) continue;  // of the websites it is not asked
    EXPECT_EQ(run(world.reports().websites(c.query, {})).error().reason, c.reason);
  }
}

/// What the samples add up to, one by one.
std::int64_t slowly(const std::vector<Sample>& samples, const CallReportQuery& query) {
  return std::ranges::count_if(samples, [&](const Sample& sample) {
    const std::int64_t customer = sample.key < 4 ? 1 : sample.key - 2;
    return (!query.key_id || query.key_id->value == sample.key) &&
           (!query.customer_id || query.customer_id->value == customer) &&
           (!query.website || sample.website == (*query.website == "Example.com" ? 1 : 2));
  });
}

TEST(CallReportsTest, AgreeWithACountOfTheCallsWhoeverIsAskedAbout) {
  const auto seed = std::random_device{}();
  SCOPED_TRACE(seed);
  std::mt19937 random(seed);
  const auto any = [&](std::int64_t from, std::int64_t to) {
    return std::uniform_int_distribution<std::int64_t>{from, to}(random);
  };
  ReportWorld world;
  world.zone_of_all = zone("Asia/Kathmandu");
  world.zones[2] = zone("America/New_York");
  std::vector<Sample> samples;
  for (int i = 0; i < 600; ++i) {
    samples.push_back({.key = any(1, 5),
                       .at = kStart - std::chrono::minutes{any(0, 60 * 24 * 20)},
                       .action = any(0, 1) == 0 ? "rent" : "check",
                       .status = static_cast<Status>(any(0, 7)),
                       .website = any(0, 2)});
  }
  world.append(samples);
  std::vector<CallReportQuery> queries{{}, {.website = "Example.com"}, {.website = "other.example"}};
  for (std::int64_t key = 1; key <= 5; ++key) queries.push_back({.key_id = CustomerKeyId{key}});
  for (std::int64_t id = 1; id <= 3; ++id) queries.push_back({.website = "Example.com", .customer_id = CustomerId{id}});
  for (const CallReportQuery& query : queries) {
    const std::int64_t expected = slowly(samples, query);
    EXPECT_EQ(world.outcomes(query).total, expected);
    EXPECT_EQ(world.outcomes(query, true).total, expected);
    EXPECT_EQ(world.peaks(query).total, expected);
  }
  EXPECT_EQ(world.number(R"sql(
    SELECT COUNT(*) FROM (SELECT bucket, action_id, status, website_id, SUM(events), SUM(units), SUM(duration_micros)
                            FROM ledger_hours GROUP BY 1, 2, 3, 4
                          EXCEPT SELECT * FROM ledger_all_hours))sql"),
            0);
}

TEST(Figures, AreRoundedHalfUp) {
  EXPECT_EQ(per_mille(0, 0), 0);
  EXPECT_EQ(per_mille(1, 2'000), 1);
  EXPECT_EQ(per_mille(1, 2'001), 0);
  EXPECT_EQ(per_mille(7, 7), 1'000);
  EXPECT_EQ(decimal_text(1, 3, 2), "0.33");
  EXPECT_EQ(decimal_text(2, 3, 2), "0.67");
  EXPECT_EQ(decimal_text(199, 200, 2), "1.00");
  EXPECT_EQ(decimal_text(1, 8, 2), "0.13");
  EXPECT_EQ(decimal_text(9'000'000'000'000'000'000, 1, 1), "9000000000000000000.0");
}

}  // namespace
}  // namespace keyledger::service

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "app/bars.h"
#include "app/testing.h"

namespace keyledger::app {
namespace {

class ReportCommands : public testing::CommandsTest {};

constexpr const char* kSpan = R"("from":"2026-10-23","to":"2026-11-21","timezone":"Europe/Berlin")";

std::string with_span(const std::string& members) {
  return std::string{"{"} + kSpan + "," + members + "}";
}

TEST(Bars, GoInEighthsAndShowWhatIsMoreThanNothing) {
  EXPECT_EQ(bar(0, 10, 4), "");
  EXPECT_EQ(bar(10, 10, 4), "████");
  EXPECT_EQ(bar(5, 10, 4), "██");
  EXPECT_EQ(bar(1, 1'000'000, 4), "▏");
  EXPECT_EQ(bar(3, 8, 1), "▍");
  EXPECT_EQ(bar(20, 10, 4), "████");
  EXPECT_EQ(bar(1, 0, 4), "");
  EXPECT_EQ(column_of(0, 10), " ");
  EXPECT_EQ(column_of(1, 1'000), "▁");
  EXPECT_EQ(column_of(10, 10), "█");
}

TEST_F(ReportCommands, EachAsksItsRouteWithWhatWasSaid) {
  const struct {
    std::vector<std::string> words;
    const char* target;
  } cases[] = {
      {{"report", "popular-accounts"}, "/api/reports/popular-accounts"},
      {{"report", "popular-accounts", "--days", "7", "--limit", "5", "--website", "a b"},
       "/api/reports/popular-accounts?days=7&limit=5&website=a%20b"},
      {{"report", "websites", "--from", "2026-11-01", "--to", "2026-11-02", "--customer", "3"},
       "/api/reports/websites?customer_id=3&from=2026-11-01&to=2026-11-02"},
      {{"report", "peak-times", "--metric", "rentals", "--key", "4"},
       "/api/reports/peak-times?key_id=4&metric=rentals"},
      {{"report", "outcomes"}, "/api/reports/outcomes"},
      {{"report", "outcomes", "--by", "action"}, "/api/reports/outcomes?group_by=action"},
      {{"report", "outcomes", "--by", "day"}, "/api/reports/outcomes"},
  };
  for (const auto& c : cases) {
    answer(200,
           with_span(R"("metric":"calls","total":0,"success_share":null,"peak":null,"data":[],"days":[],"cells":[])"));
    EXPECT_EQ(run(c.words), ExitCode::ok) << c.target;
    EXPECT_EQ(asked_.back().target, c.target);
  }
}

TEST_F(ReportCommands, WhatIsWrongOnTheCommandLineIsNotSent) {
  const std::vector<std::vector<std::string>> cases{{"report", "popular-accounts", "--days", "many"},
                                                    {"report", "websites", "--website", "x"},
                                                    {"report", "peak-times", "--metric", "tokens"},
                                                    {"report", "outcomes", "--by", "week"},
                                                    {"report", "outcomes", "--key", "0"},
                                                    {"report", "weather"}};
  for (const auto& words : cases) {
    SCOPED_TRACE(words.back());
    EXPECT_EQ(run(words), ExitCode::usage);
  }
  EXPECT_TRUE(asked_.empty());
}

TEST_F(ReportCommands, RanksComeWithTheirShareAndABar) {
  answer(200, with_span(R"("count":87,"idle_count":3,"total":{"rentals":1200,"hours":"9744.5"},"data":[
    {"account_id":12,"website_id":2,"website":"example.com","username":"shared12","rentals":40,"customers":7,"hours":"492.0","share":500,"removed":false},
    {"account_id":9,"website_id":2,"website":"example.com","username":"shared9","rentals":10,"customers":1,"hours":"12.5","share":125,"removed":true}])"));
  EXPECT_EQ(run({"report", "popular-accounts"}), ExitCode::ok);
  EXPECT_EQ(out_.str(),
            "2026-10-23 to 2026-11-21 (Europe/Berlin): 1,200 rentals, 9744.5 hours; 87 accounts rented, 3 idle\n"
            "\n"
            "Account   Website      Rentals  Customers  Hours   Share\n"
            "shared12  example.com       40          7    492  50.0 %  ████████████████████\n"
            "shared9   example.com       10          1   12.5  12.5 %  █████\n");
}

TEST_F(ReportCommands, AFileHasEveryMember) {
  answer(200, with_span(R"("count":1,"idle_count":0,"total":{"rentals":40,"hours":"492.0"},"data":[
    {"account_id":12,"website_id":2,"website":"=example","username":"shared12","rentals":40,"customers":7,"hours":"492.0","share":1000,"removed":false}])"));
  EXPECT_EQ(run({"report", "popular-accounts", "--csv"}), ExitCode::ok);
  EXPECT_EQ(out_.str(),
            "account_id,username,website,rentals,customers,hours,share,removed\r\n"
            "12,shared12,'=example,40,7,492.0,1000,no\r\n");
}

TEST_F(ReportCommands, PeaksAreALineForEachDayOfTheWeek) {
  std::string cells;
  for (int weekday = 1; weekday <= 7; ++weekday) {
    for (int hour = 0; hour < 24; ++hour) {
      const bool peak = weekday == 2 && hour == 14;
      const bool unknown = weekday == 7;
      cells += fmt::format(R"({}{{"weekday":{},"hour":{},"calls":{},"occurrences":{},"average":{}}})",
                           cells.empty() ? "" : ",", weekday, hour, peak ? 8 : 0, unknown ? 0 : 4,
                           unknown ? "null"
                           : peak  ? R"("2.00")"
                                   : R"("0.00")");
    }
  }
  answer(200, with_span(R"("metric":"calls","total":8,"peak":{"weekday":2,"hour":14,"average":"2.00"},"cells":[)" +
                        cells + "]"));
  EXPECT_EQ(run({"report", "peak-times"}), ExitCode::ok);
  const std::string text = out_.str();
  EXPECT_NE(text.find("8 calls; most on Tuesday from 14:00 on, 2.00 an hour\n"), std::string::npos) << text;
  EXPECT_NE(text.find("Tue                █"), std::string::npos) << text;
  EXPECT_NE(text.find("Sun  ························\n"), std::string::npos) << text;
}

TEST_F(ReportCommands, OutcomesNameTheReasons) {
  const std::string body = with_span(
      R"("total":215,"success_share":930,"data":[{"status":"success","action":null,"calls":200,"share":930},{"status":"rate_limited","action":null,"calls":15,"share":70}],)"
      R"("days":[{"day":"2026-11-21","success":200,"rate_limited":15,"error":0,"unknown_or_revoked":0,"other_refused":0,"total":215}])");
  answer(200, body);
  EXPECT_EQ(run({"report", "outcomes"}), ExitCode::ok);
  EXPECT_NE(out_.str().find("215 calls, 93.0 % of them succeeded\n"), std::string::npos) << out_.str();
  EXPECT_NE(out_.str().find("rate_limited     15   7.0 %  █▌"), std::string::npos) << out_.str();
  out_.str("");
  answer(200, body);
  EXPECT_EQ(run({"report", "outcomes", "--by", "day", "--csv"}), ExitCode::ok);
  EXPECT_EQ(out_.str(),
            "day,success,rate_limited,error,unknown_or_revoked,other_refused,total\r\n2026-11-21,200,15,0,0,0,215\r\n");
  out_.str("");
  answer(404, R"({"status":404,"detail":"There is no customer 9.","code":"unknown_customer"})");
  EXPECT_NE(run({"report", "outcomes", "--customer", "9"}), ExitCode::ok);
  EXPECT_EQ(out_.str(), "");
}

}  // namespace
}  // namespace keyledger::app

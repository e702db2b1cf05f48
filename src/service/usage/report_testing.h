// service/usage/report_testing.h: for tests only. A ledger that is filled row by row and asked for reports.
#pragma once

#include <gtest/gtest.h>

#include "service/usage/report.h"
#include "service/usage/testing.h"
#include "store/usage_row_store.h"

namespace keyledger::service::testing {

class ReportTest : public ::testing::Test {
 protected:
  usage::SourceId add_source(const std::string& provider, const std::string& identity, std::int64_t reader,
                             bool admin = true) {
    const auto made = world_.store->writer().run_blocking<usage::SourceId>(
        [&](store::Transaction& transaction) -> Result<usage::SourceId> {
          usage::Source source =
              store::UsageSourceStore::find_or_add(transaction, provider, identity, world_.clock.now()).value();
          source.reader_key_id = ProviderKeyId{reader};
          source.reader_name = "reader " + std::to_string(reader);
          source.reader_is_admin = admin;
          source.account_id = AccountId{1};
          source.account_name = "account 1";
          source.last_success_at = world_.clock.now();
          const Result<void> updated = store::UsageSourceStore::update(transaction, source);
          const Result<void> put =
              store::UsageSourceStore::put_reader(transaction, {ProviderKeyId{reader}, source.id, false, {}});
          EXPECT_TRUE(updated && put);
          return source.id;
        });
    return made.value();
  }
  void put(usage::SourceId source, const std::string& provider, Day from, Day to, std::vector<usage::UsageRow> rows,
           std::vector<usage::CostRow> costs, usage::Width width = usage::Width::day) {
    const store::UsageRowStore::Replacement replacement{.source = source,
                                                        .provider = provider,
                                                        .width = width,
                                                        .from = Instant{from},
                                                        .to = Instant{to},
                                                        .datasets = {"completions", "costs"},
                                                        .usage = std::move(rows),
                                                        .costs = std::move(costs)};
    const auto stored = world_.store->writer().run_blocking<bool>([&](store::Transaction& transaction) {
      return store::UsageRowStore::replace(transaction, replacement, *world_.shelf.book());
    });
    ASSERT_TRUE(stored) << stored.error().detail;
    world_.version.grow(DayRange{from, to - std::chrono::days{1}});
  }
  UsageReport report(UsageQuery query = {}) {
    Result<UsageReport> made = run(reports_.report(std::move(query)));
    EXPECT_TRUE(made) << (made ? "" : made.error().message + made.error().detail);
    return made.value_or(UsageReport{});
  }
  static const KeyFigures* line(const UsageReport& report, std::string_view name) {
    const auto found = std::ranges::find(report.keys, name, &KeyFigures::name);
    return found == report.keys.end() ? nullptr : &*found;
  }
  static std::string cost(const Figures& figures) {
    std::string text;
    for (const Cost& one : figures.cost) {
      text += (text.empty() ? "" : " ") + one.amount + std::string{one.currency.text()} + (one.estimated ? "~" : "");
    }
    return text;
  }

  UsageWorld world_{};
  std::vector<providers::Description> providers_{{.id = "openai", .name = "OpenAI"},
                                                 {.id = "anthropic", .name = "Anthropic"}};
  Zone zone_{};
  UsageReports reports_{world_.core(), ReportParts{&world_.directory, &world_.shelf, &world_.version,
                                                   [this](std::string_view id) {
                                                     const auto found =
                                                         std::ranges::find(providers_, id, &providers::Description::id);
                                                     return found == providers_.end() ? nullptr : &*found;
                                                   },
                                                   [this] { return zone_; }}};
};

}  // namespace keyledger::service::testing

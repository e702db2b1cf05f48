#include <gtest/gtest.h>

#include <random>

#include "service/usage/report_testing.h"

namespace keyledger::service {
namespace {

using namespace testing;
using std::chrono::days;

// A slow, obvious model on random figures.

struct Cell {
  Amount cost{};
  std::int64_t tokens = 0;
};

class RandomFigures : public ReportTest {
 protected:
  std::int64_t pick(std::int64_t below) {
    return static_cast<std::int64_t>(random_() % static_cast<std::uint64_t>(below));
  }

  struct Side {
    std::string provider{};
    usage::SourceId source{};
    std::map<Day, std::vector<usage::UsageRow>> rows{};
    std::map<Day, std::vector<usage::CostRow>> costs{};
  };

  void fill(Side& side, Day from, int length) {
    for (int round = 0; round < 60; ++round) {  // windows overlap: what comes later replaces
      const Day begin = from + days{pick(length)};
      const Day end = std::min(begin + days{1 + pick(5)}, from + days{length});
      std::vector<usage::UsageRow> rows;
      std::vector<usage::CostRow> costs;
      for (Day when = begin; when < end; when += days{1}) {
        side.rows[when].clear();
        side.costs[when].clear();
        for (std::int64_t i = pick(6); i > 0; --i) {
          usage::UsageRow row = use_row(when, pick(5) == 0 ? "mystery" : "priced-" + std::to_string(pick(3)),
                                        pick(4) == 0 ? "" : "key_" + std::to_string(pick(4)), pick(1'000'000));
          row.project = pick(2) == 0 ? "" : "proj_" + std::to_string(pick(2));
          row.counts.output_tokens = pick(10'000);
          side.rows[when].push_back(row);
        }
        for (std::int64_t i = pick(2) == 0 ? 0 : pick(4); i > 0; --i) {
          costs.push_back(cost_row(when, pick(3) == 0 ? "" : "key_" + std::to_string(pick(4)),
                                   (tiny_ ? "0.00000000" : "0.00") + std::to_string(1 + pick(1'000'000))));
          side.costs[when].push_back(costs.back());
        }
        rows.insert(rows.end(), side.rows[when].begin(), side.rows[when].end());
      }
      put(side.source, side.provider, begin, end, rows, costs);
    }
  }

  /// The sums of a range, cell by cell, as a child would do it.
  std::map<std::string, Cell> expected(const std::vector<Side>& sides, const DayRange& range, GroupBy by) {
    std::map<std::string, Cell> cells;
    const std::shared_ptr<const usage::PriceBook> book = world_.shelf.book();
    const auto name = [&](const Side& side, Day when, const std::string& key, const std::string& model,
                          const std::string& project) -> std::string {
      if (by == GroupBy::day) return to_string(when);
      if (by == GroupBy::provider) return side.provider;
      if (by == GroupBy::key) return side.provider + key;  // a line for each organization
      if (by == GroupBy::model) return side.provider + model;
      return side.provider + project;
    };
    for (const Side& side : sides) {
      for (Day when = range.from; when <= range.to; when += days{1}) {
        const auto rows = side.rows.find(when);
        const auto costs = side.costs.find(when);
        const bool billed = costs != side.costs.end() && !costs->second.empty();
        if (rows != side.rows.end()) {
          for (const usage::UsageRow& row : rows->second) {
            Cell& cell = cells[name(side, when, row.remote_key, row.model, row.project)];
            cell.tokens += row.counts.input_tokens + row.counts.output_tokens;
            const bool priced = row.model != "mystery";
            if (!billed && priced)
              cell.cost += Amount{row.counts.input_tokens * 10'000 + row.counts.output_tokens * 30'000, 0};
          }
        }
        if (!billed) continue;
        for (const usage::CostRow& row : costs->second) {
          cells[name(side, when, row.remote_key, row.model, row.project)].cost += row.amount;
        }
      }
    }
    return cells;
  }

  std::map<std::string, Cell> shown(const UsageReport& made, GroupBy by) {
    std::map<std::string, Cell> cells;
    for (const GroupFigures& group : made.groups) {
      const bool with_provider = by == GroupBy::key || by == GroupBy::model || by == GroupBy::project;
      Cell& cell = cells[(with_provider ? group.provider : "") + group.group];
      for (const Cost& one : group.cost) cell.cost += usd(one.amount);
      cell.tokens += group.input_tokens + group.output_tokens;
    }
    return cells;
  }

  std::mt19937_64 random_{};
  bool tiny_ = true;  // billed amounts with up to 15 decimals; otherwise 9, whose rounded parts add up
};

TEST_F(RandomFigures, ReportsAreWhatASlowObviousSumSays) {
  const unsigned seed = std::random_device{}();
  SCOPED_TRACE("seed " + std::to_string(seed));
  random_.seed(seed);
  world_.directory.add(1, "openai", keys::KeyType::admin);
  world_.directory.add(2, "anthropic", keys::KeyType::admin);
  std::vector<Side> sides;
  sides.push_back({"openai", add_source("openai", "org", 1)});
  sides.push_back({"anthropic", add_source("anthropic", "org", 2)});
  const Day first = world_.today() - days{39};
  for (Side& side : sides) fill(side, first, 40);
  for (int question = 0; question < 12; ++question) {
    const Day from = first + days{pick(40)};
    const Day to = std::min(from + days{pick(15)}, world_.today());
    const GroupBy by = std::vector{GroupBy::day, GroupBy::provider, GroupBy::key, GroupBy::model, GroupBy::project}.at(
        static_cast<std::size_t>(pick(5)));
    SCOPED_TRACE(to_string(from) + " " + to_string(to) + " " + boost::describe::enum_to_string(by, ""));
    const UsageReport made = report({.from = from, .to = to, .group_by = {by}});
    const std::map<std::string, Cell> want = expected(sides, {from, to}, by);
    const std::map<std::string, Cell> got = shown(made, by);
    for (const auto& [name, cell] : want) {
      SCOPED_TRACE(name);
      const auto found = got.find(name);
      ASSERT_TRUE(found != got.end() || (cell.tokens == 0 && cell.cost == Amount{}));
      if (found == got.end()) continue;
      EXPECT_EQ(found->second.tokens, cell.tokens);
      EXPECT_EQ(found->second.cost.nanos, to_money(cell.cost, {}).nanos) << "rounded once, at the end";
    }
    Cell whole;
    for (const auto& [name, cell] : want) {
      whole.cost += cell.cost;
      whole.tokens += cell.tokens;
    }
    EXPECT_EQ(made.totals.input_tokens + made.totals.output_tokens, whole.tokens);
    const Amount total = made.totals.cost.empty() ? Amount{} : usd(made.totals.cost[0].amount);
    EXPECT_EQ(total.nanos, to_money(whole.cost, {}).nanos);
  }
}

TEST_F(RandomFigures, AKeyBrokenDownByModelIsThatPartOfTheWhole) {
  const unsigned seed = std::random_device{}();
  SCOPED_TRACE("seed " + std::to_string(seed));
  random_.seed(seed);
  tiny_ = false;
  world_.directory.add(1, "openai", keys::KeyType::admin);
  for (std::int64_t id = 0; id < 4; ++id) {
    HeldKey& held = world_.directory.add(10 + id, "openai", keys::KeyType::project, 2);
    held.key.remote_id = "key_" + std::to_string(id);
    held.key.admin_key_id = ProviderKeyId{1};
  }
  std::vector<Side> sides{{"openai", add_source("openai", "org", 1)}};
  fill(sides[0], world_.today() - days{19}, 20);
  Amount sum;
  std::int64_t tokens = 0;
  for (std::int64_t id = 0; id < 4; ++id) {
    const UsageReport made = report({.days = 20, .group_by = {GroupBy::model}, .key_id = ProviderKeyId{10 + id}});
    Amount groups;
    for (const GroupFigures& group : made.groups) {
      for (const Cost& one : group.cost) groups += usd(one.amount);
      tokens += group.input_tokens;
    }
    EXPECT_EQ(groups, made.totals.cost.empty() ? Amount{} : usd(made.totals.cost[0].amount));
    sum += groups;
  }
  const UsageReport whole = report({.days = 20});
  const KeyFigures* nobody = line(whole, "Not attributable to a key");
  if (nobody != nullptr) {
    tokens += nobody->input_tokens;
    for (const Cost& one : nobody->cost) sum += usd(one.amount);
  }
  EXPECT_EQ(tokens, whole.totals.input_tokens);
  EXPECT_EQ(sum, whole.totals.cost.empty() ? Amount{} : usd(whole.totals.cost[0].amount));
}

}  // namespace
}  // namespace keyledger::service

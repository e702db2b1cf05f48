// Admitting a call, as far as memory goes: looking a key up, taking from its limits; how much memory a key takes, and
// how long a start with a million keys lasts. And rating: from the days of 1,000 customers to the lines of their
// invoices.
#include <benchmark/benchmark.h>
#include <fmt/format.h>
#include <malloc.h>

#include <filesystem>
#include <map>
#include <memory>

#include "domain/limits/counters.h"
#include "service/admission/key_table.h"
#include "service/admission/loading.h"
#include "service/admission/wide_memory.h"
#include "service/billing/rater.h"

namespace keyledger::service {
namespace {

constexpr std::int64_t kMillion = 1'000'000;

std::string text_of(std::int64_t id) {
  return fmt::format("urt_{:043}", id);  // as long as a real one
}

double allocated() {
  const struct mallinfo2 info = ::mallinfo2();
  return static_cast<double>(info.uordblks + info.hblkhd + wide_memory());
}

struct Filled {
  explicit Filled(std::int64_t count) {
    crypto::initialise();
    const double before = allocated();
    for (std::int64_t id = 1; id <= count; ++id) {
      KeyRecord record;
      record.id = {id};
      record.customer_id = {1 + id % 10'000};
      record.digests = {{crypto::sha256(text_of(id)), {}}};
      record.limits = {{limits::Metric::requests, limits::Window::day, limits::kAmountMax}};
      if (id % 10 == 0) record.limits.push_back({limits::Metric::requests, limits::Window::minute, limits::kAmountMax});
      if (id % 10 == 0) record.limits.push_back({limits::Metric::requests, limits::Window::month, limits::kAmountMax});
      if (count == kMillion) record.limits.resize(1);  // what is promised is for a daily limit each
      table.put(record);
    }
    bytes = allocated() - before;
    for (std::int64_t i = 0; i < 4'096; ++i) texts.push_back(text_of(1 + i * 7'919 % count));
    for (std::int64_t i = 0; i < 4'096; ++i) three.push_back(text_of(10 * (1 + i * 7'919 % (count / 10))));
  }
  SystemClock clock{};
  KeyTable table{&clock, Zone{}};
  double bytes = 0;
  std::vector<std::string> texts{}, three{};
};

Filled& filled(std::int64_t count) {
  static std::map<std::int64_t, std::unique_ptr<Filled>> tables;
  std::unique_ptr<Filled>& table = tables[count];
  if (!table) table = std::make_unique<Filled>(count);
  return *table;
}

void call_each(benchmark::State& state, KeyTable& table, const std::vector<std::string>& texts, std::int64_t requests) {
  std::size_t next = static_cast<std::size_t>(state.thread_index()) * 1'000;
  for (auto unused : state) {
    static_cast<void>(unused);
    benchmark::DoNotOptimize(table.admit({texts[next++ % texts.size()], "verify", {}, requests, 0}));
  }
  state.SetItemsProcessed(state.iterations());
}

/// Hash, look, judge; nothing is taken.
void look_up(benchmark::State& state) {
  Filled& keys = filled(state.range(0));
  call_each(state, keys.table, keys.texts, 0);
  state.counters["bytes_per_key"] = keys.bytes / static_cast<double>(state.range(0));
}
BENCHMARK(look_up)->Arg(10'000)->Arg(kMillion);

void admit_with_a_daily_limit(benchmark::State& state) {
  Filled& keys = filled(state.range(0));
  call_each(state, keys.table, keys.texts, 1);
}
BENCHMARK(admit_with_a_daily_limit)->Arg(10'000)->Arg(kMillion);
BENCHMARK(admit_with_a_daily_limit)->Arg(kMillion)->Threads(2);

void admit_with_three_limits(benchmark::State& state) {
  Filled& keys = filled(10'000);
  call_each(state, keys.table, keys.three, 1);
}
BENCHMARK(admit_with_three_limits);

void look_up_an_unknown_key(benchmark::State& state) {
  Filled& keys = filled(kMillion);
  const std::vector<std::string> unknown(4'096, text_of(0));
  call_each(state, keys.table, unknown, 1);
}
BENCHMARK(look_up_an_unknown_key);

void take_from_a_day_and_a_pace(benchmark::State& state) {
  const std::array<limits::Limit, 2> limits{
      limits::Limit{limits::Metric::requests, limits::Window::day, limits::kAmountMax},
      limits::Limit{limits::Metric::requests, limits::Window::minute, limits::kAmountMax}};
  limits::CalendarCount day;
  limits::Pace pace;
  const std::array<limits::Counter, 2> counters{limits::Counter{&limits[0], &day, nullptr},
                                                limits::Counter{&limits[1], nullptr, &pace}};
  std::array<limits::LimitStanding, 2> standings;
  std::int64_t open = 0;
  limits::Moment moment{from_millis(1'795'000'000'000), limits::SteadyTime{std::chrono::hours{1}}, Zone{}};
  for (auto unused : state) {
    static_cast<void>(unused);
    moment.steady += std::chrono::microseconds{1};
    benchmark::DoNotOptimize(limits::take(counters, open, {1, 0}, moment, standings));
  }
}
BENCHMARK(take_from_a_day_and_a_pace);

void run(store::Store& store, const std::string& sql) {
  const Result<void> done = store.writer().run_blocking<void>([&](store::Transaction& transaction) -> Result<void> {
    const Result<std::int64_t> changed =
        transaction.connection().execute(sql, {}, [](const store::RowView&) { return true; });
    if (!changed) return std::unexpected(changed.error());
    return {};
  });
  check_invariant(done.has_value(), done ? "" : done.error().detail);
}

/// Customers, a million keys, their digests and limits, out of the database into the table.
void load_a_million_keys(benchmark::State& state) {
  crypto::initialise();
  const std::filesystem::path folder =
      std::filesystem::temp_directory_path() / fmt::format("keyledger-bench-{}", getpid());
  std::filesystem::create_directories(folder);
  {
    const std::unique_ptr<store::Store> store = std::move(*store::Store::open(folder / "keyledger.db"));
    run(*store, R"sql(
      INSERT INTO customers (id, name, email, email_folded, notes, timezone, created_at, updated_at)
      WITH RECURSIVE n (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < 10000)
      SELECT n, 'Customer', '', n, '', '', 0, 0 FROM n)sql");
    run(*store, R"sql(
      INSERT INTO customer_keys (id, customer_id, name, hint, notes, allowed_ips, allowed_actions, metadata, created_at,
                                 updated_at)
      WITH RECURSIVE n (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < 1000000)
      SELECT n, 1 + n % 10000, 'Key ' || n, 'urt_0000...0000', '', '', '', '', 0, 0 FROM n)sql");
    run(*store, R"sql(
      INSERT INTO customer_key_digests (digest, customer_key_id, created_at)
      SELECT digest, id, 0 FROM (SELECT id, randomblob(32) AS digest FROM customer_keys) ORDER BY digest)sql");
    run(*store, "INSERT INTO customer_key_limits SELECT id, 'requests', 'day', 100 FROM customer_keys ORDER BY id");
    SystemClock clock;
    for (auto unused : state) {
      static_cast<void>(unused);
      KeyTable table{&clock, Zone{}};
      const Result<void> loaded = load_keys(Core{store.get(), nullptr, nullptr, &clock}, table);
      check_invariant(loaded && table.keys() == kMillion, "all keys are loaded");
    }
  }
  std::filesystem::remove_all(folder);
}
BENCHMARK(load_a_million_keys)->Unit(benchmark::kMillisecond)->Iterations(1)->MeasureProcessCPUTime();

/// The whole year of 1,000 customers with a key each, which called in four ways on every day.
void fill_a_year(store::Store& store) {
  run(store, R"sql(
    INSERT INTO customers (id, name, email, email_folded, notes, timezone, created_at, updated_at)
    WITH RECURSIVE n (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < 1000)
    SELECT n, 'Customer', '', n, '', '', 0, 0 FROM n)sql");
  run(store, R"sql(
    INSERT INTO customer_keys (id, customer_id, name, hint, notes, allowed_ips, allowed_actions, metadata, created_at,
                               updated_at)
    SELECT id, id, '', '', '', '', '', '', 0, 0 FROM customers)sql");
  run(store, "INSERT INTO ledger_words (id, word) VALUES (1, 'check'), (2, 'rent')");
  run(store, R"sql(
    INSERT INTO ledger_days (day, customer_key_id, action_id, status, events, units)
    WITH RECURSIVE d (day) AS (SELECT 20454 UNION ALL SELECT day + 1 FROM d WHERE day < 20818)
    SELECT d.day, k.id, a.action, s.status, 5, 7 FROM d, customer_keys k,
      (SELECT 1 AS action UNION ALL SELECT 2) a, (SELECT 0 AS status UNION ALL SELECT 2) s)sql");
}

/// The invoices of a month: each customer's days are looked up, or all of them are read ahead.
void rate_a_month_of_1000_customers(benchmark::State& state) {
  const std::filesystem::path folder =
      std::filesystem::temp_directory_path() / fmt::format("keyledger-bench-{}", getpid());
  std::filesystem::create_directories(folder);
  {
    const std::unique_ptr<store::Store> store = std::move(*store::Store::open(folder / "keyledger.db"));
    fill_a_year(*store);
    const LocalDay november{std::chrono::days{20'758}};
    for (auto unused : state) {
      static_cast<void>(unused);
      const auto done = store->readers().run_blocking<void>([&](store::Transaction& transaction) -> Result<void> {
        Rater rater(&transaction);
        Result<void> read{};
        if (state.range(0) != 0) read = rater.read_ahead({november, november + std::chrono::days{30}});
        for (std::int64_t id = 1; read && id <= 1'000; ++id) {
          billing::Subscription subscription{.id = {id}, .customer_id = {id}};
          subscription.agreement.changes = {{november, billing::PlanId{5}, 1, {}}};
          const Result<RatedPeriod> rated = rater.rate(subscription, november, Zone{}, {});
          check_invariant(rated && rated->lines.size() == 3, "a month is rated");
        }
        return read;
      });
      check_invariant(done.has_value(), "all months are rated");
    }
  }
  std::filesystem::remove_all(folder);
}
BENCHMARK(rate_a_month_of_1000_customers)
    ->ArgName("ahead")
    ->Arg(0)
    ->Arg(1)
    ->Unit(benchmark::kMillisecond)
    ->MeasureProcessCPUTime();

}  // namespace
}  // namespace keyledger::service

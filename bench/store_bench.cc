// The ledger's append: what an event costs by the size of the commit and by how far rollups may run behind. CPU is the
// writer's thread in `append`, the whole process in `append_and_resume`; the difference to the real time is the sync.
#include <benchmark/benchmark.h>
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <random>

#include "store/ledger/appender.h"
#include "store/store.h"

namespace keyledger::store {
namespace {

namespace fs = std::filesystem;

constexpr Instant kStart = from_millis(1'795'000'000'000);

class TemporaryFolder {
 public:
  TemporaryFolder() {
    std::string pattern = (fs::temp_directory_path() / "keyledger-bench-XXXXXX").string();
    check_invariant(::mkdtemp(pattern.data()) != nullptr, "a temporary folder can be made");
    path_ = pattern;
  }
  ~TemporaryFolder() { fs::remove_all(path_); }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  [[nodiscard]] fs::path file() const { return path_ / "bench.db"; }

 private:
  fs::path path_{};
};

/// Calls of keys at random, one every 50 microseconds, from a handful of programs.
class Calls {
 public:
  explicit Calls(std::int64_t keys) : keys_(keys) {
    for (int i = 0; i < 20; ++i) agents_.push_back(fmt::format("python-requests/2.31.{} (a client of somebody's)", i));
  }
  ledger::Call next() {
    const auto number = random_();
    return {.at = kStart + std::chrono::milliseconds{++count_ / 20},
            .customer_key_id = {1 + static_cast<std::int64_t>(number % static_cast<std::uint64_t>(keys_))},
            .http_status = 200,
            .duration = std::chrono::microseconds{number % 1'000},
            .address = address_,
            .action = "verify",
            .resource = "",
            .user_agent = agents_[number % agents_.size()]};
  }

 private:
  std::int64_t keys_;
  std::int64_t count_ = 0;
  std::mt19937_64 random_{42};
  std::vector<std::string> agents_{};
  IpAddress address_ = IpAddress::parse("192.0.2.7").value();
};

Zone utc(CustomerKeyId) {
  return {};
}

std::unique_ptr<Connection> open_database(const fs::path& file) {
  std::unique_ptr<Connection> connection = open_sqlite({.file = file}).value();
  check_invariant(migrate(*connection, file).has_value(), "the benchmark's database opens");
  return connection;
}

/// How long commits took: the longest of them is what somebody's call waits for.
class Durations {
 public:
  void note(std::chrono::steady_clock::duration duration) {
    micros_.push_back(duration / std::chrono::microseconds{1});
  }
  /// In microseconds: what one commit in two, one in a hundred, and all but a thousandth stay below.
  void show(benchmark::State& state) {
    std::sort(micros_.begin(), micros_.end());
    state.counters["p50_us"] = below(0.5);
    state.counters["p99_us"] = below(0.99);
    state.counters["p999_us"] = below(0.999);
  }

 private:
  [[nodiscard]] double below(double share) const {
    return static_cast<double>(micros_.at(static_cast<std::size_t>(share * static_cast<double>(micros_.size() - 1))));
  }
  std::vector<std::int64_t> micros_{};
};

/// Commits of a number of events, one after the other. A batch's calls stay where they are until it is complete.
void append(benchmark::State& state) {
  const TemporaryFolder folder;
  const std::unique_ptr<Connection> connection = open_database(folder.file());
  Appender appender(utc, {.rollup_events_max = static_cast<std::size_t>(state.range(1))});
  Calls calls(state.range(2));
  std::vector<ledger::Call> batch(static_cast<std::size_t>(state.range(0)));
  {
    Transaction transaction(*connection);
    check_invariant(appender.load(transaction).has_value(), "an empty ledger loads");
  }
  Durations durations;
  for (auto unused : state) {
    static_cast<void>(unused);
    for (ledger::Call& call : batch) call = calls.next();
    const auto begun = std::chrono::steady_clock::now();
    Transaction transaction(*connection);
    bool well = connection->begin(Access::write).has_value();
    appender.begin();
    for (const ledger::Call& call : batch) well = well && appender.append(transaction, call);
    well = well && appender.complete(transaction) && connection->commit();
    check_invariant(well, "a batch is stored");
    durations.note(std::chrono::steady_clock::now() - begun);
  }
  durations.show(state);
  state.SetItemsProcessed(state.iterations() * state.range(0));
  state.counters["cpu_per_event"] = benchmark::Counter(static_cast<double>(state.iterations() * state.range(0)),
                                                       benchmark::Counter::kIsRate | benchmark::Counter::kInvert);
}
BENCHMARK(append)
    ->ArgNames({"batch", "rollup_max", "keys"})
    ->ArgsProduct({{1, 16, 256}, {16'384, 32'768, 65'536}, {100, 10'000, 1'000'000}})
    ->Unit(benchmark::kMicrosecond);

/// What a connection has to do for each call.
void work_for(std::chrono::nanoseconds time) {
  const auto end = std::chrono::steady_clock::now() + time;
  while (std::chrono::steady_clock::now() < end) continue;
}

runtime::Task<> call_again_and_again(Ledger* ledger, Calls* calls, std::int64_t* left) {
  while (--*left >= 0) {
    work_for(std::chrono::microseconds{5});
    const Result<void> stored = co_await ledger->append(calls->next());
    check_invariant(stored.has_value(), "a call is stored");
  }
}

/// So many callers, each of which calls again as soon as its event is on the disk: the whole way, with threads.
void append_and_resume(benchmark::State& state) {
  constexpr std::int64_t kCalls = 20'000;
  const TemporaryFolder folder;
  runtime::asio::io_context context{1};
  static_cast<void>(open_database(folder.file()));
  Writer writer([&folder] { return open_sqlite({.file = folder.file()}); },
                {.gather = std::chrono::microseconds{state.range(1)}});
  const std::unique_ptr<Ledger> ledger = Ledger::open(&writer, utc).value();
  Calls calls(10'000);
  for (auto unused : state) {
    static_cast<void>(unused);
    std::int64_t left = kCalls;
    for (std::int64_t i = 0; i < state.range(0); ++i) {
      runtime::spawn(context.get_executor(), call_again_and_again(ledger.get(), &calls, &left), "caller");
    }
    context.restart();
    context.run();
  }
  const auto events = static_cast<double>(state.iterations() * kCalls);
  state.SetItemsProcessed(state.iterations() * kCalls);
  state.counters["cpu_per_event"] =
      benchmark::Counter(events, benchmark::Counter::kIsRate | benchmark::Counter::kInvert);
  state.counters["events_per_commit"] = events / static_cast<double>(ledger->figures().commits);
}
BENCHMARK(append_and_resume)
    ->ArgNames({"callers", "gather_micros"})
    ->ArgsProduct({{1, 64, 256}, {0, 50}})
    ->MeasureProcessCPUTime()
    ->Unit(benchmark::kMillisecond);

/// What a failed commit costs by the number of events that rollups lack.
void reload(benchmark::State& state) {
  const TemporaryFolder folder;
  const std::unique_ptr<Connection> connection = open_database(folder.file());
  Appender appender(utc, {});
  Calls calls(10'000);
  Transaction transaction(*connection);
  bool well = connection->begin(Access::write) && appender.load(transaction);
  const auto events = static_cast<std::size_t>(state.range(0));
  while (well && appender.behind() < events) {
    const ledger::Call call = calls.next();
    appender.begin();
    well = appender.append(transaction, call) && appender.complete(transaction);
  }
  check_invariant(well && connection->commit(), "the events are stored");
  for (auto unused : state) {
    static_cast<void>(unused);
    check_invariant(appender.reload(transaction).has_value(), "the ledger loads");
  }
}
BENCHMARK(reload)->ArgName("behind")->Arg(4'096)->Arg(65'000)->Unit(benchmark::kMillisecond);

/// What a start costs by the number of keys that were ever used.
void load(benchmark::State& state) {
  static const BulkInsert kTotals{
      .into = "INSERT INTO customer_key_totals (customer_key_id, admitted, refused, last_event_id, last_at)",
      .columns = 5};
  const TemporaryFolder folder;
  const std::unique_ptr<Connection> connection = open_database(folder.file());
  std::vector<RawValue> values;
  for (std::int64_t key = 1; key <= state.range(0); ++key) values.insert(values.end(), {key, 1, 0, key, 0});
  check_invariant(connection->begin(Access::write) && connection->insert_rows(kTotals, values) && connection->commit(),
                  "the totals are stored");
  Appender appender(utc, {});
  for (auto unused : state) {
    static_cast<void>(unused);
    Transaction transaction(*connection);
    check_invariant(appender.load(transaction).has_value(), "the ledger loads");
  }
}
BENCHMARK(load)->ArgName("keys")->Arg(10'000)->Arg(1'000'000)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace keyledger::store

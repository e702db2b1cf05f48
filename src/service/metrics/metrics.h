// service/metrics/metrics.h: how the server is doing, in numbers, at one moment.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/histogram.h"
#include "service/core.h"

namespace keyledger::service {

class Admission;
class Rentals;
class UsageSync;

struct SourceAge {
  std::string provider{};
  std::int64_t source_id = 0;
  std::int64_t seconds = 0;
};

struct ProcessFigures {
  Instant started_at{};
  std::int64_t resident_bytes = 0, open_files = 0;
};

struct MetricFigures {
  std::vector<std::pair<std::string, std::int64_t>> verdicts{};  // by name, each of them
  std::int64_t slowed = 0;
  HistogramFigures call_micros{};

  std::int64_t writer_queue = 0, writer_refused = 0, mutations = 0;
  HistogramFigures commit_micros{}, commit_pieces{};
  std::int64_t ledger_queue = 0, ledger_refused = 0, events = 0;

  std::int64_t open_rentals = 0;
  std::vector<std::pair<std::string, std::int64_t>> free_accounts{};  // by website
  std::vector<SourceAge> sync_ages{};                                 // those that were ever read
  ProcessFigures process{};
  std::int64_t schema_version = 0;
};

/// Whom figures come from; what is missing gives zeros. The app owns all of it.
struct MetricsParts {
  Core core;
  Admission* admission = nullptr;
  Rentals* rentals = nullptr;
  UsageSync* sync = nullptr;
};

class Metrics {
 public:
  explicit Metrics(MetricsParts parts);

  /// A customer's call was answered, so long after its first byte was understood. Any thread, no lock.
  void count_call(std::chrono::nanoseconds took) {
    calls_.count(std::chrono::duration_cast<std::chrono::microseconds>(took).count());
  }
  /// Errors: those of the database.
  [[nodiscard]] runtime::Task<Result<MetricFigures>> collect() const;

 private:
  MetricsParts parts_;
  Instant started_at_;
  Histogram calls_;
};

/// Of this process, as Linux tells; 0 where it does not.
[[nodiscard]] ProcessFigures read_process(Instant started_at);

}  // namespace keyledger::service

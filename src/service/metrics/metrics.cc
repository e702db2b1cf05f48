#include "service/metrics/metrics.h"

#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <numeric>

#include "service/admission/admission.h"
#include "service/rentals/rentals.h"
#include "service/usage/sync.h"

namespace keyledger::service {
namespace {

// From what a look at memory takes to what nobody waits for.
constexpr std::array<std::int64_t, 14> kCallMicrosBounds{
    50, 100, 250, 500, 1'000, 2'500, 5'000, 10'000, 25'000, 50'000, 100'000, 250'000, 1'000'000, 5'000'000};

template <typename Bounds, typename Counts>
HistogramFigures to_figures(const Bounds& bounds, const Counts& counts, std::int64_t sum) {
  return {{bounds.begin(), bounds.end()}, {counts.begin(), counts.end()}, sum};
}

void add_writer(const store::WriterFigures& writer, MetricFigures& figures) {
  figures.writer_queue = writer.queue_depth;
  figures.writer_refused = writer.refused;
  figures.mutations = writer.mutations;
  const std::int64_t micros = std::chrono::duration_cast<std::chrono::microseconds>(writer.commit_time).count();
  figures.commit_micros = to_figures(store::kCommitMicrosBounds, writer.by_micros, micros);
  figures.commit_pieces = to_figures(store::kCommitPiecesBounds, writer.by_pieces, writer.mutations + writer.ridden);
}

void add_admission(Admission& admission, MetricFigures& figures) {
  const AdmissionFigures counted = admission.figures();
  boost::mp11::mp_for_each<boost::describe::describe_enumerators<Verdict>>([&](auto verdict) {
    figures.verdicts.emplace_back(verdict.name, counted.verdicts[static_cast<std::size_t>(verdict.value)]);
  });
  figures.slowed = counted.slowed;
  const store::LedgerFigures ledger = admission.ledger().figures();
  figures.ledger_queue = ledger.queue_depth;
  figures.ledger_refused = ledger.refused;
  figures.events = ledger.events;
}

}  // namespace

ProcessFigures read_process(Instant started_at) {
  ProcessFigures process{.started_at = started_at};
  std::ifstream memory("/proc/self/statm");
  std::int64_t size_pages = 0, resident_pages = 0;
  if (memory >> size_pages >> resident_pages) process.resident_bytes = resident_pages * ::sysconf(_SC_PAGESIZE);
  std::error_code error;
  std::filesystem::directory_iterator files("/proc/self/fd", error);
  if (!error) process.open_files = std::distance(begin(files), end(files)) - 1;  // less the folder that is read
  return process;
}

Metrics::Metrics(MetricsParts parts) : parts_(parts), started_at_(parts.core.clock->now()), calls_(kCallMicrosBounds) {}

runtime::Task<Result<MetricFigures>> Metrics::collect() const {
  MetricFigures figures;
  figures.call_micros = calls_.figures();
  add_writer(parts_.core.store->writer().figures(), figures);
  if (parts_.admission != nullptr) add_admission(*parts_.admission, figures);
  if (parts_.rentals != nullptr) {
    RentalFigures rentals = parts_.rentals->figures();
    figures.open_rentals = rentals.open_rentals;
    figures.free_accounts = std::move(rentals.free_accounts);
  }
  if (parts_.sync != nullptr) {
    const Result<SyncState> state = co_await parts_.sync->state();
    if (!state) co_return std::unexpected(state.error());
    for (const SourceState& source : state->sources) {
      if (!source.source_id || source.duplicate || !source.age_seconds) continue;
      figures.sync_ages.push_back({source.provider, *source.source_id, *source.age_seconds});
    }
  }
  figures.process = read_process(started_at_);
  figures.schema_version = store::schema_version();
  co_return figures;
}

}  // namespace keyledger::service

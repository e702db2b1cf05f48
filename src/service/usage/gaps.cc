#include "service/usage/gaps.h"

#include <algorithm>
#include <array>

namespace keyledger::service {
namespace {

constexpr std::string_view kStillRead = "Its history is still being read.";
constexpr std::string_view kNotRenewed = "Its figures have not been renewed since.";
constexpr std::string_view kNeverRead = "Its figures have not been read yet.";

/// Those whose figures can be expected: their key is held, and was not told that it may not read.
std::vector<const usage::Source*> expected_sources(const ReportFrame& frame) {
  std::set<ProviderKeyId> denied;
  for (const store::UsageSourceStore::Reader& reader : frame.matter().facts.readers) {
    if (reader.denied_at) denied.insert(reader.provider_key_id);
  }
  std::vector<const usage::Source*> expected;
  for (const usage::Source& source : frame.matter().facts.sources) {
    const bool reads = frame.owners().holds(source.reader_key_id) && !denied.contains(source.reader_key_id);
    if (reads && frame.asked(source.id) != nullptr) expected.push_back(&source);
  }
  return expected;
}

/// What stands in the way at one of these stages, the first of them first; else `otherwise`.
std::string cause_of(const ReportFrame& frame, const usage::Source& source, std::span<const std::string_view> stages,
                     std::string_view otherwise) {
  for (const std::string_view stage : stages) {
    for (const usage::FindingRecord& finding : frame.matter().facts.findings) {
      if (finding.provider_key_id != source.reader_key_id || finding.stage != stage) continue;
      const keys::Explanation& explanation = keys::explain(finding.code);
      if (explanation.action != "none") return std::string{explanation.cause};
    }
  }
  return std::string{otherwise};
}

class GapFinder {
 public:
  explicit GapFinder(const ReportFrame& frame) : frame_(frame), today_(day_of(frame.matter().now)) {}

  std::vector<UsageGap> run() {
    for (const usage::Source* source : expected_sources(frame_)) {
      add_history(*source);
      add_latest(*source);
    }
    std::ranges::stable_sort(gaps_, [](const UsageGap& left, const UsageGap& right) {
      return std::tie(left.provider, left.from) < std::tie(right.provider, right.from);
    });
    return std::move(gaps_);
  }

 private:
  void add(const usage::Source& source, DayRange days, std::string cause) {
    const Day from = std::max(days.from, frame_.range().from);
    const Day to = std::min({days.to, frame_.range().to, today_});
    if (from > to) return;
    gaps_.push_back({source.provider, source.organization, source.reader_key_id, from, to, std::move(cause)});
  }

  void add_history(const usage::Source& source) {
    if (source.backfill_done || !source.backfill_before || !source.last_success_at) return;
    constexpr std::array<std::string_view, 2> kStages{"backfill", "access"};
    const Day last = std::min(*source.backfill_before, day_of(*source.last_success_at)) - std::chrono::days{1};
    add(source, {frame_.range().from, last}, cause_of(frame_, source, kStages, kStillRead));
  }

  void add_latest(const usage::Source& source) {
    constexpr std::array<std::string_view, 3> kStages{"access", "discover", "fetch"};
    const bool never = !source.last_success_at;
    if (!never && frame_.matter().now - *source.last_success_at <= kStaleAfter) return;
    const Day first = never ? frame_.range().from : day_of(*source.last_success_at) + std::chrono::days{1};
    add(source, {first, today_}, cause_of(frame_, source, kStages, never ? kNeverRead : kNotRenewed));
  }

  const ReportFrame& frame_;
  Day today_;
  std::vector<UsageGap> gaps_{};
};

}  // namespace

std::vector<UsageGap> find_gaps(const ReportFrame& frame) {
  return GapFinder(frame).run();
}

std::optional<Instant> complete_until(const ReportFrame& frame) {
  std::optional<Instant> earliest;
  for (const usage::Source* source : expected_sources(frame)) {
    if (!source->last_success_at) return std::nullopt;
    earliest = earliest ? std::min(*earliest, *source->last_success_at) : *source->last_success_at;
  }
  return earliest;
}

}  // namespace keyledger::service

// store/usage_report_store.h: what reports read. Sums come from the rollups, so that their cost does not grow with
// rows.
#pragma once

#include <span>
#include <string>
#include <utility>
#include <vector>

#include "domain/usage/records.h"
#include "store/database.h"

namespace keyledger::store {

/// Keys whose use a report is about: all, or chosen (source, remote key) pairs; key 0 is use without a key.
class UsageSelection {
 public:
  /// Everything.
  UsageSelection() = default;
  /// These and no others; an empty list is nothing at all.
  explicit UsageSelection(std::span<const std::pair<usage::SourceId, std::int64_t>> keys);
  [[nodiscard]] bool all() const { return all_; }
  /// ",1.0,1.17,": what the statements compare with, and a name for the selection.
  [[nodiscard]] const std::string& text() const { return text_; }

 private:
  bool all_ = true;
  std::string text_{};
};

/// Every function runs inside the caller's transaction, over buckets from `from` to before `to`.
/// Errors, of all: those of the database.
class UsageReportStore {
 public:
  struct Range {
    std::int64_t from = 0, to = 0;
  };
  /// Sums by bucket and source. `by_hour`: hours instead of days, only for a selection of all.
  [[nodiscard]] static Result<std::vector<usage::CountSum>> counts_by_bucket(Transaction& transaction, Range range,
                                                                             const UsageSelection& selection,
                                                                             bool by_hour = false);
  [[nodiscard]] static Result<std::vector<usage::CostSum>> costs_by_bucket(Transaction& transaction, Range range,
                                                                           const UsageSelection& selection,
                                                                           bool by_hour = false);
  /// Sums by source and item of a breakdown by day; the selection is for Breakdown::key only.
  [[nodiscard]] static Result<std::vector<usage::CountSum>> counts_by_item(Transaction& transaction, Range range,
                                                                           usage::Breakdown by,
                                                                           const UsageSelection& selection);
  [[nodiscard]] static Result<std::vector<usage::CostSum>> costs_by_item(Transaction& transaction, Range range,
                                                                         usage::Breakdown by,
                                                                         const UsageSelection& selection);

  struct Unpriced {
    std::string provider{};
    std::string model{};  // or the dataset, where no model is known
    std::int64_t requests = 0, requests_known = 0, input_tokens = 0, output_tokens = 0;
  };
  [[nodiscard]] static Result<std::vector<Unpriced>> unpriced(Transaction& transaction, Range range);

  /// A row of use or cost of chosen keys, for what no rollup has: a selection broken down by model, project or hour.
  struct Line : usage::Counts {
    std::int64_t bucket = 0;
    usage::SourceId source_id{};
    std::string provider{};
    std::int64_t dataset_id = 0, project_id = 0, key_id = 0, model_id = 0;
    std::string model{}, tier{};
  };
  struct CostLine {
    std::int64_t bucket = 0;
    usage::SourceId source_id{};
    std::string provider{};
    std::int64_t project_id = 0, key_id = 0, model_id = 0;
    Currency currency{};
    std::int64_t nanos = 0, attos = 0;
  };
  [[nodiscard]] static Result<std::vector<Line>> lines(Transaction& transaction, Range range,
                                                       const UsageSelection& selection, usage::Width width);
  [[nodiscard]] static Result<std::vector<CostLine>> cost_lines(Transaction& transaction, Range range,
                                                                const UsageSelection& selection);
  /// The days on which a source's provider billed anything.
  struct BilledDay {
    usage::SourceId source_id{};
    std::int64_t bucket = 0;
    bool by_key = false;  // and said for which key
  };
  [[nodiscard]] static Result<std::vector<BilledDay>> billed_days(Transaction& transaction, Range range);

  /// The text of a number of usage_words.
  struct Word {
    std::int64_t id = 0;
    std::string word{};
  };
  [[nodiscard]] static Result<std::vector<Word>> words(Transaction& transaction);
};

}  // namespace keyledger::store

// store/usage_names.h: the numbers that stand for models, keys, projects and whole series in the rows of one source.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <unordered_map>

#include "domain/usage/records.h"
#include "store/database.h"

namespace keyledger::store {

/// Finds numbers and gives new ones. Lives as long as one transaction: a rollback takes the numbers back.
/// Texts come from providers and are cut to kNameBytesMax, at the end of a character.
class UsageNames {
 public:
  static constexpr std::size_t kNameBytesMax = 200;

  /// Reads the series that the source has. Errors: those of the database.
  [[nodiscard]] static Result<UsageNames> load(Transaction& transaction, usage::SourceId source);

  /// Errors, of all: those of the database. An empty text is 0.
  [[nodiscard]] Result<std::int64_t> word(std::string_view text);
  [[nodiscard]] Result<std::int64_t> project(std::string_view remote_id);
  [[nodiscard]] Result<std::int64_t> key(std::string_view remote_id);
  [[nodiscard]] Result<std::int64_t> series(const usage::UsageRow& row);
  [[nodiscard]] Result<std::int64_t> series(const usage::CostRow& row);

  struct Series {
    std::int64_t dataset_id = 0, project_id = 0, key_id = 0, model_id = 0, tier_id = 0;
    auto operator<=>(const Series&) const = default;
  };
  struct CostSeries {
    std::int64_t dataset_id = 0, project_id = 0, key_id = 0, model_id = 0, line_item_id = 0;
    std::string currency{};
    auto operator<=>(const CostSeries&) const = default;
  };

 private:
  UsageNames(Transaction& transaction, usage::SourceId source) : transaction_(&transaction), source_(source) {}
  Result<std::int64_t> find_or_add(std::unordered_map<std::string, std::int64_t>& known, std::string_view text,
                                   const Query<Single<std::int64_t>>& find, const Query<Single<std::int64_t>>& insert);

  Transaction* transaction_;
  usage::SourceId source_;
  std::unordered_map<std::string, std::int64_t> words_{}, projects_{}, keys_{};
  std::map<Series, std::int64_t> series_{};
  std::map<CostSeries, std::int64_t> cost_series_{};
};

/// At most `bytes_max` bytes of valid UTF-8 text, without half a character at the end.
[[nodiscard]] std::string_view cut_text(std::string_view text, std::size_t bytes_max);

}  // namespace keyledger::store

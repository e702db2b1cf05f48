// service/usage/sums.h: the numbers of a report without their names, and the memory that keeps them between questions.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "domain/usage/records.h"
#include "service/usage/figures_version.h"
#include "service/usage/query.h"
#include "store/usage_report_store.h"

namespace keyledger::service {

/// Sums of one kind over some days.
struct SumsPiece {
  std::vector<usage::CountSum> counts{};
  std::vector<usage::CostSum> costs{};
  std::vector<store::UsageReportStore::Unpriced> unpriced{};
  [[nodiscard]] std::size_t lines() const { return counts.size() + costs.size() + unpriced.size() + 1; }
};
/// The same thing may stand in several pieces, which together cover the days.
using SumsPieces = std::vector<std::shared_ptr<const SumsPiece>>;

/// The last sums, each as long as the figures of its days have not changed. Thread-safe.
class SumsCache {
 public:
  static constexpr std::size_t kLinesMax = 300'000;  // of some 150 bytes; past it the memory begins anew
  [[nodiscard]] std::shared_ptr<const SumsPiece> find(const FiguresVersion& version, const std::string& name,
                                                      DayRange days) const;
  /// `version` is that of before the sums were read.
  void put(std::uint64_t version, const std::string& name, std::shared_ptr<const SumsPiece> piece);

 private:
  struct Entry {
    std::uint64_t version = 0;
    std::shared_ptr<const SumsPiece> piece{};
  };
  mutable std::mutex mutex_{};
  std::map<std::string, Entry> entries_{};
  std::size_t lines_ = 0;
};

/// Which numbers; those by day are always among them.
struct SumsQuery {
  DayRange range{};
  Day today{};
  store::UsageSelection selection{};
  bool keys = false, models = false, projects = false, hours = false, unpriced = false;
  bool compared_hours = false;  // of today and of its like in the period before
};

/// Everything that a report sums up.
struct Sums {
  SumsPieces days{};      // by day, over the range and the one before it
  SumsPieces keys{};      // by key
  SumsPieces models{};    // by model
  SumsPieces projects{};  // by project
  SumsPieces hours{};     // by hour
  SumsPieces unpriced{};
  SumsPieces compared_hours{};
  std::map<std::int64_t, std::string> words{};  // names of the models
};

/// What sums are read with. The version is read before the transaction begins: what is computed from newer figures is
/// then kept under an older version and soon read again, instead of the other way round.
struct SumsSource {
  std::shared_ptr<const usage::PriceBook> prices{};
  const FiguresVersion* versions = nullptr;
  std::uint64_t version = 0;
  SumsCache* cache = nullptr;
};

/// Errors: those of the database.
[[nodiscard]] Result<Sums> read_sums(store::Transaction& transaction, const SumsQuery& query, const SumsSource& source);

}  // namespace keyledger::service

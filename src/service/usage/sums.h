// service/usage/sums.h: the numbers of a report without their names, and the memory that keeps them between questions.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "domain/usage/records.h"
#include "service/usage/query.h"
#include "store/usage_report_store.h"

namespace keyledger::service {

/// Which numbers. `breakdown`: what they are broken down by beside days and keys.
struct SumsQuery {
  DayRange range{};
  store::UsageSelection selection{};
  std::optional<GroupBy> group_by{};
  [[nodiscard]] std::string name() const;
};

/// Everything that a report sums up, from the store. By bucket: over the range and the one before it.
struct Sums {
  std::vector<usage::CountSum> days{};
  std::vector<usage::CostSum> day_costs{};
  std::vector<usage::CountSum> keys{};
  std::vector<usage::CostSum> key_costs{};
  std::vector<usage::CountSum> groups{};  // models, projects or hours, where asked for
  std::vector<usage::CostSum> group_costs{};
  std::vector<store::UsageReportStore::Unpriced> unpriced{};
  std::map<std::int64_t, std::string> words{};  // of the models in `groups`
};

/// Errors: those of the database.
[[nodiscard]] Result<Sums> read_sums(store::Transaction& transaction, const SumsQuery& query,
                                     const usage::PriceBook& prices);

/// The last answers, as long as the figures have not changed. Thread-safe.
class SumsCache {
 public:
  static constexpr std::size_t kEntriesMax = 64;
  [[nodiscard]] std::shared_ptr<const Sums> find(std::uint64_t version, const std::string& name) const;
  void put(std::uint64_t version, const std::string& name, std::shared_ptr<const Sums> sums);

 private:
  mutable std::mutex mutex_{};
  std::uint64_t version_ = 0;
  std::map<std::string, std::shared_ptr<const Sums>> entries_{};
};

}  // namespace keyledger::service

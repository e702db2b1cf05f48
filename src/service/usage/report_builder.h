// service/usage/report_builder.h: puts names to sums. Pure.
#pragma once

#include <map>
#include <memory>
#include <set>
#include <vector>

#include "service/usage/report.h"

namespace keyledger::service {

/// Everything that a report is made of, read in one transaction.
struct ReportMatter {
  std::vector<HeldKey> held{};
  SourceFacts facts{};
  std::vector<usage::RemoteKeyRecord> remote{};
  std::vector<usage::RemoteProjectRecord> projects{};
  std::vector<BudgetView> budgets{};
  std::shared_ptr<const Sums> sums{};
  Instant now{};
};

/// The report of that range from the matter. `query` is the one that the sums were read for.
[[nodiscard]] UsageReport build_report(const ReportMatter& matter, const UsageQuery& query, const DayRange& range);

}  // namespace keyledger::service

// api/usage/tables.h: figures as lines of a CSV file. Pure.
#pragma once

#include "service/usage/report.h"

namespace keyledger::api {

struct UsageTable {
  std::vector<std::string> columns{};
  std::vector<std::vector<std::string>> rows{};
};
/// A line for each day and provider; a day without any has one line of its own.
[[nodiscard]] UsageTable day_table(const service::UsageReport& report);
/// A line for each group of the one breakdown that the report has.
[[nodiscard]] UsageTable group_table(const service::UsageReport& report);
[[nodiscard]] UsageTable key_table(const service::UsageKeys& keys);

}  // namespace keyledger::api

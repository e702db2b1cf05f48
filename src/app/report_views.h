// app/report_views.h: what the reports share on a terminal: a head, a table, a bar beside each row.
#pragma once

#include <functional>

#include "app/commands.h"

namespace keyledger::app {

inline constexpr std::size_t kBarWidth = 20;

/// The columns of a file: those of the table, and what it leaves to the bars.
[[nodiscard]] Columns of_file(Columns columns, const Columns& more);

[[nodiscard]] std::int64_t integer(const json::Value& value, std::string_view name);
[[nodiscard]] std::string number_text(const json::Value& value, std::string_view name);
/// "93.0 %" of a share in per mille.
[[nodiscard]] std::string percent(const json::Value& share);
/// "2026-10-23 to 2026-11-21 (Europe/Berlin): ".
[[nodiscard]] std::string span_text(const json::Value& report);

/// A table whose last column draws `size` of each row, the largest being a full bar; with the row's share before it,
/// where it has one.
using SizeOf = std::function<std::int64_t(const json::Value& row)>;
[[nodiscard]] std::string barred(const Columns& columns, const json::Array& rows, const SizeOf& size,
                                 const TableStyle& style);
[[nodiscard]] std::string barred(const Columns& columns, const json::Array& rows, const std::string& member,
                                 const TableStyle& style);

/// How one report is shown.
struct ReportView {
  std::string_view rows;  // the member that has its lines
  Columns file{};         // the columns of --csv
  std::function<std::string(const json::Value&, const TableStyle&)> text{};
};
ExitCode show_report(Session& session, const Result<Target>& target, const ReportView& view);

}  // namespace keyledger::app

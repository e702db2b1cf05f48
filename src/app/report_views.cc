#include "app/report_views.h"

#include <fmt/format.h>

#include <algorithm>

#include "app/bars.h"
#include "app/text.h"

namespace keyledger::app {

using json::Value;

Columns of_file(Columns columns, const Columns& more) {
  columns.insert(columns.end(), more.begin(), more.end());
  return columns;
}

std::int64_t integer(const Value& value, std::string_view name) {
  return value[name].integer().value_or(0);
}

std::string number_text(const Value& value, std::string_view name) {
  return to_cell(value[name], Kind::number).text;
}

std::string percent(const Value& share) {
  const std::optional<std::int64_t> per_mille = share.integer();
  return per_mille ? fmt::format("{}.{} %", *per_mille / 10, *per_mille % 10) : "–";
}

std::string span_text(const Value& report) {
  return fmt::format("{} to {} ({}): ", report["from"].text().value_or("?"), report["to"].text().value_or("?"),
                     harmless(report["timezone"].text().value_or("?")));
}

std::string barred(const Columns& columns, const json::Array& rows, const SizeOf& size, const TableStyle& style) {
  std::int64_t largest = 0;
  for (const Value& row : rows) largest = std::max(largest, size(row));
  std::vector<Heading> headings;
  for (const Column& column : columns) {
    const bool right = column.kind == Kind::number || column.kind == Kind::money;
    headings.push_back({column.heading, right, column.gives});
  }
  const bool shares = !rows.empty() && !rows.front()["share"].is_null();
  if (shares) headings.push_back({"Share", true});
  headings.push_back({""});
  std::vector<std::vector<Cell>> cells;
  for (const Value& row : rows) {
    std::vector<Cell>& made = cells.emplace_back();
    for (const Column& column : columns) made.push_back(to_cell(at(row, column.path), column.kind));
    if (shares) made.push_back({percent(row["share"])});
    made.push_back({bar(size(row), largest, kBarWidth), Tone::good});
  }
  return render_table(headings, cells, style);
}

std::string barred(const Columns& columns, const json::Array& rows, const std::string& member,
                   const TableStyle& style) {
  return barred(
      columns, rows, [&](const Value& row) { return integer(row, member); }, style);
}

ExitCode show_report(Session& session, const Result<Target>& target, const ReportView& view) {
  if (!target) return session.failed(target.error());
  return with_api(session, [&](ApiClient& api) {
    const Result<Answer> answer = api.get(*target);
    if (!answer) return session.failed(answer.error());
    if (session.on("--json")) {
      session.print(answer->text + "\n");
    } else if (session.on("--csv")) {
      session.print(to_csv(view.file, answer->value[view.rows].items()));
    } else {
      session.print(view.text(answer->value, session.console().style));
    }
    return ExitCode::ok;
  });
}

}  // namespace keyledger::app

// service/usage/key_lines.h: the lines of a report by key, and lists of them: filtered, in order, page by page. Pure.
#pragma once

#include "service/usage/report_frame.h"

namespace keyledger::service {

struct KeyLine {
  KeyFigures figures{};
  Bill bill{};
  bool used = false;  // something was counted for it
  std::string id{};   // tells it from all others, from one question to the next
};

/// A line for each key that something was counted for, and for each held key that is asked about. The most expensive
/// first.
[[nodiscard]] std::vector<KeyLine> key_lines(const ReportFrame& frame, const Whole& whole);

/// The sums of these lines. Requests and tokens are unknown where they are of every line.
[[nodiscard]] Figures sum_of(const std::vector<KeyLine>& lines);

/// Whether a line passes the filters of the question.
[[nodiscard]] bool passes(const UsageKeyQuery& query, const KeyFigures& line);

/// Puts the lines in order. What is not known comes last either way; lines that are alike stay in the order of their
/// id.
void sort_lines(std::vector<KeyLine>& lines, UsageKeySort sort, bool descending, const Whole& whole);

}  // namespace keyledger::service

// providers/testing_rows.h: for tests only. Recorded answers, and what came of them as lines of text that can be
// compared.
#pragma once

#include <fmt/format.h>

#include <boost/describe.hpp>
#include <boost/mp11.hpp>
#include <fstream>
#include <sstream>
#include <string>

#include "providers/provider.h"

namespace keyledger::providers::testing {

/// The text of src/providers/<path>.
inline std::string recorded_answer(const std::string& path) {
  std::ifstream file(KEYLEDGER_SOURCE_DIR "/src/providers/" + path);
  check_invariant(file.is_open(), "a recorded answer is there");
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

/// "requests=5 input_tokens=1000": what is not zero; "requests=?" where it is not known.
inline std::string as_lines(const usage::Counts& counts) {
  std::string line = counts.requests ? fmt::format("requests={}", *counts.requests) : "requests=?";
  boost::mp11::mp_for_each<boost::describe::describe_members<usage::Counts, boost::describe::mod_public>>(
      [&](auto member) {
        if constexpr (std::is_same_v<std::remove_cvref_t<decltype(counts.*member.pointer)>, std::int64_t>) {
          if (counts.*member.pointer != 0) line += fmt::format(" {}={}", member.name, counts.*member.pointer);
        }
      });
  return line;
}

/// One line a row, in the order of the rows, then what is complete and what was found.
inline std::string as_lines(const Fetched& fetched) {
  std::string text;
  for (const usage::UsageRow& row : fetched.usage) {
    text += fmt::format("usage {} {} [{}] [{}] [{}] [{}] {}\n", row.dataset, to_rfc3339(row.start), row.project,
                        row.remote_key, row.model, row.tier, as_lines(row.counts));
  }
  for (const usage::CostRow& row : fetched.costs) {
    text += fmt::format("cost {} {} [{}] [{}] [{}] [{}] {} {} nanos {} attos\n", row.dataset, to_string(row.day),
                        row.project, row.remote_key, row.model, row.line_item, row.currency.text(), row.amount.nanos,
                        row.amount.attos);
  }
  for (const std::string& name : fetched.complete) text += fmt::format("complete {}\n", name);
  for (const keys::Finding& finding : fetched.findings) {
    text += fmt::format("finding {} {}\n", finding.code, finding.provider_status);
  }
  return text;
}

inline Instant at(std::string_view text) {
  return parse_rfc3339(text).value();
}

inline FetchRequest days(std::string_view from, std::string_view to) {
  return FetchRequest{.width = usage::Width::day, .from = at(from), .to = at(to)};
}

}  // namespace keyledger::providers::testing

#include "app/view.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "app/text.h"
#include "base/csv.h"
#include "base/instant.h"
#include "base/money.h"

namespace keyledger::app {
namespace {

using json::Value;

constexpr std::string_view kUnknown = "–";

std::string plain_text(const Value& value) {
  if (const std::string* text = value.string()) return *text;
  if (const json::Number* number = value.number()) return number->text;
  if (const bool* flag = value.boolean()) return *flag ? "yes" : "no";
  return {};
}

std::string time_text(const Value& value) {
  const Result<Instant> instant = parse_rfc3339(value.text().value_or(""));
  if (!instant) return plain_text(value);
  std::string text = to_rfc3339(*instant).substr(0, 16);
  text[10] = ' ';
  return text;
}

std::string joined(const std::vector<std::string>& parts, std::string_view between) {
  return fmt::format("{}", fmt::join(parts, between));
}

/// Lines of an address, say, with commas between them.
std::string one_line(const std::string& text) {
  std::string line;
  for (const char c : text) line += c == '\n' ? std::string{", "} : std::string{c};
  return line;
}

std::string words_text(const Value& value) {
  std::vector<std::string> words;
  for (const Value& item : value.items()) words.push_back(plain_text(item));
  return joined(words, ", ");
}

/// The amounts of a money value or of a list of them.
std::vector<Value> amounts(const Value& value) {
  if (value.array() != nullptr) return value.items();
  return value.object() != nullptr ? std::vector<Value>{value} : std::vector<Value>{};
}

std::string one_money(const Value& value) {
  const Result<Amount> amount = parse_amount(value["amount"].text().value_or(""));
  const Result<Currency> currency = Currency::parse(value["currency"].text().value_or(""));
  if (!amount || !currency) return std::string{kUnknown};
  return to_display(to_money(*amount, *currency));
}

Tone tone_of(std::string_view status) {
  constexpr std::array<std::string_view, 7> kGood{"valid", "ok", "active", "finished", "synced", "fine", "whole"};
  constexpr std::array<std::string_view, 8> kBad{"invalid", "failed",   "critical", "fail",
                                                 "broken",  "exceeded", "error",    "revoked"};
  constexpr std::array<std::string_view, 6> kWarn{
      "valid_but_restricted", "unreachable", "rate_limited", "warning", "warn", "near"};
  const auto in = [status](const auto& words) { return std::ranges::find(words, status) != words.end(); };
  if (in(kGood)) return Tone::good;
  if (in(kBad)) return Tone::bad;
  return in(kWarn) ? Tone::warn : Tone::plain;
}

std::string joined_members(const Value& value, std::string_view member) {
  std::vector<std::string> texts;
  for (const Value& one : amounts(value)) texts.push_back(plain_text(one[member]));
  return joined(texts, " ");
}

bool right_of(Kind kind) {
  return kind == Kind::number || kind == Kind::money;
}

}  // namespace

const Value& at(const Value& value, std::string_view path) {
  const Value* found = &value;
  while (!path.empty()) {
    const std::string_view name = path.substr(0, path.find('.'));
    path.remove_prefix(std::min(path.size(), name.size() + 1));
    found = &(*found)[name];
  }
  return *found;
}

std::string money_text(const Value& value) {
  std::vector<std::string> texts;
  bool estimated = false;
  for (const Value& one : amounts(value)) {
    texts.push_back(one_money(one));
    const bool* flag = one["estimated"].boolean();
    estimated = estimated || (flag != nullptr && *flag);
  }
  if (texts.empty()) return std::string{kUnknown};
  return joined(texts, " + ") + (estimated ? " est." : "");
}

Cell to_cell(const Value& value, Kind kind) {
  if (value.is_null()) return {std::string{kUnknown}, Tone::faint};
  switch (kind) {
    case Kind::money: return {money_text(value)};
    case Kind::time: return {time_text(value)};
    case Kind::words: return {words_text(value)};
    case Kind::status: {
      std::string text = plain_text(value);
      const Tone tone = tone_of(text);
      return {std::move(text), tone};
    }
    case Kind::number: {
      const std::optional<std::int64_t> number = value.integer();
      return {number ? grouped(*number) : plain_text(value)};
    }
    case Kind::text: return {one_line(plain_text(value))};
    case Kind::yes_no: return {plain_text(value)};
  }
  std::unreachable();
}

std::string to_table(const Columns& columns, const std::vector<Value>& rows, const TableStyle& style) {
  std::vector<Heading> headings;
  for (const Column& column : columns) headings.push_back({column.heading, right_of(column.kind), column.gives});
  std::vector<std::vector<Cell>> cells;
  for (const Value& row : rows) {
    std::vector<Cell>& made = cells.emplace_back();
    for (const Column& column : columns) made.push_back(to_cell(at(row, column.path), column.kind));
  }
  return render_table(headings, cells, style);
}

std::string to_csv(const Columns& columns, const std::vector<Value>& rows) {
  std::vector<std::string> names;
  for (const Column& column : columns) {
    std::string name = column.path;
    std::ranges::replace(name, '.', '_');
    names.push_back(name);
    if (column.kind == Kind::money) names.push_back(name + "_currency");
  }
  std::string out = csv_line(names);
  for (const Value& row : rows) {
    std::vector<std::string> cells;
    for (const Column& column : columns) {
      const Value& value = at(row, column.path);
      if (column.kind == Kind::money) {
        cells.push_back(joined_members(value, "amount"));
        cells.push_back(joined_members(value, "currency"));
      } else if (column.kind == Kind::words) {
        cells.push_back(words_text(value));
      } else {
        cells.push_back(plain_text(value));
      }
    }
    out += csv_line(cells);
  }
  return out;
}

std::string to_card(const Columns& columns, const Value& value, const TableStyle& style) {
  std::size_t widest = 0;
  for (const Column& column : columns) widest = std::max(widest, display_width(column.heading));
  std::string out;
  for (const Column& column : columns) {
    const Cell cell = to_cell(at(value, column.path), column.kind);
    out += toned(column.heading, Tone::faint, style.colour);
    out += std::string(widest + 2 - display_width(column.heading), ' ');
    out += toned(harmless(cell.text), cell.tone, style.colour) + "\n";
  }
  return out;
}

}  // namespace keyledger::app

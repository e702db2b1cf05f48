#include <algorithm>
#include <array>

#include "service/usage/key_lines.h"

namespace keyledger::service {
namespace {

/// Small letters for the capitals of English; other letters are compared as they are.
std::string folded(std::string_view text) {
  std::string small{text};
  for (char& c : small) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return small;
}

/// What a line is put in order by. A higher `place` comes last in either order.
struct OrderKey {
  int place = 0;
  Amount amount{};
  std::int64_t number = 0;
  std::int64_t second = 0;
  std::string text{};
};
constexpr int kOtherCurrency = 1;
constexpr int kUnknown = 2;

OrderKey of_amount(const std::vector<Cost>& costs, std::optional<Currency> main) {
  if (costs.empty()) return {.place = kUnknown};
  const auto found = std::ranges::find_if(costs, [&](const Cost& cost) { return cost.currency == main; });
  const bool other = found == costs.end();
  const Cost& cost = other ? costs.front() : *found;
  return {.place = other ? kOtherCurrency : 0, .amount = parse_amount(cost.amount).value_or(Amount{})};
}

OrderKey of_number(std::optional<std::int64_t> number) {
  if (!number) return {.place = kUnknown};
  return {.number = *number};
}

OrderKey of_text(std::string_view text) {
  return {.text = folded(text)};
}

OrderKey of_status(std::string_view status) {
  // The worst first; the words of providers come after ours.
  constexpr std::array<std::string_view, 6> kWords{"invalid", "unreachable", "rate_limited", "valid_but_restricted",
                                                   "unknown", "valid"};
  return {.number = std::ranges::find(kWords, status) - kWords.begin(), .text = folded(status)};
}

OrderKey of_last_used(const KeyFigures& line) {
  std::optional<Instant> at = line.last_used_at;
  if (line.last_used && (!at || day_of(*at) < *line.last_used)) at = Instant{*line.last_used};
  return of_number(at ? std::optional{to_millis(*at)} : std::nullopt);
}

OrderKey key_of(const KeyFigures& line, UsageKeySort sort, std::optional<Currency> main) {
  switch (sort) {
    case UsageKeySort::name: return of_text(line.name);
    case UsageKeySort::account: return of_text(line.account_name);
    case UsageKeySort::status: return of_status(line.status);
    case UsageKeySort::requests: return of_number(line.requests);
    case UsageKeySort::tokens: return of_number(line.tokens);
    case UsageKeySort::cost_per_thousand: return of_amount(line.cost_per_thousand, main);
    case UsageKeySort::last_used: return of_last_used(line);
    case UsageKeySort::cost: {
      // Many a bill names no key: then those that are used most come first.
      OrderKey key = of_amount(line.cost, main);
      key.number = line.requests.value_or(0);
      key.second = line.tokens.value_or(0);
      return key;
    }
  }
  std::unreachable();
}

bool contains(std::string_view text, const std::string& small) {
  return folded(text).find(small) != std::string::npos;
}

}  // namespace

bool passes(const UsageKeyQuery& query, const KeyFigures& line) {
  if (query.usage.account_id && line.account_id != query.usage.account_id) return false;
  if (query.usage.provider && line.provider != *query.usage.provider) return false;
  if (query.status && line.status != *query.status) return false;
  if (query.kind && line.kind != *query.kind) return false;
  if (query.search.empty()) return true;
  const std::string small = folded(query.search);
  const std::string remote = line.remote_key_id.value_or("");
  return std::ranges::any_of(std::array{&line.name, &line.masked_key, &line.account_name, &line.project, &remote},
                             [&](const std::string* text) { return contains(*text, small); });
}

void sort_lines(std::vector<KeyLine>& lines, UsageKeySort sort, bool descending, const Whole& whole) {
  std::vector<std::pair<OrderKey, KeyLine>> sorted;
  sorted.reserve(lines.size());
  for (KeyLine& line : lines) {
    OrderKey key = key_of(line.figures, sort, whole.currency);
    sorted.emplace_back(std::move(key), std::move(line));
  }
  std::ranges::sort(sorted, [&](const auto& left, const auto& right) {
    if (left.first.place != right.first.place) return left.first.place < right.first.place;
    const auto tie = [](const OrderKey& key) { return std::tie(key.amount, key.number, key.second, key.text); };
    const auto compared = tie(left.first) <=> tie(right.first);
    if (compared != 0) return descending ? compared > 0 : compared < 0;
    return left.second.id < right.second.id;
  });
  std::ranges::transform(sorted, lines.begin(), [](auto& entry) { return std::move(entry.second); });
}

Figures sum_of(const std::vector<KeyLine>& lines) {
  Bill sum;
  bool known = lines.empty();
  for (const KeyLine& line : lines) {
    sum.add(line.bill);
    known = known || line.figures.tokens.has_value();
  }
  Figures figures = sum.figures();
  if (known) return figures;
  figures.requests.reset();
  figures.tokens.reset();
  return figures;
}

}  // namespace keyledger::service

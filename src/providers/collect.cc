#include "providers/collect.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace keyledger::providers {
namespace {

/// Sums without leaving 63 bits: counts that large are nonsense, and must not become undefined behaviour.
void add_to(std::int64_t& sum, std::int64_t count) {
  if (__builtin_add_overflow(sum, count, &sum)) sum = std::numeric_limits<std::int64_t>::max();
}

void add_to(usage::Counts& sum, const usage::Counts& more) {
  // Unknown and known is unknown: a part of the requests is not their number.
  if (sum.requests && more.requests) {
    add_to(*sum.requests, *more.requests);
  } else {
    sum.requests.reset();
  }
  static constexpr std::array kMembers = {
      &usage::Counts::input_tokens,
      &usage::Counts::cached_tokens,
      &usage::Counts::cache_write_tokens,
      &usage::Counts::cache_write_1h_tokens,
      &usage::Counts::output_tokens,
      &usage::Counts::input_audio_tokens,
      &usage::Counts::output_audio_tokens,
      &usage::Counts::images,
      &usage::Counts::characters,
      &usage::Counts::seconds,
      &usage::Counts::sessions,
      &usage::Counts::searches,
      &usage::Counts::bytes,
      &usage::Counts::credits,
  };
  for (std::int64_t usage::Counts::*member : kMembers) add_to(sum.*member, more.*member);
}

/// A row of nothing but zeros and unknowns. It would only make the number of requests unknown.
bool tells_nothing(usage::Counts counts) {
  counts.requests = counts.requests.value_or(0);
  return counts == usage::Counts{.requests = 0};
}

/// Amounts whose sum stays within the range of Amount: below this much in nanos, two add up safely.
constexpr std::int64_t kAmountNanosMax = std::numeric_limits<std::int64_t>::max() / 2 - 1;

bool addable(const Amount& amount) {
  return amount.nanos < kAmountNanosMax && amount.nanos > -kAmountNanosMax;
}

}  // namespace

Dataset::Dataset(std::string name, FetchRequest range, std::size_t rows_max)
    : name_(std::move(name)), range_(range), rows_max_(rows_max) {}

bool Dataset::has_room() {
  full_ = full_ || usage_.size() + costs_.size() >= rows_max_;
  return !full_;
}

void Dataset::add(usage::UsageRow row) {
  row.width = range_.width;
  row.dataset = name_;
  row.start = range_.width == usage::Width::day ? Instant{std::chrono::floor<std::chrono::days>(row.start)}
                                                : Instant{std::chrono::floor<std::chrono::hours>(row.start)};
  if (row.start < range_.from || row.start >= range_.to) return lose();
  if (tells_nothing(row.counts)) return;
  UsageKey key{row.start, row.project, row.remote_key, row.model, row.tier};
  if (const auto found = usage_.find(key); found != usage_.end()) return add_to(found->second.counts, row.counts);
  if (has_room()) usage_.emplace(std::move(key), std::move(row));
}

void Dataset::add(usage::CostRow row) {
  row.dataset = name_;
  if (Instant{row.day} < day_of(range_.from) || Instant{row.day} >= range_.to) return lose();
  CostKey key{row.day, row.project, row.remote_key, row.model, row.line_item, row.currency};
  if (const auto found = costs_.find(key); found != costs_.end()) {
    if (!addable(found->second.amount) || !addable(row.amount)) return lose();
    found->second.amount += row.amount;
    return;
  }
  if (has_room()) costs_.emplace(std::move(key), std::move(row));
}

void Dataset::finish(Fetched& fetched, std::optional<keys::Finding> finding) {
  if (!finding && full_) finding = keys::Finding{.code = "answer_too_large"};
  const bool complete = !finding && !lost_;
  if (!finding && (lost_ || doubtful_)) finding = keys::Finding{.code = "malformed_answer", .provider_status = 200};
  if (finding) add_finding(fetched.findings, std::move(*finding));
  if (!complete) return;
  for (auto& [key, row] : usage_) fetched.usage.push_back(std::move(row));
  for (auto& [key, row] : costs_) fetched.costs.push_back(std::move(row));
  fetched.complete.push_back(name_);
}

void add_finding(std::vector<keys::Finding>& findings, keys::Finding finding) {
  const bool known = std::ranges::any_of(findings, [&finding](const keys::Finding& other) {
    return other.code == finding.code && other.missing_scopes == finding.missing_scopes;
  });
  if (!known) findings.push_back(std::move(finding));
}

bool concerns_every_call(const keys::Finding& finding) {
  static constexpr std::string_view kCodes[] = {"key_rejected",         "admin_key_needed", "workspace_key",
                                                "no_organization",      "rate_limited",     "organization_on_hold",
                                                "region_not_supported", "private_address"};
  return finding.code.starts_with("unreachable") || std::ranges::find(kCodes, finding.code) != std::end(kCodes);
}

usage::Reading money_limit(std::string name, std::int64_t cents, Currency currency) {
  const bool whole = cents % 100 == 0;
  return usage::Reading{.name = std::move(name),
                        .unit = whole ? std::string{currency.text()} : fmt::format("{} cents", currency.text()),
                        .limit = whole ? cents / 100 : cents};
}

}  // namespace keyledger::providers

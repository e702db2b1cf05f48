#include "domain/billing/invoice.h"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

#include "domain/billing/rounding.h"

namespace keyledger::billing {

std::string invoice_number(std::int64_t year, std::int64_t count) {
  return fmt::format("{:04}-{:04}", year, count);
}

std::string credit_note_number(std::int64_t year, std::int64_t count) {
  return "CN-" + invoice_number(year, count);
}

Result<Totals> credit_of(const Invoice& invoice, const Totals& credited, std::int64_t total_nanos) {
  if (total_nanos <= 0 || total_nanos % minor_unit(invoice.currency) != 0) {
    return fail(Code::invalid_argument,
                fmt::format("A credit is an amount above zero in whole coins of {}.", invoice.currency.text()),
                "out_of_range", "total");
  }
  const std::int64_t left = invoice.totals.total_nanos - credited.total_nanos;
  if (total_nanos > left) {
    return fail(Code::invalid_argument,
                fmt::format("That is more than was billed: {} of the invoice can be credited.",
                            price_text(left, invoice.currency)),
                "over_credit", "total");
  }
  // The net of all credits up to and with this one is rounded, so that the last of them meets the invoice's own.
  const std::int64_t after = credited.total_nanos + total_nanos;
  const Fraction exact{static_cast<Wide>(invoice.totals.net_nanos) * after, invoice.totals.total_nanos};
  const Result<std::int64_t> net_after = round_to_minor(exact, invoice.currency);
  if (!net_after) return std::unexpected(net_after.error());
  const std::int64_t net = *net_after - credited.net_nanos;
  return Totals{net, total_nanos - net, total_nanos};
}

std::vector<std::int64_t> shared_out(std::int64_t whole, const std::vector<std::int64_t>& weights) {
  std::vector<std::int64_t> shares(weights.size(), 0);
  if (weights.empty()) return shares;
  const Wide sum = std::accumulate(weights.begin(), weights.end(), Wide{0});
  if (sum == 0) {
    shares.front() = whole;
    return shares;
  }
  const std::int64_t sign = whole < 0 ? -1 : 1;
  const Wide size = static_cast<Wide>(whole) * sign;
  Wide left = size;
  std::vector<std::pair<Wide, std::size_t>> remainders;
  for (std::size_t i = 0; i < weights.size(); ++i) {
    const Wide exact = size * weights[i];
    shares[i] = static_cast<std::int64_t>(exact / sum) * sign;
    left -= exact / sum;
    remainders.emplace_back(exact % sum, i);
  }
  std::ranges::stable_sort(remainders, [](const auto& one, const auto& other) { return one.first > other.first; });
  for (std::size_t i = 0; i < static_cast<std::size_t>(left); ++i) shares[remainders[i].second] += sign;
  return shares;
}

}  // namespace keyledger::billing

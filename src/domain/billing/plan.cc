#include "domain/billing/plan.h"

#include <fmt/format.h>

#include <algorithm>

#include "domain/billing/rounding.h"

namespace keyledger::billing {
namespace {

std::unexpected<Error> wrong(std::string field, std::string reason, std::string message) {
  return fail(Code::invalid_argument, std::move(message), std::move(reason), std::move(field));
}

Result<void> check_price(std::int64_t nanos, std::string field) {
  if (nanos >= 0 && nanos <= kPriceNanosMax) return {};
  return wrong(std::move(field), "out_of_range", "A price is from 0 to 1,000,000; a discount is a lower price.");
}

/// `expected`: the unit that the tier has to begin with.
Result<void> check_tier(const Tier& tier, std::int64_t expected, bool last, const std::string& field) {
  if (tier.from > expected) {
    return wrong(field + ".from", "tier_gap",
                 fmt::format("The tier begins at {}, so that unit {} has no price; begin at {}.", tier.from, expected,
                             expected));
  }
  if (tier.from < expected) {
    return wrong(
        field + ".from", "tier_overlap",
        fmt::format("The tier begins at {}, which has a price already, or is none; begin at {}.", tier.from, expected));
  }
  if (last == tier.up_to.has_value()) {
    return wrong(field + ".up_to", "tier_open",
                 last ? "The last tier goes on for ever; leave up_to out." : "Only the last tier goes on for ever.");
  }
  if (tier.up_to && (*tier.up_to < tier.from || *tier.up_to > limits::kAmountMax)) {
    return wrong(field + ".up_to", "out_of_range",
                 fmt::format("up_to is from {} to {}.", tier.from, limits::kAmountMax));
  }
  return check_price(tier.unit_nanos, field + ".unit_price");
}

Result<void> check_charge(const Charge& charge, const std::string& field) {
  if (charge.included < 0 || charge.included > limits::kAmountMax) {
    return wrong(field + ".included", "out_of_range", fmt::format("included is from 0 to {}.", limits::kAmountMax));
  }
  if (charge.tiers.size() > kTiersMax) {
    return wrong(field + ".tiers", "too_many", fmt::format("A charge has at most {} tiers.", kTiersMax));
  }
  std::int64_t expected = 1;
  for (std::size_t i = 0; i < charge.tiers.size(); ++i) {
    const Tier& tier = charge.tiers[i];
    const bool last = i + 1 == charge.tiers.size();
    Result<void> fine = check_tier(tier, expected, last, fmt::format("{}.tiers[{}]", field, i));
    if (!fine) return fine;
    expected = tier.up_to.value_or(0) + 1;
  }
  return {};
}

std::string_view unit_name(Metric metric, bool one) {
  if (metric == Metric::rentals) return one ? "rental" : "rentals";
  return one ? "request" : "requests";
}

std::string number_text(std::int64_t number) {
  std::string digits = std::to_string(number);
  for (std::size_t at = digits.size(); at > 3; at -= 3) digits.insert(at - 3, ",");
  return digits;
}

/// "$1.50 each", or "$1 for each of the first 100, then $0.50 each".
std::string tiers_text(const Charge& charge, Currency currency) {
  if (charge.tiers.size() == 1) return price_text(charge.tiers[0].unit_nanos, currency) + " each";
  std::string text;
  std::int64_t before = 0;
  for (const Tier& tier : charge.tiers) {
    if (!text.empty()) text += ", then ";
    text += price_text(tier.unit_nanos, currency);
    if (tier.up_to) {
      text += fmt::format(" for each of the {} {}", before == 0 ? "first" : "next", number_text(*tier.up_to - before));
      before = *tier.up_to;
    } else {
      text += " each";
    }
  }
  return text;
}

std::string charge_text(const Charge& charge, Currency currency, bool with_monthly) {
  const std::string units =
      fmt::format("{} {}", number_text(charge.included), unit_name(charge.metric, charge.included == 1));
  if (charge.included > 0 && charge.tiers.empty()) return "with " + units;
  if (charge.included > 0) return fmt::format("with {}, then {}", units, tiers_text(charge, currency));
  if (charge.tiers.empty()) return fmt::format("{} without a price", unit_name(charge.metric, false));
  if (charge.tiers.size() > 1 || with_monthly) {
    return fmt::format("{}{}: {}", with_monthly ? "and " : "", unit_name(charge.metric, false),
                       tiers_text(charge, currency));
  }
  return fmt::format("{} a {}", price_text(charge.tiers[0].unit_nanos, currency), unit_name(charge.metric, true));
}

}  // namespace

Result<void> check_terms(const PlanTerms& terms) {
  Result<void> fine = check_price(terms.monthly_nanos, "monthly_price");
  if (!fine) return fine;
  if (terms.trial_days < 0 || terms.trial_days > kTrialDaysMax) {
    return wrong("trial_days", "out_of_range", fmt::format("trial_days is from 0 to {}.", kTrialDaysMax));
  }
  for (std::size_t i = 0; i < terms.charges.size(); ++i) {
    const std::string field = fmt::format("charges[{}]", i);
    const auto earlier = terms.charges.begin() + static_cast<std::ptrdiff_t>(i);
    const auto same = [&](const Charge& other) { return other.metric == terms.charges[i].metric; };
    if (std::any_of(terms.charges.begin(), earlier, same)) {
      return wrong(field + ".metric", "duplicate_charge", "There is already a charge for this metric; keep one.");
    }
    fine = check_charge(terms.charges[i], field);
    if (!fine) return fine;
  }
  return limits::check_limits(terms.limits);
}

const Charge* charge_for(const PlanTerms& terms, Metric metric) {
  const auto found = std::ranges::find(terms.charges, metric, &Charge::metric);
  return found == terms.charges.end() ? nullptr : &*found;
}

std::string price_text(std::int64_t nanos, Currency currency) {
  std::string text = to_decimal(nanos);  // nine decimals
  const auto point = text.find('.');
  const bool whole = text.find_first_not_of('0', point + 1) == std::string::npos;
  const auto coins = static_cast<std::size_t>(whole ? 0 : minor_digits(currency));
  while (text.size() > point + 1 + coins && text.back() == '0') text.pop_back();
  if (text.back() == '.') text.pop_back();
  const bool negative = text.starts_with('-');
  if (negative) text.erase(0, 1);
  const std::string mark = currency.text() == "USD" ? "$" : std::string{currency.text()} + " ";
  return (negative ? "-" : "") + mark + text;
}

std::string plan_sentence(const PlanTerms& terms) {
  std::string text;
  if (terms.price_by_hand) text = "A monthly price by agreement";
  if (!terms.price_by_hand && terms.monthly_nanos > 0)
    text = price_text(terms.monthly_nanos, terms.currency) + " a month";
  for (const Charge& charge : terms.charges) {
    if (!text.empty()) text += ' ';
    text += charge_text(charge, terms.currency, !text.empty());
  }
  if (text.empty()) text = "Free of charge";
  if (terms.trial_days > 0)
    text += fmt::format(", after {} free {}", terms.trial_days, terms.trial_days == 1 ? "day" : "days");
  for (std::size_t i = 0; i < terms.limits.size(); ++i) {
    const limits::Limit& limit = terms.limits[i];
    const std::string window{boost::describe::enum_to_string(limit.window, "")};
    const std::string_view units = unit_name(limit.metric, limit.amount == 1);
    text += i == 0 ? "; at most " : i + 1 == terms.limits.size() ? " and " : ", ";
    text += fmt::format("{} {}", number_text(limit.amount), units);
    text += limit.window == limits::Window::at_once ? " at once"
            : limit.window == limits::Window::hour  ? " an hour"
                                                    : " a " + window;
  }
  return text;
}

}  // namespace keyledger::billing

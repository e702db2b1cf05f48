#include "api/billing/plan_json.h"

#include <fmt/format.h>

namespace keyledger::api {
namespace {

Result<billing::Charge> read_charge(ChargeInput input, const std::string& field) {
  billing::Charge charge{input.metric, input.included.value_or(0), {}};
  std::vector<TierInput> tiers = std::move(input.tiers).value_or(std::vector<TierInput>{});
  for (std::size_t i = 0; i < tiers.size(); ++i) {
    const Result<std::int64_t> price =
        read_price(tiers[i].unit_price, fmt::format("{}.tiers[{}].unit_price", field, i));
    if (!price) return std::unexpected(price.error());
    charge.tiers.push_back({tiers[i].from, tiers[i].up_to, *price});
  }
  return charge;
}

void write_charge(json::Writer& out, const billing::Charge& charge) {
  out.begin_object();
  json::write(out.name("metric"), charge.metric);
  json::write(out.name("included"), charge.included);
  out.name("tiers").begin_array();
  for (const billing::Tier& tier : charge.tiers) {
    out.begin_object();
    json::write(out.name("from"), tier.from);
    json::write(out.name("up_to"), tier.up_to);
    out.name("unit_price").string(to_decimal(tier.unit_nanos));
    out.end_object();
  }
  out.end_array().end_object();
}

}  // namespace

Result<std::int64_t> read_price(std::string_view text, std::string field) {
  const Result<Amount> amount = parse_amount(text);
  if (amount && amount->attos == 0) return amount->nanos;
  return fail(Code::invalid_argument, "A price is decimal text with at most nine decimals, such as 1.50.",
              "invalid_amount", std::move(field));
}

bool says_terms(const TermsInput& input) {
  return input.currency || input.monthly_price || input.price_by_hand || input.trial_days || input.charges ||
         input.limits;
}

Result<billing::PlanTerms> merged_terms(billing::PlanTerms terms, TermsInput input) {
  if (input.currency) {
    const Result<Currency> currency = Currency::parse(*input.currency);
    if (!currency) {
      return fail(Code::invalid_argument, "A currency is three letters, such as USD.", "invalid_amount", "currency");
    }
    terms.currency = *currency;
  }
  if (input.monthly_price) {
    const Result<std::int64_t> price = read_price(*input.monthly_price, "monthly_price");
    if (!price) return std::unexpected(price.error());
    terms.monthly_nanos = *price;
  }
  if (input.price_by_hand) terms.price_by_hand = *input.price_by_hand;
  if (input.trial_days) terms.trial_days = *input.trial_days;
  if (input.limits) terms.limits = std::move(*input.limits);
  if (input.charges) {
    terms.charges.clear();
    for (std::size_t i = 0; i < input.charges->size(); ++i) {
      Result<billing::Charge> charge = read_charge(std::move((*input.charges)[i]), fmt::format("charges[{}]", i));
      if (!charge) return std::unexpected(charge.error());
      terms.charges.push_back(std::move(*charge));
    }
  }
  return terms;
}

void write_terms(json::Writer& out, const billing::PlanTerms& terms) {
  out.name("currency").string(terms.currency.text());
  out.name("monthly_price").string(to_decimal(terms.monthly_nanos));
  json::write(out.name("price_by_hand"), terms.price_by_hand);
  json::write(out.name("trial_days"), terms.trial_days);
  out.name("charges").begin_array();
  for (const billing::Charge& charge : terms.charges) write_charge(out, charge);
  out.end_array();
  json::write(out.name("limits"), terms.limits);
}

}  // namespace keyledger::api

namespace keyledger::service {

void write(json::Writer& out, const PlanView& view) {
  const billing::Plan& plan = view.plan;
  out.begin_object();
  json::write(out.name("id"), plan.id);
  json::write(out.name("name"), plan.name);
  json::write(out.name("description"), plan.description);
  json::write(out.name("version"), plan.version);
  api::write_terms(out, plan.terms);
  json::write(out.name("sentence"), view.sentence);
  json::write(out.name("subscribers"), plan.subscribers);
  json::write(out.name("archived_at"), plan.archived_at);
  json::write(out.name("created_at"), plan.created_at);
  json::write(out.name("updated_at"), plan.updated_at);
  out.end_object();
}

}  // namespace keyledger::service

#include "app/invoice_view.h"

#include <fmt/format.h>

#include "app/text.h"

namespace keyledger::app {
namespace {

using json::Value;
using Row = std::vector<Cell>;

constexpr std::size_t kDecimalsMin = 2;

std::string word(const Value& value, std::string_view name) {
  return std::string{value[name].text().value_or("")};
}

const Columns kHead{{"Number", "number"},
                    {"State", "state", Kind::status},
                    {"Customer", "customer.name"},
                    {"From", "from"},
                    {"To", "to"},
                    {"Zone", "timezone"},
                    {"Finalised", "finalised_at", Kind::time},
                    {"Due", "due_at", Kind::time},
                    {"Paid", "paid_at", Kind::time}};

/// "10 included", "14 at $1.50", "17 of 30 days at $20.00".
std::string step_text(const Value& step, const std::string& currency) {
  const std::string kind = word(step, "kind");
  const std::string quantity = to_cell(step["quantity"], Kind::number).text;
  const std::string price = unit_price_text(word(step, "unit_price"), currency);
  if (kind == "days") return fmt::format("{} of {} days at {}", quantity, step["of_days"].integer().value_or(0), price);
  if (kind == "tier") return fmt::format("{} at {}", quantity, price);
  if (kind == "covered") return fmt::format("{} covered by the monthly price", quantity);
  if (kind == "unpriced") return fmt::format("{} without a price", quantity);
  return fmt::format("{} {}", quantity, kind == "trial" ? "in the trial" : kind);
}

void add_lines(std::vector<Row>& rows, const Value& invoice) {
  for (const Value& line : invoice["lines"].items()) {
    rows.push_back({{std::to_string(line["position"].integer().value_or(0))},
                    {word(line, "text")},
                    {to_cell(line["amount"], Kind::money).text}});
    for (const Value& step : line["steps"].items()) {
      const Value& amount = step["amount"];
      rows.push_back({{},
                      {"  " + step_text(step, word(amount, "currency")), Tone::faint},
                      {to_cell(amount, Kind::money).text, Tone::faint}});
    }
  }
}

void add_sums(std::vector<Row>& rows, const Value& invoice) {
  const auto add = [&](std::string name, std::string_view member) {
    rows.push_back({{}, {std::move(name)}, {to_cell(invoice[member], Kind::money).text}});
  };
  const bool* const inclusive = invoice["tax_inclusive"].boolean();
  add("Net", "net");
  add(fmt::format("Tax {} %{}", word(invoice, "tax_rate"), inclusive != nullptr && *inclusive ? ", included" : ""),
      "tax");
  add("Total", "total");
  if (invoice["credit_notes"].items().empty()) return;
  for (const Value& note : invoice["credit_notes"].items()) {
    rows.push_back({{},
                    {fmt::format("Credit note {}: {}", word(note, "number"), word(note, "reason"))},
                    {"-" + to_cell(note["total"], Kind::money).text}});
  }
  add("Still due", "due");
}

std::string_view meaning_of(std::string_view missing) {
  if (missing == "period_not_over") return "its period is not over yet";
  if (missing == "earlier_draft") return "an earlier period is still a draft";
  if (missing == "amount_too_large") return "its amount is too large";
  if (missing == "seller_name") return "the seller's name is not set (keyledger settings change --seller-name)";
  if (missing == "seller_address") return "the seller's address is not set";
  if (missing == "customer_address") return "the customer's address is not set (keyledger customers billing)";
  if (missing == "unpriced_usage") return "some usage has no price";
  return missing;
}

}  // namespace

const Columns& invoice_columns() {
  static const Columns kColumns{{"Id", "id", Kind::number},
                                {"Number", "number"},
                                {"Customer", "customer_name", Kind::text, true},
                                {"From", "from"},
                                {"To", "to"},
                                {"Total", "total", Kind::money},
                                {"State", "state", Kind::status},
                                {"Due", "due_at", Kind::time}};
  return kColumns;
}

std::string unit_price_text(std::string_view decimal, std::string_view currency) {
  std::string text{decimal};
  const std::size_t least = text.find('.') + 1 + kDecimalsMin;
  while (text.size() > least && text.ends_with('0')) text.pop_back();
  return currency == "USD" ? "$" + text : fmt::format("{} {}", text, currency);
}

std::string invoice_text(const Value& invoice, const TableStyle& style) {
  std::string text = to_card(kHead, invoice, style) + "\n";
  std::vector<Row> rows;
  add_lines(rows, invoice);
  add_sums(rows, invoice);
  text += render_table({{"", true}, {"Line", false, true}, {"Amount", true}}, rows, style);
  for (const Value& missing : invoice["missing"].items()) {
    text += fmt::format("\nMissing: {}.", harmless(meaning_of(missing.text().value_or("?"))));
  }
  return invoice["missing"].items().empty() ? text : text + "\n";
}

}  // namespace keyledger::app

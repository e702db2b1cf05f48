#include "api/billing/invoice_json.h"

#include <fmt/format.h>

namespace keyledger::api {
namespace {

using billing::Invoice;
using service::InvoiceLine;
using service::InvoiceView;

constexpr std::int64_t kMilliPercent = 1'000;
constexpr std::int64_t kNanosPerMilliPercent = 1'000'000;  // of a rate that is read as an amount

void write_text_or_null(json::Writer& out, const std::string& text) {
  json::write(out, text.empty() ? std::nullopt : std::optional{text});
}

void write_days(json::Writer& out, const billing::DaySpan& span) {
  json::write(out.name("from"), first_day(span));
  json::write(out.name("to"), last_day(span));
}

void write_row(json::Writer& out, const InvoiceView& view) {
  const Invoice& invoice = view.invoice;
  const auto money = [&](std::string_view name, std::int64_t nanos) {
    json::write(out.name(name), Money{invoice.currency, nanos});
  };
  json::write(out.name("id"), invoice.id.value == 0 ? std::nullopt : std::optional{invoice.id});
  write_text_or_null(out.name("number"), invoice.number);
  json::write(out.name("state"), invoice.state);
  json::write(out.name("customer_id"), invoice.customer_id);
  json::write(out.name("customer_name"), view.customer_name);
  json::write(out.name("subscription_id"), invoice.subscription_id);
  write_days(out, invoice.period);
  json::write(out.name("timezone"), invoice.timezone);
  money("net", invoice.totals.net_nanos);
  money("tax", invoice.totals.tax_nanos);
  money("total", invoice.totals.total_nanos);
  money("credited", invoice.credited_nanos);
  money("due", due_nanos(invoice));
  json::write(out.name("finalised_at"), invoice.finalised_at);
  json::write(out.name("due_at"), invoice.due_at);
  json::write(out.name("paid_at"), invoice.paid_at);
  json::write(out.name("overdue"), view.overdue);
}

void write_party(json::Writer& out, const billing::Party& party) {
  out.begin_object();
  json::write_members(out, party);
  out.end_object();
}

void write_step(json::Writer& out, const billing::Step& step, Currency currency) {
  out.begin_object();
  json::write(out.name("kind"), step.kind);
  json::write(out.name("quantity"), step.quantity);
  json::write(out.name("of_days"), step.of == 0 ? std::nullopt : std::optional{step.of});
  out.name("unit_price").string(to_decimal(step.unit_nanos));
  json::write(out.name("amount"), Money{currency, step.nanos});
  out.end_object();
}

void write_line(json::Writer& out, const InvoiceLine& shown, Currency currency) {
  const billing::Line& line = shown.line;
  out.begin_object();
  json::write(out.name("position"), shown.position);
  json::write(out.name("kind"), line.kind);
  json::write(out.name("text"), shown.text);
  json::write(out.name("plan_id"), line.plan_id);
  json::write(out.name("plan_version"), line.plan_version);
  json::write(out.name("plan_name"), line.plan_name);
  write_days(out, line.days);
  json::write(out.name("metric"), line.metric);
  json::write(out.name("quantity"), line.quantity);
  json::write(out.name("unpriced_quantity"), line.unpriced_quantity);
  json::write(out.name("amount"), Money{currency, line.amount_nanos});
  out.name("steps").begin_array();
  for (const billing::Step& step : line.steps) write_step(out, step, currency);
  out.end_array().end_object();
}

void write_late(json::Writer& out, const service::LateUnits& late) {
  out.begin_object();
  write_days(out, late.days);
  json::write(out.name("metric"), late.metric);
  json::write(out.name("plan_id"), late.plan_id);
  json::write(out.name("plan_version"), late.plan_version);
  json::write(out.name("invoice_number"), late.invoice_number);
  json::write(out.name("billed"), late.billed);
  json::write(out.name("now"), late.now);
  out.end_object();
}

void write_credit_note(json::Writer& out, const billing::CreditNote& note, Currency currency) {
  out.begin_object();
  json::write(out.name("id"), note.id);
  json::write(out.name("number"), note.number);
  json::write(out.name("reason"), note.reason);
  json::write(out.name("net"), Money{currency, note.totals.net_nanos});
  json::write(out.name("tax"), Money{currency, note.totals.tax_nanos});
  json::write(out.name("total"), Money{currency, note.totals.total_nanos});
  json::write(out.name("created_at"), note.created_at);
  out.end_object();
}

/// What one invoice has beside its line in a list.
void write_details(json::Writer& out, const InvoiceView& view) {
  const Invoice& invoice = view.invoice;
  write_party(out.name("customer"), invoice.customer);
  write_party(out.name("seller"), invoice.seller);
  out.name("tax_rate").string(tax_rate_text(invoice.tax.rate_milli_percent));
  json::write(out.name("tax_inclusive"), invoice.tax.inclusive);
  out.name("lines").begin_array();
  for (const InvoiceLine& line : view.lines) write_line(out, line, invoice.currency);
  out.end_array().name("late").begin_array();
  for (const service::LateUnits& late : view.late) write_late(out, late);
  out.end_array().name("unpriced").begin_object();
  json::write(out.name("requests"), view.unpriced_requests);
  json::write(out.name("rentals"), view.unpriced_rentals);
  out.end_object();
  json::write(out.name("missing"), view.missing);
  out.name("credit_notes").begin_array();
  for (const billing::CreditNote& note : view.credit_notes) write_credit_note(out, note, invoice.currency);
  out.end_array();
  json::write(out.name("notes"), invoice.notes);
  json::write(out.name("footer"), invoice.footer);
  json::write(out.name("paid_note"), invoice.paid_note);
}

std::string whole_json(const InvoiceView& view, Instant created_at, Instant updated_at) {
  json::Writer out;
  out.begin_object();
  write_row(out, view);
  json::write(out.name("created_at"), created_at);
  json::write(out.name("updated_at"), updated_at);
  write_details(out, view);
  out.end_object();
  return out.take();
}

}  // namespace

std::string tax_rate_text(std::int64_t milli_percent) {
  std::string text = fmt::format("{}.{:03}", milli_percent / kMilliPercent, milli_percent % kMilliPercent);
  text.erase(text.find_last_not_of('0') + 1);
  if (text.ends_with('.')) text.pop_back();
  return text;
}

Result<std::int64_t> read_tax_rate(std::string_view text) {
  const Result<Amount> amount = parse_amount(text);
  if (amount && amount->attos == 0 && amount->nanos % kNanosPerMilliPercent == 0) {
    return amount->nanos / kNanosPerMilliPercent;
  }
  return fail(Code::invalid_argument,
              "tax_rate is per cent as decimal text with at most three decimals, such as 8.375.", "invalid_amount",
              "tax_rate");
}

Day first_day(const billing::DaySpan& span) {
  return Day{span.from.time_since_epoch()};
}

Day last_day(const billing::DaySpan& span) {
  return Day{span.until.time_since_epoch()} - std::chrono::days{1};
}

std::int64_t due_nanos(const Invoice& invoice) {
  if (invoice.state != billing::InvoiceState::final) return 0;
  return invoice.totals.total_nanos - invoice.credited_nanos;
}

std::string invoice_json(const InvoiceView& view) {
  return whole_json(view, view.invoice.created_at, view.invoice.updated_at);
}

std::string preview_json(const InvoiceView& view, Instant now) {
  return whole_json(view, now, now);
}

}  // namespace keyledger::api

namespace keyledger::service {

void write(json::Writer& out, const InvoiceView& view) {
  out.begin_object();
  api::write_row(out, view);
  json::write(out.name("created_at"), view.invoice.created_at);
  json::write(out.name("updated_at"), view.invoice.updated_at);
  out.end_object();
}

}  // namespace keyledger::service

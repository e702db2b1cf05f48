// Invoices: looked at, made final, paid, credited; and what stands on a customer's.
#include "app/commands_invoices.h"

#include <fmt/format.h>

#include "app/invoice_view.h"
#include "base/csv.h"

namespace keyledger::app {
namespace {

using json::Value;

const Columns kBilling{{"Customer", "customer_id", Kind::number},
                       {"Name", "billing_name"},
                       {"Address", "address"},
                       {"Tax id", "tax_id"},
                       {"Tax (%)", "tax_rate"},
                       {"Prices include it", "tax_inclusive", Kind::yes_no},
                       {"On each invoice", "invoice_notes"},
                       {"Suspended since", "arrears_since", Kind::time},
                       {"Overdue invoices", "overdue_count", Kind::number}};

Result<Target> list_target(const Session& session) {
  const Result<std::optional<std::string>> customer = session.number("--customer");
  if (!customer) return std::unexpected(customer.error());
  Target target{"/api/invoices"};
  target.with("customer_id", customer->value_or("")).with("state", session.text("--state"));
  target.with("from", session.text("--from")).with("to", session.text("--to")).with("q", session.text("--search"));
  target.with("overdue", session.on("--overdue") ? "true" : "");
  return target;
}

/// One invoice as a page of text, --json or --csv.
ExitCode show(Session& session, const Result<Answer>& answer) {
  if (answer && !session.on("--json") && !session.on("--csv")) {
    session.print(invoice_text(answer->value, session.console().style));
    return ExitCode::ok;
  }
  return session.show_one(answer, invoice_columns());
}

template <typename Act>
ExitCode with_invoice(Session& session, Act act) {
  const Result<std::optional<std::string>> id = session.number("ID");
  if (!id) return session.failed(id.error());
  return with_api(session, [&](ApiClient& api) { return act(api, **id); });
}

/// Drafts, the oldest first, since a later one waits for those before it. One that cannot be final yet is left alone.
ExitCode finalise_all(Session& session, ApiClient& api) {
  const Result<Answer> drafts =
      api.get_all(Target{"/api/invoices"}.with("state", "draft").with("sort", "period").with("order", "asc"));
  if (!drafts) return session.failed(drafts.error());
  json::Array done;
  std::int64_t left = 0;
  for (const Value& draft : drafts->value["data"].items()) {
    const std::string id = std::to_string(draft["id"].integer().value_or(0));
    Result<Answer> made = api.post(path("/api/invoices/", id, "/finalise"), "");
    if (made) {
      done.push_back(std::move(made->value));
    } else if (made.error().code == Code::conflict) {
      ++left;
    } else {
      return session.failed(made.error());
    }
  }
  const std::size_t count = done.size();
  json::Object list;
  list.emplace_back("data", Value{std::move(done)});
  Answer all{.status = 200, .value = Value{std::move(list)}};
  all.text = json::to_json(all.value);
  const ExitCode shown = session.show_list(all, invoice_columns(), "There is no draft that can be final.");
  if (count > 0 || left > 0) session.say(fmt::format("{} made final, {} left as drafts.", count, left));
  return shown;
}

std::string text_at(const Value& value, std::string_view name) {
  const Value& found = value[name];
  if (const std::optional<std::string_view> text = found.text()) return std::string{*text};
  const std::optional<std::int64_t> number = found.integer();
  return number ? std::to_string(*number) : std::string{};
}

/// A row for each step, with what its line and its invoice are.
std::string step_rows(const Value& invoice) {
  std::string text;
  for (const Value& line : invoice["lines"].items()) {
    for (const Value& step : line["steps"].items()) {
      const Value& amount = step["amount"];
      text += csv_line({text_at(invoice, "number"), text_at(invoice, "customer_name"), text_at(invoice, "state"),
                        text_at(line, "position"), text_at(line, "kind"), text_at(line, "text"),
                        text_at(line, "plan_name"), text_at(line, "plan_version"), text_at(line, "from"),
                        text_at(line, "to"), text_at(line, "metric"), text_at(step, "kind"), text_at(step, "quantity"),
                        text_at(step, "of_days"), text_at(step, "unit_price"), text_at(amount, "amount"),
                        text_at(line["amount"], "amount"), text_at(amount, "currency")});
    }
  }
  return text;
}

/// What the options say is to be changed. Errors: usage.
Result<std::string> billing_body(const Session& session, bool& changes) {
  if (session.on("--tax-included") && session.on("--tax-excluded")) {
    return usage_error("Give --tax-included or --tax-excluded, not both.");
  }
  Body body;
  for (const auto& [option, field] : {std::pair{"--name", "billing_name"},
                                      {"--address", "address"},
                                      {"--tax-id", "tax_id"},
                                      {"--tax-rate", "tax_rate"},
                                      {"--notes", "invoice_notes"}}) {
    const std::optional<std::string> text = session.value(option);
    if (!text) continue;
    body.text(field, *text);
    changes = true;
  }
  for (const auto& [option, value] : {std::pair{"--tax-included", "true"}, {"--tax-excluded", "false"}}) {
    if (!session.on(option)) continue;
    body.raw("tax_inclusive", value);
    changes = true;
  }
  return body.take();
}

}  // namespace

ExitCode list_invoices(Session& session) {
  const Result<Target> target = list_target(session);
  if (!target) return session.failed(target.error());
  return with_api(session, [&](ApiClient& api) {
    return session.show_list(api.get_all(*target), invoice_columns(),
                             "There are no such invoices. One is drafted when a subscription's period is over; see "
                             "`keyledger invoices preview`.");
  });
}

ExitCode show_invoice(Session& session) {
  return with_invoice(session, [&](ApiClient& api, const std::string& id) {
    return show(session, api.get(path("/api/invoices/", id)));
  });
}

ExitCode preview_invoice(Session& session) {
  return with_invoice(session, [&](ApiClient& api, const std::string& id) {
    return show(session, api.get(path("/api/customers/", id, "/invoice-preview")));
  });
}

ExitCode finalise_invoices(Session& session) {
  if (session.on("--all") == session.on("ID")) {
    return session.failed(usage_error("Give the id of an invoice, or --all.").error());
  }
  if (session.on("--all")) {
    return with_api(session, [&](ApiClient& api) { return finalise_all(session, api); });
  }
  return with_invoice(session, [&](ApiClient& api, const std::string& id) {
    return show(session, api.post(path("/api/invoices/", id, "/finalise"), ""));
  });
}

ExitCode pay_invoice(Session& session) {
  Body body;
  for (const auto& [option, field] : {std::pair{"--at", "paid_at"}, {"--note", "note"}}) {
    const std::optional<std::string> text = session.value(option);
    if (text) body.text(field, *text);
  }
  const std::string said = body.take();
  return with_invoice(session, [&](ApiClient& api, const std::string& id) {
    return show(session, api.post(path("/api/invoices/", id, "/pay"), said));
  });
}

ExitCode credit_invoice(Session& session) {
  Body body;
  body.text("reason", session.text("--reason"));
  if (const std::optional<std::string> total = session.value("--total")) body.text("total", *total);
  const std::string said = body.take();
  return with_invoice(session, [&](ApiClient& api, const std::string& id) {
    return show(session, api.post(path("/api/invoices/", id, "/credit"), said));
  });
}

ExitCode export_invoices(Session& session) {
  const Result<Target> target = list_target(session);
  if (!target) return session.failed(target.error());
  return with_api(session, [&](ApiClient& api) {
    Target sorted = *target;
    const Result<Answer> list = api.get_all(sorted.with("sort", "period").with("order", "asc"));
    if (!list) return session.failed(list.error());
    session.print(
        csv_line({"invoice", "customer", "state", "line", "line_kind", "text", "plan", "plan_version", "from", "to",
                  "metric", "step", "quantity", "of_days", "unit_price", "amount", "line_amount", "currency"}));
    for (const Value& each : list->value["data"].items()) {
      const std::string id = std::to_string(each["id"].integer().value_or(0));
      const Result<Answer> invoice = api.get(path("/api/invoices/", id));
      if (!invoice) return session.failed(invoice.error());
      session.print(step_rows(invoice->value));
    }
    return ExitCode::ok;
  });
}

ExitCode show_customer_billing(Session& session) {
  bool changes = false;
  const Result<std::string> body = billing_body(session, changes);
  if (!body) return session.failed(body.error());
  if (changes && session.on("--lift-arrears")) {
    return session.failed(usage_error("Give --lift-arrears alone.").error());
  }
  return with_invoice(session, [&](ApiClient& api, const std::string& id) {
    const Target billing = path("/api/customers/", id, "/billing");
    if (session.on("--lift-arrears")) {
      return session.show_one(api.post(path("/api/customers/", id, "/arrears/lift"), ""), kBilling);
    }
    return session.show_one(changes ? api.put(billing, *body) : api.get(billing), kBilling);
  });
}

}  // namespace keyledger::app

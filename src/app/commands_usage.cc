#include <fmt/format.h>

#include "app/commands.h"
#include "app/download.h"
#include "app/text.h"

namespace keyledger::app {
namespace {

using json::Value;

constexpr std::chrono::milliseconds kPollEvery{500};
constexpr std::chrono::minutes kRefreshTimeMax{30};

Columns with_figures(Columns columns) {
  const Columns figures{{"Cost", "cost", Kind::money},
                        {"Requests", "requests", Kind::number},
                        {"Input", "input_tokens", Kind::number},
                        {"Output", "output_tokens", Kind::number},
                        {"Cached", "cached_tokens", Kind::number}};
  columns.insert(columns.end(), figures.begin(), figures.end());
  return columns;
}

const Columns kByKey = with_figures({{"Id", "key_id", Kind::number},
                                     {"Key", "name", Kind::text, true},
                                     {"Provider", "provider"},
                                     {"Status", "status", Kind::status}});
const Columns kByGroup = with_figures({{"Group", "group"}, {"Name", "name", Kind::text, true}});

/// One line about the whole: "23 Oct to 21 Nov (30 days): $12.35, 1,204 requests, ...".
std::string headline(const Value& report) {
  const Value& totals = report["totals"];
  const auto number = [&totals](std::string_view name) { return to_cell(totals[name], Kind::number).text; };
  return fmt::format("{} to {} ({} days): {}, {} requests, {} input and {} output tokens, {} cached\n",
                     report["from"].text().value_or("?"), report["to"].text().value_or("?"),
                     report["days"].integer().value_or(0), money_text(totals["cost"]), number("requests"),
                     number("input_tokens"), number("output_tokens"), number("cached_tokens"));
}

std::string problem_lines(const Value& report, bool colour) {
  std::string out;
  for (const Value& problem : report["problems"].items()) {
    const Cell severity = to_cell(problem["severity"], Kind::status);
    const auto text = [&problem](std::string_view name) { return harmless(problem[name].text().value_or("")); };
    const std::string whose = text("subject").empty() ? text("provider") : text("subject");
    out += fmt::format("\n{} {}{}{}\n  {}\n", toned(severity.text, severity.tone, colour), text("code"),
                       whose.empty() ? "" : ": ", whose, text("cause"));
    if (!text("remedy").empty()) out += fmt::format("  {}\n", text("remedy"));
  }
  return out;
}

std::string unpriced_line(const Value& report) {
  const json::Array& models = report["unpriced"].items();
  if (models.empty()) return {};
  std::string names;
  for (const Value& model : models) {
    names += (names.empty() ? "" : ", ") + harmless(model["model"].text().value_or("?"));
  }
  return fmt::format("\nWithout a price, and so not in the cost: {}\n", names);
}

/// How far a refresh is, in words.
std::string progress_text(const Value& sync) {
  std::size_t done = 0;
  const json::Array& sources = sync["sources"].items();
  std::string current;
  for (const Value& source : sources) {
    const std::string_view state = source["state"].text().value_or("");
    if (state != "running" && state != "waiting") ++done;
    if (state == "running" && current.empty()) current = std::string{source["provider"].text().value_or("")};
  }
  return fmt::format("Asking the providers: {} of {} sources{}{}", done, sources.size(), current.empty() ? "" : ", ",
                     current);
}

Result<void> refresh(Session& session, ApiClient& api) {
  Result<Answer> state = api.post(Target{"/api/usage/refresh"}, "");
  Progress progress(&session.console());
  for (std::chrono::milliseconds waited{0}; state && waited < kRefreshTimeMax; waited += kPollEvery) {
    const bool* running = state->value["running"].boolean();
    if (running == nullptr || !*running) return {};
    progress.show(progress_text(state->value));
    session.console().pause(kPollEvery);
    state = api.get(Target{"/api/usage/sync"});
  }
  if (!state) return std::unexpected(state.error());
  return fail(Code::unavailable, "The refresh still runs; look again later.", "timeout");
}

ExitCode show_report(Session& session, const Result<Answer>& answer) {
  if (!answer) return session.failed(answer.error());
  const Value& report = answer->value;
  const bool grouped = session.on("--group-by");
  const Columns& columns = grouped ? kByGroup : kByKey;
  const json::Array& rows = report[grouped ? "groups" : "keys"].items();
  if (session.on("--json")) {
    session.print(answer->text + "\n");
  } else if (session.on("--csv")) {
    session.print(to_csv(columns, rows));
  } else {
    const TableStyle& style = session.console().style;
    std::string text = headline(report);
    if (!rows.empty()) text += "\n" + to_table(columns, rows, style);
    session.print(text + unpriced_line(report) + problem_lines(report, style.colour));
  }
  return ExitCode::ok;
}

const Columns kBudgets{{"Id", "id", Kind::number},       {"Account", "account_id", Kind::number},
                       {"Key", "key_id", Kind::number},  {"Budget", "amount", Kind::money},
                       {"Spent", "spent", Kind::money},  {"Month's end", "expected", Kind::money},
                       {"State", "state", Kind::status}, {"Webhook", "webhook_url", Kind::text, true}};

Result<std::string> budget_body(const Session& session) {
  Body body;
  for (const auto& [option, field] : {std::pair{"--account", "account_id"}, {"--key", "key_id"}}) {
    const Result<std::optional<std::string>> value = session.number(option);
    if (!value) return std::unexpected(value.error());
    if (*value) body.number(field, **value);
  }
  if (session.on("--amount")) {
    const std::string currency = session.value("--currency").value_or("USD");
    body.raw("amount", Body{}.text("amount", session.text("--amount")).text("currency", currency).take());
  }
  if (session.on("--webhook")) body.text("webhook_url", session.text("--webhook"));
  if (session.on("--no-webhook")) body.null("webhook_url");
  return body.take();
}

const Columns kPrices{{"Provider", "provider"},
                      {"Model", "model", Kind::text, true},
                      {"Input", "input", Kind::money},
                      {"Cached", "cache_read", Kind::money},
                      {"Output", "output", Kind::money}};
const Columns kCatalogue{{"Source", "source"},
                         {"Licence", "licence"},
                         {"Replaced by hand", "custom", Kind::yes_no},
                         {"Changed", "updated_at", Kind::time},
                         {"Providers", "providers", Kind::number},
                         {"Models", "models", Kind::number}};

}  // namespace

ExitCode show_usage(Session& session) {
  Target target{"/api/usage"};
  for (const auto& [option, parameter] :
       {std::pair{"--account", "account_id"}, {"--key", "key_id"}, {"--days", "days"}}) {
    const Result<std::optional<std::string>> value = session.number(option);
    if (!value) return session.failed(value.error());
    target.with(parameter, value->value_or(""));
  }
  target.with("from", session.text("--from")).with("to", session.text("--to"));
  target.with("group_by", session.text("--group-by")).with("provider", session.text("--provider"));
  return with_api(session, [&](ApiClient& api) {
    if (session.on("--refresh")) {
      const Result<void> done = refresh(session, api);
      if (!done) return session.failed(done.error());
    }
    return show_report(session, api.get(target));
  });
}

ExitCode list_budgets(Session& session) {
  return with_api(session, [&](ApiClient& api) {
    return session.show_list(api.get_all(Target{"/api/budgets"}), kBudgets,
                             "There are no budgets. Set one with `keyledger budgets create --amount 500`.");
  });
}

ExitCode create_budget(Session& session) {
  const Result<std::string> body = budget_body(session);
  if (!body) return session.failed(body.error());
  return with_api(session,
                  [&](ApiClient& api) { return session.show_one(api.post(Target{"/api/budgets"}, *body), kBudgets); });
}

ExitCode update_budget(Session& session) {
  const Result<std::optional<std::string>> id = session.number("ID");
  if (!id) return session.failed(id.error());
  const Result<std::string> body = budget_body(session);
  if (!body) return session.failed(body.error());
  return with_api(
      session, [&](ApiClient& api) { return session.show_one(api.put(path("/api/budgets/", **id), *body), kBudgets); });
}

ExitCode delete_budget(Session& session) {
  const Result<std::optional<std::string>> id = session.number("ID");
  if (!id) return session.failed(id.error());
  return with_api(session, [&](ApiClient& api) {
    const Result<Answer> answer = api.remove(path("/api/budgets/", **id));
    if (!answer) return session.failed(answer.error());
    session.say(fmt::format("Budget {} is removed.", **id));
    return ExitCode::ok;
  });
}

ExitCode list_prices(Session& session) {
  return with_api(session, [&](ApiClient& api) {
    Target target{"/api/prices"};
    target.with("provider", session.text("--provider")).with("q", session.text("--search"));
    return session.show_list(api.get_all(target), kPrices, "No model matches.");
  });
}

ExitCode update_prices(Session& session) {
  const Result<std::string> document = read_document(session.settings(), session.text("FILE_OR_URL"));
  if (!document) return session.failed(document.error());
  return with_api(
      session, [&](ApiClient& api) { return session.show_one(api.put(Target{"/api/prices"}, *document), kCatalogue); });
}

ExitCode reset_prices(Session& session) {
  return with_api(session,
                  [&](ApiClient& api) { return session.show_one(api.remove(Target{"/api/prices"}), kCatalogue); });
}

}  // namespace keyledger::app

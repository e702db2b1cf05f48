#include <fmt/format.h>

#include <ostream>

#include "app/commands.h"
#include "app/customer_views.h"
#include "app/limit_words.h"

namespace keyledger::app {
namespace {

constexpr std::int64_t kRowsDefault = 50;

/// A list of the values; an empty one where `none` is on; nothing where neither is given.
void add_list(Body& body, const Session& session, const std::string& option, const std::string& none,
              std::string_view field) {
  if (session.on(option)) body.raw(field, json::to_json(session.values(option)));
  if (session.on(none)) body.raw(field, "[]");
}

Result<std::string> key_body(const Session& session) {
  Body body;
  for (const auto& [option, field] :
       {std::pair{"--name", "name"}, {"--email", "email"}, {"--notes", "notes"}, {"--expires-at", "expires_at"}}) {
    const std::optional<std::string> value = session.value(option);
    if (value) body.text(field, *value);
  }
  if (session.on("--no-expiry")) body.null("expires_at");
  const Result<std::optional<std::string>> customer = session.number("--customer");
  if (!customer) return std::unexpected(customer.error());
  if (*customer) body.number("customer_id", **customer);
  const Result<std::optional<std::string>> plan = session.number("--plan");
  if (!plan) return std::unexpected(plan.error());
  if (*plan) body.number("plan_id", **plan);
  const std::optional<std::string> rate_limit = session.value("--rate-limit");
  if (rate_limit && !is_whole(*rate_limit)) {
    return usage_error(fmt::format("--rate-limit is a whole number of requests a day, not {}.", *rate_limit));
  }
  if (rate_limit) body.number("rate_limit", plain_digits(*rate_limit));
  if (session.on("--limit")) {
    const Result<std::string> limits = limits_json(session.values("--limit"));
    if (!limits) return limits;
    body.raw("limits", *limits);
  }
  add_list(body, session, "--allow-ip", "--any-ip", "allowed_ips");
  add_list(body, session, "--allow-action", "--any-action", "allowed_actions");
  return body.take();
}

/// The message for the customer on the output, so that it can be piped on; what is said to the seller beside it.
ExitCode show_issued(Session& session, const Result<Answer>& made, std::string_view what) {
  if (!made) return session.failed(made.error());
  if (session.on("--json")) {
    session.print(made->text + "\n");
    return ExitCode::ok;
  }
  session.print(made->value["message"].text().value_or(""));
  *session.console().err << fmt::format("\nKey {} {}. This is the only time that it is shown.\n",
                                        made->value["id"].integer().value_or(0), what);
  return ExitCode::ok;
}

ExitCode print_key(Session& session, const Result<Answer>& answer) {
  if (!answer || session.on("--json") || session.on("--csv")) return session.show_one(answer, customer_key_columns());
  session.print(key_card(answer->value, session.console().style));
  return ExitCode::ok;
}

/// What commands that are about one key share: its id, and the API.
template <typename Act>
ExitCode with_key(Session& session, Act act) {
  const Result<std::optional<std::string>> id = session.number("ID");
  if (!id) return session.failed(id.error());
  return with_api(session, [&](ApiClient& api) { return act(api, **id); });
}

}  // namespace

ExitCode list_customer_keys(Session& session) {
  const Result<std::optional<std::string>> customer = session.number("--customer");
  if (!customer) return session.failed(customer.error());
  Target target{"/api/customer-keys"};
  target.with("customer_id", customer->value_or("")).with("status", session.text("--status"));
  target.with("q", session.text("--search"));
  return with_api(session, [&](ApiClient& api) {
    return session.show_list(api.get_all(target), customer_key_columns(),
                             "There are no such keys. Hand one out with `keyledger customer-keys create --name ...`.");
  });
}

ExitCode show_customer_key(Session& session) {
  return with_key(session, [&](ApiClient& api, const std::string& id) {
    return print_key(session, api.get(path("/api/customer-keys/", id)));
  });
}

ExitCode create_customer_key(Session& session) {
  const Result<std::string> body = key_body(session);
  if (!body) return session.failed(body.error());
  return with_api(session, [&](ApiClient& api) {
    return show_issued(session, api.post(Target{"/api/customer-keys"}, *body), "is made");
  });
}

ExitCode update_customer_key(Session& session) {
  for (const auto& [one, other] :
       {std::pair{"--expires-at", "--no-expiry"}, {"--allow-ip", "--any-ip"}, {"--allow-action", "--any-action"}}) {
    if (session.on(one) && session.on(other)) {
      return session.failed(usage_error(fmt::format("Give {} or {}, not both.", one, other)).error());
    }
  }
  const Result<std::string> body = key_body(session);
  if (!body) return session.failed(body.error());
  return with_key(session, [&](ApiClient& api, const std::string& id) {
    return print_key(session, api.put(path("/api/customer-keys/", id), *body));
  });
}

ExitCode revoke_customer_key(Session& session) {
  return with_key(session, [&](ApiClient& api, const std::string& id) {
    return print_key(session, api.post(path("/api/customer-keys/", id, "/revoke"), ""));
  });
}

ExitCode rotate_customer_key(Session& session) {
  Body body;
  if (const std::optional<std::string> grace = session.value("--grace")) {
    const Result<std::chrono::seconds> duration = parse_duration(*grace);
    if (!duration) {
      return session.failed(usage_error(fmt::format("--grace {}.", duration.error().message)).error());
    }
    body.number("grace_seconds", std::to_string(duration->count()));
  }
  const std::string text = body.take();
  return with_key(session, [&](ApiClient& api, const std::string& id) {
    return show_issued(session, api.post(path("/api/customer-keys/", id, "/rotate"), text), "has a new text");
  });
}

ExitCode show_customer_key_stats(Session& session) {
  const Result<std::optional<std::string>> days = session.number("--days");
  if (!days) return session.failed(days.error());
  return with_key(session, [&](ApiClient& api, const std::string& id) {
    const Target target = path("/api/customer-keys/", id, "/stats").with("days", days->value_or(""));
    return session.show_one(api.get(target), stats_columns());
  });
}

ExitCode show_customer_key_activity(Session& session) {
  const Result<std::optional<std::string>> rows = session.number("--rows");
  if (!rows) return session.failed(rows.error());
  const std::size_t count = std::stoull(rows->value_or(std::to_string(kRowsDefault)));
  return with_key(session, [&](ApiClient& api, const std::string& id) {
    return session.show_list(api.get_first(path("/api/customer-keys/", id, "/activity"), count), key_call_columns(),
                             "Nothing was called with this key yet.");
  });
}

}  // namespace keyledger::app

#include "app/commands_webhooks.h"

#include <fmt/format.h>

#include "app/command_table.h"

namespace keyledger::app {
namespace {

const Columns kEndpoints{{"Id", "id", Kind::number},
                         {"Address", "url", Kind::text, true},
                         {"Description", "description", Kind::text, true},
                         {"Topics", "topics", Kind::words, true},
                         {"Enabled", "enabled", Kind::yes_no},
                         {"Failed in a row", "failed_in_a_row", Kind::number},
                         {"Last delivered", "last_delivered_at", Kind::time}};

const Columns kEndpoint{{"Id", "id", Kind::number},
                        {"Address", "url"},
                        {"Description", "description"},
                        {"Topics", "topics", Kind::words},
                        {"Enabled", "enabled", Kind::yes_no},
                        {"Why not", "disabled_reason"},
                        {"Failed in a row", "failed_in_a_row", Kind::number},
                        {"Last delivered", "last_delivered_at", Kind::time},
                        {"Created", "created_at", Kind::time},
                        {"Changed", "updated_at", Kind::time}};

const Columns kDeliveries{{"Id", "id", Kind::number},
                          {"Topic", "topic"},
                          {"State", "state", Kind::status},
                          {"Attempts", "attempts", Kind::number},
                          {"Answer", "last_status", Kind::number},
                          {"Error", "last_error", Kind::text, true},
                          {"Queued", "created_at", Kind::time},
                          {"Last attempt", "last_attempt_at", Kind::time},
                          {"Next attempt", "next_attempt_at", Kind::time},
                          {"Message", "message_id", Kind::text, true}};

constexpr std::size_t kDeliveriesShown = 50;

Result<std::string> endpoint_body(const Session& session) {
  Body body;
  if (session.on("--topic") && session.on("--all-topics")) {
    return usage_error("Give --topic or --all-topics, not both.");
  }
  if (session.on("--enable") && session.on("--disable")) return usage_error("Give --enable or --disable, not both.");
  if (const std::optional<std::string> url = session.value("--url")) body.text("url", *url);
  if (const std::optional<std::string> text = session.value("--description")) body.text("description", *text);
  if (session.on("--topic")) {
    json::Writer topics;
    json::write(topics, session.values("--topic"));
    body.raw("topics", topics.take());
  }
  if (session.on("--all-topics")) body.raw("topics", "[]");
  if (session.on("--enable")) body.raw("enabled", "true");
  if (session.on("--disable")) body.raw("enabled", "false");
  return body.take();
}

/// A command on one thing: its id, then what to do with it.
template <typename Act>
ExitCode on_webhook(Session& session, Act act) {
  const Result<std::optional<std::string>> id = session.number("ID");
  if (!id) return session.failed(id.error());
  return with_api(session, [&](ApiClient& api) { return act(api, **id); });
}

/// Shows an endpoint, and the secret that this answer alone has.
ExitCode show_made(Session& session, const Result<Answer>& answer) {
  const ExitCode shown = session.show_one(answer, kEndpoint);
  if (shown != ExitCode::ok || session.on("--json")) return shown;
  session.say("The secret that signs the messages, shown this once:");
  session.print(std::string{answer->value["secret"].text().value_or("")} + "\n");
  return shown;
}

}  // namespace

ExitCode list_webhooks(Session& session) {
  return with_api(session, [&](ApiClient& api) {
    return session.show_list(
        api.get(Target{"/api/webhooks"}), kEndpoints,
        "Nobody is told anything yet. Add an endpoint with `keyledger webhooks create --url ...`.");
  });
}

ExitCode show_webhook(Session& session) {
  return on_webhook(session, [&](ApiClient& api, const std::string& id) {
    return session.show_one(api.get(path("/api/webhooks/", id)), kEndpoint);
  });
}

ExitCode create_webhook(Session& session) {
  const Result<std::string> body = endpoint_body(session);
  if (!body) return session.failed(body.error());
  return with_api(session,
                  [&](ApiClient& api) { return show_made(session, api.post(Target{"/api/webhooks"}, *body)); });
}

ExitCode update_webhook(Session& session) {
  const Result<std::string> body = endpoint_body(session);
  if (!body) return session.failed(body.error());
  return on_webhook(session, [&](ApiClient& api, const std::string& id) {
    return session.show_one(api.put(path("/api/webhooks/", id), *body), kEndpoint);
  });
}

ExitCode delete_webhook(Session& session) {
  return on_webhook(session, [&](ApiClient& api, const std::string& id) {
    const Result<Answer> answer = api.remove(path("/api/webhooks/", id));
    if (!answer) return session.failed(answer.error());
    session.say(fmt::format("Endpoint {} is removed.", id));
    return ExitCode::ok;
  });
}

ExitCode renew_webhook_secret(Session& session) {
  return on_webhook(session, [&](ApiClient& api, const std::string& id) {
    return show_made(session, api.post(path("/api/webhooks/", id, "/secret"), ""));
  });
}

ExitCode test_webhook(Session& session) {
  return on_webhook(session, [&](ApiClient& api, const std::string& id) {
    const Result<Answer> answer = api.post(path("/api/webhooks/", id, "/test"), "");
    const ExitCode shown = session.show_one(answer, kDeliveries);
    if (shown != ExitCode::ok) return shown;
    return answer->value["state"].text() == "delivered" ? ExitCode::ok : ExitCode::bad_news;
  });
}

ExitCode list_webhook_deliveries(Session& session) {
  return on_webhook(session, [&](ApiClient& api, const std::string& id) {
    Target target = path("/api/webhooks/", id, "/deliveries");
    target.with("state", session.text("--state"));
    const Result<Answer> answer = session.on("--all") ? api.get_all(target) : api.get_first(target, kDeliveriesShown);
    return session.show_list(answer, kDeliveries, "Nothing was sent yet.");
  });
}

ExitCode resend_webhook(Session& session) {
  return on_webhook(session, [&](ApiClient& api, const std::string& id) {
    return session.show_one(api.post(path("/api/webhooks/deliveries/", id, "/resend"), ""), kDeliveries);
  });
}

namespace {

std::vector<Argument> endpoint_fields(bool fresh) {
  return {{.name = "--url", .value = "URL", .help = "where to post to; https", .required = fresh},
          {.name = "--description", .value = "TEXT", .help = "anything worth remembering"},
          {.name = "--topic",
           .value = "TOPIC",
           .help = std::string{"what to tell, such as invoice.paid; may be repeated"} +
                   (fresh ? "; all when left out" : "; replaces them all"),
           .choices = {"invoice.finalised", "invoice.paid", "subscription.changed", "limit.reached", "key.revoked",
                       "rental.expired", "budget.reached"},
           .many = true}};
}

void add(std::vector<Command>& table, std::string words, std::string summary, std::vector<Argument> arguments,
         ExitCode (*run)(Session&), bool lists = true) {
  table.push_back({.words = std::move(words),
                   .summary = std::move(summary),
                   .arguments = std::move(arguments),
                   .run = run,
                   .lists = lists});
}

}  // namespace

void add_webhook_commands(std::vector<Command>& table) {
  add(table, "webhooks list", "List who is told what has happened", {}, list_webhooks);
  add(table, "webhooks show", "Show an endpoint", {id_argument()}, show_webhook);
  add(table, "webhooks create", "Have another program told; its signing secret is shown once", endpoint_fields(true),
      create_webhook);
  add(table, "webhooks update", "Change an endpoint",
      with(with({id_argument()}, endpoint_fields(false)), {{.name = "--all-topics", .help = "tell it everything"},
                                                           {.name = "--enable", .help = "go on, and send what waits"},
                                                           {.name = "--disable", .help = "queue nothing more for it"}}),
      update_webhook);
  add(table, "webhooks delete", "Remove an endpoint and its deliveries", {id_argument()}, delete_webhook, false);
  add(table, "webhooks secret", "Make another signing secret; it is shown once", {id_argument()}, renew_webhook_secret);
  add(table, "webhooks test", "Send a test message now, and tell how it went", {id_argument()}, test_webhook);
  add(table, "webhooks deliveries", "What was sent to an endpoint, and how it went",
      {id_argument(),
       {.name = "--state",
        .value = "STATE",
        .help = "only those in this state",
        .choices = {"pending", "delivered", "failed"}},
       {.name = "--all", .help = "all of them, not only the newest fifty"}},
      list_webhook_deliveries);
  add(table, "webhooks resend", "Send a message once more, by the id of its delivery", {id_argument()}, resend_webhook);
}

}  // namespace keyledger::app

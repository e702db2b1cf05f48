#include <fmt/format.h>

#include "app/commands.h"
#include "app/customer_views.h"

namespace keyledger::app {
namespace {

std::string customer_body(const Session& session) {
  Body body;
  for (const auto& [option, field] :
       {std::pair{"--name", "name"}, {"--email", "email"}, {"--notes", "notes"}, {"--zone", "timezone"}}) {
    const std::optional<std::string> value = session.value(option);
    if (value) body.text(field, *value);
  }
  if (session.on("--suspend")) body.raw("suspended", "true");
  if (session.on("--resume")) body.raw("suspended", "false");
  return body.take();
}

}  // namespace

ExitCode list_customers(Session& session) {
  return with_api(session, [&](ApiClient& api) {
    return session.show_list(api.get_all(Target{"/api/customers"}.with("q", session.text("--search"))),
                             customer_columns(),
                             "There are no customers yet. Hand out a key with `keyledger customer-keys create`.");
  });
}

ExitCode show_customer(Session& session) {
  const Result<std::optional<std::string>> id = session.number("ID");
  if (!id) return session.failed(id.error());
  return with_api(session, [&](ApiClient& api) {
    return session.show_one(api.get(path("/api/customers/", **id)), customer_columns());
  });
}

ExitCode create_customer(Session& session) {
  return with_api(session, [&](ApiClient& api) {
    return session.show_one(api.post(Target{"/api/customers"}, customer_body(session)), customer_columns());
  });
}

ExitCode update_customer(Session& session) {
  const Result<std::optional<std::string>> id = session.number("ID");
  if (!id) return session.failed(id.error());
  if (session.on("--suspend") && session.on("--resume")) {
    return session.failed(usage_error("Give --suspend or --resume, not both.").error());
  }
  return with_api(session, [&](ApiClient& api) {
    return session.show_one(api.put(path("/api/customers/", **id), customer_body(session)), customer_columns());
  });
}

ExitCode delete_customer(Session& session) {
  const Result<std::optional<std::string>> id = session.number("ID");
  if (!id) return session.failed(id.error());
  return with_api(session, [&](ApiClient& api) {
    const Result<Answer> answer = api.remove(path("/api/customers/", **id));
    if (!answer) return session.failed(answer.error());
    session.say(fmt::format("Customer {} is deleted.", **id));
    return ExitCode::ok;
  });
}

}  // namespace keyledger::app

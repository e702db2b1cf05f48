#include <fmt/format.h>

#include "app/commands.h"

namespace keyledger::app {
namespace {

const Columns kKeys{{"Id", "id", Kind::number},
                    {"Name", "name", Kind::text, true},
                    {"Provider", "provider"},
                    {"Type", "key_type"},
                    {"Key", "masked_key"},
                    {"Account", "account_id", Kind::number},
                    {"Admin key", "admin_key_id", Kind::number},
                    {"Status", "status", Kind::status},
                    {"Last test", "last_test.at", Kind::time}};

const Columns kKey{{"Id", "id", Kind::number},
                   {"Name", "name"},
                   {"Provider", "provider"},
                   {"Type", "key_type"},
                   {"Key", "masked_key"},
                   {"Account", "account_id", Kind::number},
                   {"Admin key", "admin_key_id", Kind::number},
                   {"Linked by", "linked_by"},
                   {"Base URL", "base_url"},
                   {"Status", "status", Kind::status},
                   {"Last test", "last_test.at", Kind::time},
                   {"Code", "last_test.code"},
                   {"Explanation", "last_test.explanation"},
                   {"Next step", "last_test.next_step"},
                   {"Notes", "notes"},
                   {"Created", "created_at", Kind::time},
                   {"Changed", "updated_at", Kind::time}};

const Columns kTest{{"Verdict", "verdict", Kind::status},
                    {"Code", "code"},
                    {"Provider's status", "provider_status", Kind::number},
                    {"Provider's words", "provider_message"},
                    {"Explanation", "explanation"},
                    {"Next step", "next_step"},
                    {"Missing scopes", "missing_scopes", Kind::words},
                    {"Tested", "tested_at", Kind::time}};

const Columns kDetection{
    {"Provider", "provider"}, {"Type", "key_type"}, {"Certain", "certain", Kind::yes_no}, {"Key", "masked_key"}};

/// The body's members that options give; ids are digits.
Result<void> add_options(const Session& session, Body& body) {
  for (const auto& [option, field] : {std::pair{"--name", "name"},
                                      {"--provider", "provider"},
                                      {"--type", "key_type"},
                                      {"--notes", "notes"},
                                      {"--base-url", "base_url"}}) {
    const std::optional<std::string> value = session.value(option);
    if (value) body.text(field, *value);
  }
  for (const auto& [option, field] : {std::pair{"--account", "account_id"}, {"--admin-key", "admin_key_id"}}) {
    const Result<std::optional<std::string>> value = session.number(option);
    if (!value) return std::unexpected(value.error());
    if (*value) body.number(field, **value);
  }
  return {};
}

ExitCode code_of_verdict(std::string_view verdict) {
  if (verdict == "valid" || verdict == "valid_but_restricted") return ExitCode::ok;
  return verdict == "invalid" ? ExitCode::bad_news : ExitCode::unavailable;
}

ExitCode show_test(Session& session, const Result<Answer>& answer) {
  const ExitCode shown = session.show_one(answer, kTest);
  return shown == ExitCode::ok ? code_of_verdict(answer->value["verdict"].text().value_or("")) : shown;
}

/// A row of the table of several tests: the key's id and name before the outcome.
json::Value numbered(const json::Value& key, const json::Value& outcome) {
  json::Object row{{"id", key["id"]}, {"name", key["name"]}};
  for (const json::Member& member : *outcome.object()) row.push_back(member);
  return json::Value{std::move(row)};
}

ExitCode worse(ExitCode left, ExitCode right) {
  if (left == ExitCode::bad_news || right == ExitCode::bad_news) return ExitCode::bad_news;
  return left == ExitCode::ok ? right : left;
}

/// Tests keys one after the other, as the providers' limits want it.
ExitCode test_several(Session& session, ApiClient& api, const json::Array& keys) {
  ExitCode code = ExitCode::ok;
  json::Array rows;
  {
    Progress progress(&session.console());
    for (const json::Value& key : keys) {
      progress.show(fmt::format("Testing {} of {}: {}", rows.size() + 1, keys.size(), key["name"].text().value_or("")));
      const Result<Answer> answer = api.post(path("/api/keys/", std::to_string(*key["id"].integer()), "/test"), "");
      if (!answer) return session.failed(answer.error());
      code = worse(code, code_of_verdict(answer->value["verdict"].text().value_or("")));
      rows.push_back(numbered(key, answer->value));
    }
  }
  Answer all;
  all.value = json::Value{json::Object{{"data", json::Value{std::move(rows)}}, {"next_cursor", json::Value{}}}};
  all.text = json::to_json(all.value);
  const Columns columns{{"Id", "id", Kind::number},
                        {"Name", "name", Kind::text, true},
                        {"Verdict", "verdict", Kind::status},
                        {"Code", "code"},
                        {"Next step", "next_step", Kind::text, true}};
  const ExitCode shown = session.show_list(all, columns, "There are no keys to test.");
  return shown == ExitCode::ok ? code : shown;
}

/// The keys that are named by their ids, or all.
Result<json::Array> chosen_keys(Session& session, ApiClient& api) {
  if (session.on("--all")) {
    Result<Answer> all = api.get_all(Target{"/api/keys"});
    if (!all) return std::unexpected(all.error());
    return all->value["data"].items();
  }
  json::Array keys;
  for (const std::string& id : session.values("ID")) {
    if (id.empty() || id.find_first_not_of("0123456789") != std::string::npos) {
      return usage_error(fmt::format("ID is a whole number above 0, not {}.", id));
    }
    Result<Answer> key = api.get(path("/api/keys/", id));
    if (!key) return std::unexpected(key.error());
    keys.push_back(std::move(key->value));
  }
  return keys;
}

ExitCode test_unstored(Session& session, ApiClient& api) {
  Result<Secret> key = session.read_key("Key to test: ");
  if (!key) return session.failed(key.error());
  Body body;
  body.secret("full_key", *key);
  if (session.on("--provider")) body.text("provider", session.text("--provider"));
  if (session.on("--base-url")) body.text("base_url", session.text("--base-url"));
  return show_test(session, api.post(Target{"/api/keys/test"}, body.take()));
}

}  // namespace

ExitCode list_keys(Session& session) {
  const Result<std::optional<std::string>> account = session.number("--account");
  if (!account) return session.failed(account.error());
  return with_api(session, [&](ApiClient& api) {
    Target target{"/api/keys"};
    target.with("provider", session.text("--provider")).with("account_id", account->value_or(""));
    target.with("status", session.text("--status")).with("q", session.text("--search"));
    const bool filtered = target.text().find('?') != std::string::npos;
    return session.show_list(api.get_all(target), kKeys,
                             filtered
                                 ? "No key matches."
                                 : "There are no keys yet. Add one with `keyledger keys add --name ... --account 1`.");
  });
}

ExitCode add_key(Session& session) {
  Body body;
  const Result<void> added = add_options(session, body);
  if (!added) return session.failed(added.error());
  Result<Secret> key = session.read_key("Key: ");
  if (!key) return session.failed(key.error());
  body.secret("full_key", *key);
  return with_api(session, [&](ApiClient& api) {
    Result<Answer> made = api.post(Target{"/api/keys"}, body.take());
    if (!made || !session.on("--test")) return session.show_one(made, kKey);
    const std::string id = std::to_string(made->value["id"].integer().value_or(0));
    const Result<Answer> tested = api.post(path("/api/keys/", id, "/test"), "");
    if (!tested) return session.failed(tested.error());
    const ExitCode shown = session.show_one(api.get(path("/api/keys/", id)), kKey);
    return shown == ExitCode::ok ? code_of_verdict(tested->value["verdict"].text().value_or("")) : shown;
  });
}

ExitCode update_key(Session& session) {
  const Result<std::optional<std::string>> id = session.number("ID");
  if (!id) return session.failed(id.error());
  Body body;
  const Result<void> added = add_options(session, body);
  if (!added) return session.failed(added.error());
  if (session.on("--replace") || session.on("--key-file") || session.on("--full-key")) {
    Result<Secret> key = session.read_key("New key: ");
    if (!key) return session.failed(key.error());
    body.secret("full_key", *key);
  }
  return with_api(
      session, [&](ApiClient& api) { return session.show_one(api.put(path("/api/keys/", **id), body.take()), kKey); });
}

ExitCode delete_key(Session& session) {
  const Result<std::optional<std::string>> id = session.number("ID");
  if (!id) return session.failed(id.error());
  return with_api(session, [&](ApiClient& api) {
    const Result<Answer> answer = api.remove(path("/api/keys/", **id));
    if (!answer) return session.failed(answer.error());
    session.say(fmt::format("Key {} is deleted.", **id));
    return ExitCode::ok;
  });
}

ExitCode show_key(Session& session) {
  const Result<std::optional<std::string>> id = session.number("ID");
  if (!id) return session.failed(id.error());
  return with_api(session, [&](ApiClient& api) {
    if (!session.on("--reveal")) return session.show_one(api.get(path("/api/keys/", **id)), kKey);
    const Result<Answer> answer = api.get(path("/api/keys/", **id, "/full"));
    if (!answer) return session.failed(answer.error());
    const std::string key{answer->value["full_key"].text().value_or("")};
    session.print((session.on("--json") ? answer->text : key) + "\n");
    return ExitCode::ok;
  });
}

ExitCode test_keys(Session& session) {
  const std::vector<std::string> ids = session.values("ID");
  if (ids.empty() == !session.on("--all") && !session.on("--key-file") && !session.on("--full-key")) {
    return session.failed(
        usage_error("Name the keys to test by their ids, or say --all, or give an unstored one with --key-file.")
            .error());
  }
  return with_api(session, [&](ApiClient& api) {
    if (ids.empty() && !session.on("--all")) return test_unstored(session, api);
    const Result<json::Array> keys = chosen_keys(session, api);
    if (!keys) return session.failed(keys.error());
    if (ids.size() != 1) return test_several(session, api, *keys);
    return show_test(session, api.post(path("/api/keys/", ids.front(), "/test"), ""));
  });
}

ExitCode link_key(Session& session) {
  const Result<std::optional<std::string>> id = session.number("ID");
  if (!id) return session.failed(id.error());
  const Result<std::optional<std::string>> admin = session.number("ADMIN_KEY_ID");
  if (!admin) return session.failed(admin.error());
  if (admin->has_value() == session.on("--none")) {
    return session.failed(usage_error("Give the id of the admin key to link to, or --none to unlink.").error());
  }
  Body body;
  if (*admin) {
    body.number("admin_key_id", **admin);
  } else {
    body.null("admin_key_id");
  }
  return with_api(
      session, [&](ApiClient& api) { return session.show_one(api.put(path("/api/keys/", **id), body.take()), kKey); });
}

ExitCode detect_key(Session& session) {
  Result<Secret> key = session.read_key("Key: ");
  if (!key) return session.failed(key.error());
  return with_api(session, [&](ApiClient& api) {
    return session.show_one(api.post(Target{"/api/keys/detect"}, Body{}.secret("full_key", *key).take()), kDetection);
  });
}

ExitCode list_providers(Session& session) {
  const Columns columns{{"Id", "id"},
                        {"Name", "name"},
                        {"Usage", "reads_usage", Kind::yes_no},
                        {"Cost", "reads_cost", Kind::yes_no},
                        {"Balance or quota", "reads_readings", Kind::yes_no},
                        {"Links keys", "lists_keys", Kind::yes_no},
                        {"Test uses quota", "test_costs", Kind::yes_no},
                        {"Base URL", "base_url", Kind::text, true}};
  return with_api(session, [&](ApiClient& api) {
    return session.show_list(api.get(Target{"/api/providers"}), columns, "There are no providers.");
  });
}

}  // namespace keyledger::app

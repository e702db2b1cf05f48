#include "app/rotation_caller.h"

#include <fmt/format.h>

#include "app/child.h"
#include "app/webhooks.h"
#include "json/read.h"
#include "json/write.h"
#include "service/webhooks/signature.h"

namespace keyledger::app {
namespace {

constexpr std::size_t kCommandsAtOnce = 2;
constexpr std::size_t kCommandsQueued = 16;
/// Changing a password at somebody else's site may take a while.
constexpr net::ClientLimits kLimits{.connect_time = std::chrono::seconds{5},
                                    .total_time = std::chrono::seconds{60},
                                    .header_bytes_max = 16 << 10,
                                    .body_bytes_max = 64 << 10};

void write_account(json::Writer& out, const service::RotationOrder& order) {
  out.name("account_id").integer(order.account_id.value);
  out.name("website").string(order.website);
  out.name("username").string(order.username);
  out.name("email").string(order.email);
}

}  // namespace

OutsideRotation::OutsideRotation(const net::Client* client, std::vector<std::string> command, std::string base_url)
    : client_(client),
      command_(std::move(command)),
      base_url_(std::move(base_url)),
      pool_(std::make_unique<runtime::Pool>(kCommandsAtOnce, kCommandsQueued)) {}

std::vector<std::string> words_of_command(std::string_view line) {
  constexpr std::string_view kBlanks = " \t";
  std::vector<std::string> words;
  for (;;) {
    line.remove_prefix(std::min(line.find_first_not_of(kBlanks), line.size()));
    if (line.empty()) return words;
    const std::string_view word = line.substr(0, line.find_first_of(kBlanks));
    words.emplace_back(word);
    line.remove_prefix(word.size());
  }
}

std::string rotation_message(const service::RotationOrder& order, const std::string& base_url) {
  json::Writer out;
  out.begin_object();
  out.name("type").string("account.rotate");
  out.name("timestamp").string(to_rfc3339(order.at));
  out.name("data").begin_object();
  write_account(out, order);
  if (!base_url.empty()) {
    out.name("callback").string(fmt::format("{}/api/rental-accounts/{}/password", base_url, order.account_id.value));
  }
  out.end_object().end_object();
  return out.take();
}

Secret rotation_input(const service::RotationOrder& order, const Secret& password) {
  json::Writer out;
  out.begin_object();
  write_account(out, order);
  out.name("password").string(password.reveal());
  out.end_object();
  return Secret{out.take() + "\n"};
}

Result<std::optional<Secret>> read_rotation_answer(unsigned status, std::string& body) {
  if (status == 202) return std::nullopt;
  if (status != 200) {
    return fail(Code::unavailable, fmt::format("The webhook answered {}.", status), "webhook_refused");
  }
  Result<json::Value> value = json::parse(body);
  wipe(body);
  json::Object* const members = value ? value->object() : nullptr;
  if (members != nullptr) {
    for (json::Member& member : *members) {
      std::string* const text = member.second.string();
      if (member.first == "password" && text != nullptr) return std::optional{Secret{std::move(*text)}};
    }
  }
  return fail(Code::unavailable, "The webhook answered 200 without {\"password\": \"...\"}.", "malformed_response");
}

runtime::Task<Result<std::optional<Secret>>> OutsideRotation::call_webhook(std::string url, Secret secret,
                                                                           service::RotationOrder order) {
  Result<net::ClientRequest> request = webhook_request(url);
  if (!request) co_return std::unexpected(request.error());
  request->body = rotation_message(order, base_url_);
  const std::int64_t seconds = to_millis(order.at) / 1'000;
  const Result<std::string> signature = service::sign_webhook(secret, order.message_id, seconds, request->body);
  if (!signature) co_return std::unexpected(signature.error());
  request->headers.set("webhook-id", order.message_id);
  request->headers.set("webhook-timestamp", std::to_string(seconds));
  request->headers.set("webhook-signature", *signature);
  Result<net::ClientReply> reply = co_await client_->send(std::move(*request), kLimits);
  if (!reply) co_return std::unexpected(reply.error());
  co_return read_rotation_answer(reply->status, reply->body);
}

runtime::Task<Result<Secret>> OutsideRotation::run_command(service::RotationOrder order, Secret password) {
  if (command_.empty()) {
    co_return fail(Code::unavailable, "No command is configured; start the server with --rotation-command.",
                   "no_rotation_command");
  }
  auto work = [this, input = rotation_input(order, password)] { return first_line_of(command_, input, &stopping_); };
  Result<Secret> answer = co_await pool_->run<Secret>(std::move(work));
  co_return answer;
}

}  // namespace keyledger::app

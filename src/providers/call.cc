#include "providers/call.h"

#include <fmt/format.h>

#include <algorithm>
#include <random>

#include "domain/keys/redact.h"
#include "providers/retry.h"

namespace keyledger::providers {
namespace {

using std::chrono::milliseconds;

/// A secret is never copied by accident, so a request that may be sent twice is copied here, in full sight.
net::ClientRequest duplicate(const net::ClientRequest& request) {
  return net::ClientRequest{.method = request.method,
                            .base = request.base,
                            .target = request.target,
                            .headers = request.headers,
                            .secret_header = request.secret_header,
                            .secret_prefix = request.secret_prefix,
                            .secret = request.secret.copy(),
                            .secret_query = request.secret_query,
                            .body = request.body};
}

/// Providers repeat keys in their answers, also where they name scopes.
void clean(keys::Finding& finding, const Secret& key) {
  finding.provider_message = keys::redact(finding.provider_message, key);
  for (std::string& scope : finding.missing_scopes) scope = keys::redact(scope, key);
}

std::optional<json::Value> parsed(const std::string& body) {
  Result<json::Value> value = json::parse(body);
  if (!value) return std::nullopt;
  return std::move(*value);
}

/// What came, without the words being clean yet.
Answer interpret(const Classify& classify, net::ClientReply reply) {
  Answer answer{.body = parsed(reply.body), .status = reply.status, .headers = std::move(reply.headers)};
  const bool success = reply.status >= 200 && reply.status < 300;
  if (success && answer.body) return answer;
  if (success) {
    answer.finding = keys::Finding{.code = "malformed_answer"};
  } else if (reply.status < 400) {
    answer.finding = keys::Finding{.code = "unexpected_answer"};
  } else if (classify) {
    answer.finding = classify(reply.status, answer.headers, answer.json());
  } else {
    answer.finding = classify_by_status(reply.status, answer.headers, answer.json());
  }
  answer.finding->provider_status = static_cast<int>(reply.status);
  return answer;
}

int whole_seconds(milliseconds duration) {
  return static_cast<int>(std::chrono::ceil<std::chrono::seconds>(duration).count());
}

std::uint64_t seed_of_the_day() {
  std::random_device device;
  return (std::uint64_t{device()} << 32) | device();
}

}  // namespace

const json::Value& Answer::json() const {
  static const json::Value kNull;
  return body ? *body : kNull;
}

net::ClientRequest bearer_request(const net::BaseUrl& base, std::string target, const Secret& key) {
  net::ClientRequest request;
  request.base = base;
  request.target = std::move(target);
  request.headers.add("Accept", "application/json");
  request.secret_header = "Authorization";
  request.secret_prefix = "Bearer ";
  request.secret = key.copy();
  return request;
}

Caller::Caller(const Http* http, const Clock* clock, std::optional<std::uint64_t> jitter_seed)
    : http_(http), clock_(clock), jitter_(jitter_seed ? *jitter_seed : seed_of_the_day()) {}

Task<Answer> Caller::send(Call call) const {
  milliseconds waited{0};
  for (int attempt = 1;; ++attempt) {
    net::ClientRequest request = duplicate(call.request);
    Result<net::ClientReply> reply = co_await http_->send(std::move(request));
    Answer answer;
    if (reply) {
      answer = interpret(call.classify, std::move(*reply));
    } else {
      answer.finding = connection_finding(reply.error());
    }
    if (!answer.finding) co_return answer;
    if (const std::optional<milliseconds> asked = retry_after(answer.headers, clock_->now())) {
      answer.finding->retry_after_seconds = whole_seconds(*asked);
    }
    clean(*answer.finding, call.request.secret);
    const std::optional<milliseconds> pause = pause_before(answer, call, attempt, waited);
    if (!pause) co_return answer;
    waited += *pause;
    co_await http_->pause(*pause);
  }
}

Task<Answer> Caller::get(net::BaseUrl base, std::string target, Secret key, Classify classify) const {
  Call call;
  call.request = bearer_request(base, std::move(target), key);
  call.classify = std::move(classify);
  Answer answer = co_await send(std::move(call));
  co_return answer;
}

std::optional<milliseconds> Caller::pause_before(const Answer& answer, const Call& call, int attempt,
                                                 milliseconds waited) const {
  if (attempt >= call.patience.attempts_max) return std::nullopt;
  if (!worth_repeating(answer, call.repeat)) return std::nullopt;
  if (!call.patience.repeat_timeouts && answer.finding->code == "unreachable_timeout") return std::nullopt;
  const std::optional<milliseconds> asked = retry_after(answer.headers, clock_->now());
  const milliseconds pause = asked ? *asked : backoff(attempt);
  if (waited + pause > call.patience.wait_max) return std::nullopt;
  return pause;
}

milliseconds Caller::backoff(int attempt) const {
  return backoff_pause(attempt, jitter_.fetch_add(1, std::memory_order_relaxed));
}

std::string provider_words(std::string_view text) {
  return keys::redact(text);
}

keys::Finding connection_finding(const Error& error) {
  static constexpr std::pair<std::string_view, std::string_view> kCodes[] = {
      {"dns_failed", "unreachable_dns"},          {"connection_refused", "unreachable_refused"},
      {"tls_failed", "unreachable_tls"},          {"timeout", "unreachable_timeout"},
      {"connection_failed", "unreachable"},       {"response_too_large", "answer_too_large"},
      {"malformed_response", "malformed_answer"}, {"private_address", "private_address"},
  };
  for (const auto& [reason, code] : kCodes) {
    if (error.reason == reason) return keys::Finding{.code = std::string{code}};
  }
  return keys::Finding{.code = "unreachable"};
}

KeyTest key_test(const std::optional<keys::Finding>& finding) {
  if (!finding) return KeyTest{.verdict = keys::Verdict::valid, .finding = keys::Finding{.code = "ok"}};
  return KeyTest{.verdict = keys::explain(finding->code).verdict, .finding = *finding};
}

std::string percent_encoded(std::string_view text) {
  std::string encoded;
  for (const char letter : text) {
    const bool plain = (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z') ||
                       (letter >= '0' && letter <= '9') || letter == '-' || letter == '_' || letter == '.' ||
                       letter == '~';
    encoded += plain ? std::string(1, letter) : fmt::format("%{:02X}", static_cast<unsigned char>(letter));
  }
  return encoded;
}

}  // namespace keyledger::providers

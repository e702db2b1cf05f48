// providers/testing.h: for tests only. A scripted provider, and a way to run a coroutine to its end.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "providers/provider.h"
#include "runtime/run.h"

namespace keyledger::providers::testing {

using runtime::run;

/// One request as the provider would have seen it.
struct Seen {
  net::Method method = net::Method::get;
  std::string host{};
  std::string target{};  // without the base URL's prefix
  std::string prefix{};  // the base URL's
  net::Headers headers{};
  std::string secret_header{};
  std::string secret_prefix{};
  std::string secret_query{};
  std::string secret{};
  std::string body{};
};

inline net::ClientReply reply(unsigned status, std::string body,
                              std::vector<std::pair<std::string, std::string>> headers = {}) {
  net::ClientReply made;
  made.status = status;
  made.body = std::move(body);
  for (auto& [name, value] : headers) made.headers.add(std::move(name), std::move(value));
  return made;
}

/// Answers by method and beginning of the target, the longest that fits. Replies come in the order given; the last one
/// repeats for ever. A request that nothing fits gets 404 and is kept in `unexpected`.
class ScriptedHttp final : public Http {
 public:
  void on(std::string target_prefix, net::ClientReply answer) {
    on(net::Method::get, std::move(target_prefix), std::move(answer));
  }
  void on(net::Method method, std::string target_prefix, net::ClientReply answer) {
    scripts_[{method, std::move(target_prefix)}].replies.emplace_back(std::move(answer));
  }
  /// The connection fails with a `reason` of net/client.h.
  void fail_on(std::string target_prefix, std::string reason, net::Method method = net::Method::get) {
    Error error{
        .code = Code::unavailable, .message = "The provider could not be reached.", .reason = std::move(reason)};
    scripts_[{method, std::move(target_prefix)}].replies.emplace_back(std::unexpected(std::move(error)));
  }

  [[nodiscard]] Task<Result<net::ClientReply>> send(net::ClientRequest request) const override {
    note(request);
    Result<net::ClientReply> answer = next(request.method, request.target);
    co_return answer;
  }
  [[nodiscard]] Task<void> pause(std::chrono::milliseconds duration) const override {
    pauses.push_back(duration);
    co_return;
  }

  /// How many requests began with this target.
  [[nodiscard]] int count(std::string_view target_prefix) const {
    int found = 0;
    for (const Seen& request : seen) found += request.target.starts_with(target_prefix) ? 1 : 0;
    return found;
  }

  mutable std::vector<Seen> seen{};
  mutable std::vector<std::string> unexpected{};
  mutable std::vector<std::chrono::milliseconds> pauses{};

 private:
  struct Script {
    std::vector<Result<net::ClientReply>> replies{};
    std::size_t at = 0;
  };

  void note(const net::ClientRequest& request) const {
    seen.push_back(Seen{.method = request.method,
                        .host = request.base.host,
                        .target = request.target,
                        .prefix = request.base.prefix,
                        .headers = request.headers,
                        .secret_header = request.secret_header,
                        .secret_prefix = request.secret_prefix,
                        .secret_query = request.secret_query,
                        .secret = std::string{request.secret.reveal()},
                        .body = request.body});
  }
  [[nodiscard]] Result<net::ClientReply> next(net::Method method, const std::string& target) const {
    Script* best = nullptr;
    std::size_t length = 0;
    for (auto& [key, script] : scripts_) {
      const bool fits = key.first == method && target.starts_with(key.second);
      if (fits && (best == nullptr || key.second.size() > length)) {
        best = &script;
        length = key.second.size();
      }
    }
    if (best == nullptr) {
      unexpected.push_back(target);
      return reply(404, R"({"error":{"message":"nothing is scripted for this"}})");
    }
    const std::size_t index = std::min(best->at, best->replies.size() - 1);
    ++best->at;
    return best->replies[index];
  }

  mutable std::map<std::pair<net::Method, std::string>, Script> scripts_{};
};

/// An Access with a base URL that no test ever reaches.
inline Access access_with(std::string key, keys::KeyType type, std::string prefix = {}) {
  Access access;
  access.base = net::BaseUrl{.tls = true, .host = "provider.test", .port = 443, .prefix = std::move(prefix)};
  access.key = Secret{std::move(key)};
  access.type = type;
  return access;
}

}  // namespace keyledger::providers::testing

#include "api/door/prompt_calls.h"

#include <algorithm>
#include <charconv>

#include "api/door/action.h"
#include "api/door/answers.h"
#include "api/door/caller.h"
#include "api/door/forwarded.h"
#include "api/door/rate_limit.h"
#include "api/door/refusals.h"
#include "api/query.h"
#include "net/ascii.h"
#include "service/admission/prompt_admission.h"
#include "service/metrics/metrics.h"
#include "service/rentals/rentals.h"

namespace keyledger::api {
namespace {

/// A parameter that a query may have once.
struct Known {
  std::string_view name;
  std::optional<std::string_view>* value;
};

/// Fills in the values of a raw query. False where the handler has to look: an unknown name, a repeated one, none at
/// all, an empty value, or anything that would have to be decoded.
bool read_plain(std::string_view query, std::initializer_list<Known> known) {
  while (!query.empty()) {
    const std::string_view pair = query.substr(0, query.find('&'));
    query.remove_prefix(std::min(query.size(), pair.size() + 1));
    const std::size_t equals = pair.find('=');
    if (equals == std::string_view::npos || pair.find_first_of("%+") != std::string_view::npos) return false;
    const auto found = std::ranges::find(known, pair.substr(0, equals), &Known::name);
    if (found == known.end() || *found->value || equals + 1 == pair.size()) return false;
    *found->value = pair.substr(equals + 1);
  }
  return true;
}

/// What both have in common: who calls, and the call's way into the ledger.
class CustomerPrompt : public net::PromptCall {
 public:
  explicit CustomerPrompt(const Services* services) : services_(services), admission_(services->admission) {}

 protected:
  /// Fills in who calls. False where there is no one key, or a name of the caller's that needs a second look.
  [[nodiscard]] bool read_caller(const net::PromptRequest& request, service::CallView& call) {
    if (!peer_) peer_ = address_of(*request.peer);  // a connection has one peer
    const Result<Caller> caller = api::read_caller(request.headers, *peer_, services_->trusted_proxies);
    if (!caller || caller->key.empty()) return false;
    const auto plain = [](char letter) { return letter >= ' ' && letter <= '~'; };
    if (!std::ranges::all_of(caller->user_agent, plain)) return false;
    if (caller->user_agent.size() > ledger::kUserAgentBytesMax) return false;
    call.key = caller->key;
    call.user_agent = caller->user_agent;
    call.address = caller->address;
    return true;
  }

  [[nodiscard]] const Services& services() const { return *services_; }
  [[nodiscard]] service::PromptAdmission& admission() { return admission_; }
  [[nodiscard]] const service::Admitted& admitted() const { return admission_.admitted(); }

 private:
  const Services* services_;
  service::PromptAdmission admission_;
  std::optional<IpAddress> peer_{};
};

class PromptForwardAuth final : public CustomerPrompt {
 public:
  using CustomerPrompt::CustomerPrompt;

  runtime::Waiter* begin(const net::PromptRequest& request) noexcept override {
    service::CallView call{.action = "forward_auth", .started = std::chrono::steady_clock::now()};
    if (!read_wishes(request.query, call.action) || !read_caller(request, call)) return nullptr;
    Forwarded forwarded;
    for (const auto& [name, value] : request.headers) note(name, value, forwarded);
    write_resource(resource_, forwarded);
    call.resource = resource_;
    return admission().begin(call, {});
  }

  void answer(net::PromptAnswer& answer) noexcept override {
    const Result<void> written = admission().end();
    if (!written) return answer.send(customer_problem(written.error()));
    add_welcome(answer, admitted());
    add_rate_limits(answer, admitted());
    answer.send();
  }

 private:
  /// A wish that is wrong is the handler's to refuse.
  static bool read_wishes(std::string_view query, std::string_view& action) {
    std::optional<std::string_view> wanted, status;
    if (!read_plain(query, {{"action", &wanted}, {"limit_status", &status}})) return false;
    if (status && *status != "403" && *status != "429") return false;
    action = wanted.value_or(action);
    return !wanted || check_action(action);
  }

  static void note(std::string_view name, std::string_view value, Forwarded& forwarded) {
    if (name.size() < 14 || (name.front() | 0x20) != 'x') return;
    const std::pair<std::string_view, std::optional<std::string_view>*> places[] = {
        {"X-Original-Method", &forwarded.method},
        {"X-Forwarded-Method", &forwarded.other_method},
        {"X-Original-URI", &forwarded.uri},
        {"X-Forwarded-Uri", &forwarded.other_uri}};
    for (const auto& [known, place] : places) {
      if (!*place && net::equal_ignoring_case(name, known)) *place = value;
    }
  }

  std::string resource_{};
};

/// What it answers only changes with the pool, so that it is written anew only then.
class PromptAvailable final : public CustomerPrompt {
 public:
  using CustomerPrompt::CustomerPrompt;

  runtime::Waiter* begin(const net::PromptRequest& request) noexcept override {
    started_ = std::chrono::steady_clock::now();
    service::CallView call{.action = "list", .started = started_};
    if (!read_caller(request, call)) return nullptr;
    if ((query_ != request.query || version_ != services().rentals->pool_version()) && !look(request.query)) {
      return nullptr;
    }
    return admission().begin(call, {.website_id = website_id_});
  }

  void answer(net::PromptAnswer& answer) noexcept override {
    const Result<void> written = admission().end();
    if (written) {
      answer.add("Content-Type", "application/json");
      add_rate_limits(answer, admitted());
      end_.clear();
      end_available(end_, admitted().at);
      answer.send({accounts_, end_});
    } else {
      net::Reply failed = customer_problem(written.error());
      const std::vector<limits::LimitStanding> now = services().admission->table().standings(admitted().key_id);
      add_rate_limits(failed.headers, now, admitted().at);
      answer.send(failed);
    }
    if (services().metrics != nullptr) services().metrics->count_call(std::chrono::steady_clock::now() - started_);
  }

 private:
  /// Writes down what is available now. False where the handler has to say why not.
  bool look(std::string_view query) {
    std::optional<std::string_view> website, limit_text;
    if (!read_plain(query, {{"website", &website}, {"limit", &limit_text}})) return false;
    std::int64_t limit = kPageLimitDefault;
    if (limit_text && !read_limit(*limit_text, limit)) return false;
    const Result<service::AvailableAccounts> available =
        services().rentals->available(std::optional<std::string>{website}, limit);
    if (!available) return false;
    accounts_ = begin_available(*available);
    query_ = query;
    version_ = available->version;
    website_id_ = available->website_id;
    return true;
  }

  static bool read_limit(std::string_view text, std::int64_t& limit) {
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), limit);
    return error == std::errc{} && end == text.data() + text.size() && limit >= 1 && limit <= kPageLimitMax;
  }

  runtime::SteadyTime started_{};
  std::string query_{};
  std::uint64_t version_ = 0;  // of the pool, when accounts_ was written; 0: never
  std::string accounts_{}, end_{};
  WebsiteId website_id_{};
};

}  // namespace

std::unique_ptr<net::PromptCall> prompt_forward_auth(const Services* services) {
  return std::make_unique<PromptForwardAuth>(services);
}

std::unique_ptr<net::PromptCall> prompt_available(const Services* services) {
  return std::make_unique<PromptAvailable>(services);
}

}  // namespace keyledger::api

#include "domain/customers/rules.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/fields.h"

namespace keyledger::customers {
namespace {

bool is_action(std::string_view word) {
  constexpr std::string_view kLetters = "abcdefghijklmnopqrstuvwxyz0123456789_.:-";
  return !word.empty() && word.size() <= kActionBytesMax && word.find_first_not_of(kLetters) == std::string_view::npos;
}

std::unexpected<Error> too_many(std::string_view field) {
  return fail(Code::invalid_argument, fmt::format("{} has at most {} entries.", field, kAllowedMax), "too_many",
              std::string{field});
}

template <typename T>
void add_once(std::vector<T>& all, T one) {
  if (std::ranges::find(all, one) == all.end()) all.push_back(std::move(one));
}

}  // namespace

Result<std::string> check_optional_email(std::string_view text) {
  if (text.find_first_not_of(" \t\r\n") == std::string_view::npos) return std::string{};
  return fields::check_email(text);
}

Result<std::vector<IpNetwork>> check_allowed_ips(const std::vector<std::string>& given) {
  if (given.size() > kAllowedMax) return too_many("allowed_ips");
  std::vector<IpNetwork> networks;
  for (std::size_t i = 0; i < given.size(); ++i) {
    const Result<IpNetwork> network = IpNetwork::parse(given[i]);
    if (!network) {
      const Error& error = network.error();
      return fail(error.code, error.message, error.reason, fmt::format("allowed_ips[{}]", i));
    }
    add_once(networks, *network);
  }
  return networks;
}

Result<std::vector<std::string>> check_allowed_actions(const std::vector<std::string>& given) {
  if (given.size() > kAllowedMax) return too_many("allowed_actions");
  std::vector<std::string> actions;
  for (std::size_t i = 0; i < given.size(); ++i) {
    if (!is_action(given[i])) {
      return fail(
          Code::invalid_argument,
          fmt::format("An action is a word of 1 to {} of a-z, 0-9, _ . : and -, such as rent.", kActionBytesMax),
          "malformed_action", fmt::format("allowed_actions[{}]", i));
    }
    add_once(actions, given[i]);
  }
  return actions;
}

Result<void> check_metadata(std::string_view json) {
  if (json.size() <= kMetadataBytesMax) return {};
  return fail(Code::invalid_argument,
              fmt::format("metadata has {} bytes as JSON; at most {} are kept.", json.size(), kMetadataBytesMax),
              "too_long", "metadata");
}

Result<void> check_expiry(std::optional<Instant> expires_at, Instant now) {
  if (!expires_at || *expires_at > now) return {};
  return fail(Code::invalid_argument,
              fmt::format("{} has passed; choose a time to come, or leave expires_at out.", to_rfc3339(*expires_at)),
              "expires_in_past", "expires_at");
}

KeyStatus status_of(std::optional<Instant> revoked_at, std::optional<Instant> expires_at, Instant now) {
  if (revoked_at) return KeyStatus::revoked;
  return expires_at && *expires_at <= now ? KeyStatus::expired : KeyStatus::active;
}

Instant valid_until_after_rotation(std::optional<Instant> valid_until, Instant now, std::chrono::seconds grace) {
  return valid_until ? std::min(*valid_until, now) : now + grace;
}

Result<void> check_grace(std::chrono::seconds grace) {
  if (grace >= std::chrono::seconds{0} && grace <= kGraceMax) return {};
  return fail(Code::invalid_argument,
              fmt::format("The key so far can go on working for 0 to {} seconds (30 days).", kGraceMax.count()),
              "out_of_range", "grace_seconds");
}

}  // namespace keyledger::customers

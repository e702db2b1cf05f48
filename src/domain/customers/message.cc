#include "domain/customers/message.h"

#include <fmt/format.h>

#include <algorithm>

namespace keyledger::customers {
namespace {

std::string line(std::string_view name, std::string_view value) {
  return fmt::format("{:<14}{}\n", name, value);
}

/// A call that every key may make, unless it is held to other actions.
bool may_ask_for_stats(const std::vector<std::string>& allowed) {
  return allowed.empty() || std::ranges::find(allowed, "stats") != allowed.end();
}

}  // namespace

std::string message_for(const Secret& key, const MessageFacts& facts) {
  std::string out = "Here is your API key. It is shown this once only: keep it in a safe place.\n\n";
  out += fmt::format("    API_KEY='{}'\n\n", key.reveal());
  out += line("Base URL:", facts.base_url);
  out += line("Guide:", facts.base_url + "/docs");
  out += line("Limits:", facts.limits.empty() ? "none" : fmt::format("{}", fmt::join(facts.limits, ", ")));
  if (facts.expires_at) out += line("Valid until:", to_rfc3339(*facts.expires_at));
  if (!facts.allowed_ips.empty()) out += line("Only from:", fmt::format("{}", fmt::join(facts.allowed_ips, ", ")));
  if (!facts.allowed_actions.empty()) {
    out += line("Only for:", fmt::format("{}", fmt::join(facts.allowed_actions, ", ")));
  }
  if (facts.previous_valid_until) {
    out += line("Old key:", "works until " + to_rfc3339(*facts.previous_valid_until));
  }
  out += "\nSend the key with every request, in the header X-API-Key.";
  if (!may_ask_for_stats(facts.allowed_actions)) return out + "\n";
  return out + fmt::format(
                   " A first call, which tells what is left of your limit:\n\n"
                   "    curl -H \"X-API-Key: $API_KEY\" {}/api/stats/me\n",
                   facts.base_url);
}

}  // namespace keyledger::customers

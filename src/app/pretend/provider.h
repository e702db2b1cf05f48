// app/pretend/provider.h: a provider on loopback that answers like OpenAI, Anthropic and Brave, with made-up figures.
#pragma once

#include <memory>
#include <set>
#include <string>
#include <vector>

#include "app/pretend/figures.h"
#include "net/router.h"

namespace keyledger::app::pretend {

/// A key that the pretend provider knows.
struct DemoKey {
  std::string name{};
  std::string text{};
  std::string remote_id{};
  std::string project{};
  bool admin = false;
  bool revoked = false;  // answered with 401
};

/// Keys in the providers' forms, put together from a name so that no text that looks like a real key stands in the
/// program.
[[nodiscard]] std::vector<DemoKey> openai_keys();
[[nodiscard]] std::vector<DemoKey> anthropic_keys();
[[nodiscard]] std::vector<DemoKey> brave_keys();
[[nodiscard]] std::vector<Stream> openai_streams();
[[nodiscard]] std::vector<Stream> anthropic_streams();

/// Routes below /openai, /anthropic and /brave. `clock` outlives them.
[[nodiscard]] std::vector<net::Route> routes(const Clock* clock);

/// "sk-proj-****abcd", as long as the key: how a list of keys shows it.
[[nodiscard]] std::string redacted(const DemoKey& key);

}  // namespace keyledger::app::pretend

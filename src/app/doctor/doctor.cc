#include <algorithm>

#include "app/commands.h"
#include "app/doctor/facts.h"
#include "json/write.h"

namespace keyledger::app {
namespace {

/// The providers' own addresses stand in the table of settings, as defaults.
std::vector<ProviderAddress> addresses_of(const std::vector<Setting>& table) {
  std::vector<ProviderAddress> addresses;
  for (const Setting& setting : table) {
    constexpr std::string_view kSection = "providers.";
    if (setting.key != "base_url" || !setting.section.starts_with(kSection)) continue;
    const bool none = setting.default_text == "none";
    addresses.push_back({setting.section.substr(kSection.size()), "", none ? "" : setting.default_text, ""});
  }
  return addresses;
}

std::vector<Check> examine(Session& session) {
  const Settings& settings = session.settings();
  std::vector<Check> checks{judge_folder(look_at_folder(settings)), judge_key(look_at_key(settings)),
                            judge_database(look_at_database(settings)),
                            judge_clock(look_at_clock(settings, SystemClock{}.now())),
                            judge_server(look_at_server(settings))};
  if (session.on("--offline")) return checks;
  const std::vector<UsedAddress> addresses = used_addresses(settings, addresses_of(session.setting_table()));
  Progress progress(&session.console());
  if (!addresses.empty()) progress.show("Asking the providers' addresses");
  for (const ReachFacts& facts : reach(settings, addresses)) checks.push_back(judge_reach(facts));
  return checks;
}

Tone tone_of(CheckState state) {
  switch (state) {
    case CheckState::fine: return Tone::good;
    case CheckState::warn: return Tone::warn;
    case CheckState::fail: return Tone::bad;
  }
  std::unreachable();
}

}  // namespace

ExitCode doctor(Session& session) {
  const std::vector<Check> checks = examine(session);
  if (session.on("--json")) {
    json::Writer out;
    out.begin_object().name("healthy").boolean(!any_failed(checks)).name("checks");
    json::write(out, checks);
    session.print(out.end_object().take() + "\n");
  } else {
    std::vector<std::vector<Cell>> rows;
    for (const Check& check : checks) {
      const std::string state = boost::describe::enum_to_string(check.state, "");
      rows.push_back({{state, tone_of(check.state)}, {check.name}, {check.found}});
      if (!check.advice.empty()) rows.push_back({{""}, {""}, {"-> " + check.advice}});
    }
    session.print(
        render_table({{"State"}, {"What"}, {"Found"}}, rows, {.width = 0, .colour = session.console().style.colour}));
  }
  return any_failed(checks) ? ExitCode::failed : ExitCode::ok;
}

}  // namespace keyledger::app

#include "app/run.h"

#include <fmt/format.h>

#include <ostream>

#include "app/commands.h"
#include "app/transport.h"

namespace keyledger::app {
namespace {

/// The server that is named, else the one on this machine, else the data folder itself.
Result<std::unique_ptr<Transport>> connect(const Settings& settings, const std::optional<std::string>& server,
                                           const Secret& token, Console& console) {
  if (server) return server_transport(settings, *server, token.copy());
  if (server_runs(settings)) return socket_transport(settings);
  return inside_transport(settings, [&console](const Secret& password) {
    *console.err << "This made a new data folder. Owner password: " << password.reveal() << "\n";
  });
}

/// Commands speak for themselves: unless it is asked for, their log says only what went wrong.
void configure_log(const Settings& settings, const Command& command) {
  const bool server = command.run == serve || command.run == demo;
  const bool asked = settings.given.contains("log-level");
  log::configure(settings.log_format, server || asked ? settings.log_level : log::Level::error);
}

}  // namespace

ExitCode run(const std::vector<std::string>& words, Console& console, Surroundings surroundings) {
  const std::vector<Setting> table = setting_table(surroundings.providers);
  std::expected<Parsed, Stop> parsed = parse_command_line(commands(), table, words);
  if (!parsed) {
    (parsed.error().code == ExitCode::ok ? *console.out : *console.err) << parsed.error().text << std::flush;
    return parsed.error().code;
  }
  Settings settings;
  const bool independent = parsed->command->local && parsed->command->run != demo;
  if (!independent) {
    Result<Settings> resolved = resolve(table, {parsed->flags, surroundings.environment, surroundings.read});
    if (!resolved) {
      report(console, resolved.error());
      return ExitCode::usage;
    }
    settings = std::move(*resolved);
    settings.master_key = std::move(surroundings.master_key);
    configure_log(settings, *parsed->command);
  }
  const Command& command = *parsed->command;
  std::optional<std::string> server;
  if (const auto found = parsed->values.find("--server"); found != parsed->values.end()) server = found->second.back();
  Session session(&console, &settings, &table, std::move(*parsed),
                  [&] { return connect(settings, server, surroundings.token, console); });
  return command.run(session);
}

}  // namespace keyledger::app

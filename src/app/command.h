// app/command.h: the table of commands, and a command line taken apart by it. Help and completion come from the same
// table.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "app/console.h"
#include "app/exit_code.h"
#include "app/settings.h"

namespace keyledger::app {

class Session;

/// What a command takes. "--days" is an option, "ID" stands for itself in its place.
struct Argument {
  std::string name{};
  std::string value{};  // N, FILE, ...; empty for an option that is on or off
  std::string help{};
  std::vector<std::string> choices{};  // the words that it may be; empty: anything
  bool required = false;
  bool many = false;
  bool hidden = false;  // neither in the help nor completed: there only to be refused with a reason
};

struct Command {
  std::string words{};  // "keys add"
  std::string summary{};
  std::string details{};
  std::vector<Argument> arguments{};
  ExitCode (*run)(Session& session) = nullptr;
  bool all_settings = false;  // takes every setting as a flag, since it may run the server's work itself
  bool lists = false;         // takes --json and --csv
  bool local = false;         // has nothing to do with a data folder or a server
};

/// Every command, in the order of the help.
[[nodiscard]] const std::vector<Command>& commands();
/// "keys" -> "The provider keys you hold".
[[nodiscard]] std::string group_summary(const std::string& group);

struct Parsed {
  const Command* command = nullptr;
  std::map<std::string, std::vector<std::string>> values{};  // by argument name, as in the table
  std::map<std::string, std::vector<std::string>> flags{};   // settings, by setting name
};

/// A command line that leads to no command: help that was asked for (exit code ok), or what is wrong with it.
struct Stop {
  ExitCode code = ExitCode::ok;
  std::string text{};
};

/// The arguments of a command as its help shows them, with those that every command has.
[[nodiscard]] std::vector<Argument> arguments_of(const Command& command, const std::vector<Setting>& settings);

[[nodiscard]] std::expected<Parsed, Stop> parse_command_line(const std::vector<Command>& table,
                                                             const std::vector<Setting>& settings,
                                                             const std::vector<std::string>& words);

}  // namespace keyledger::app

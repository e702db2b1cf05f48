#include "app/command.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <list>

#include "app/text.h"

namespace keyledger::app {
namespace {

constexpr std::size_t kHelpColumn = 34;

/// The command-line library's objects, with the lists that it fills.
struct Built {
  CLI::App root{"Keyledger: the keys you hold, the keys you hand out, and what each one costs.", "keyledger"};
  struct Taker {
    CLI::App* app;
    const Command* command;
    Argument argument;
    std::vector<std::string> values{};
    bool on = false;
  };
  std::list<Taker> takers{};  // a list: the library keeps addresses of its elements
  std::map<std::string, CLI::App*> groups{};
  std::map<CLI::App*, const Command*> leaves{};
};

class Formatter final : public CLI::Formatter {
 public:
  std::string make_footer(const CLI::App* app) const override {
    const std::string footer = app->get_footer();
    return footer;
  }
};

std::string option_help(const Argument& argument) {
  std::string text = argument.help;
  if (!argument.choices.empty()) text += fmt::format(" ({})", fmt::join(argument.choices, ", "));
  return text;
}

void add_argument(Built& built, CLI::App* app, const Command* command, const Argument& argument) {
  Built::Taker& taker = built.takers.emplace_back(Built::Taker{app, command, argument});
  const bool option = argument.name.starts_with("-");
  const std::string help = option_help(argument);
  CLI::Option* made = nullptr;
  if (option && argument.value.empty()) {
    made = app->add_flag(argument.name, taker.on, help);
  } else {
    made = app->add_option(argument.name, taker.values, help);
    made->type_name(argument.value);
    // One value each time it is named, so that what follows is not swallowed.
    if (option || !argument.many) made->expected(1)->allow_extra_args(false);
    if (option && !argument.many) made->multi_option_policy(CLI::MultiOptionPolicy::Throw);
    if (!option && argument.many) made->expected(argument.required ? 1 : 0, 1 << 20);
    if (option && argument.many) made->expected(1, 1 << 20)->allow_extra_args(false);
    if (!argument.choices.empty()) {
      made->check(CLI::Validator(
          [choices = argument.choices](std::string& value) {
            if (std::ranges::find(choices, value) != choices.end()) return std::string{};
            return fmt::format("{} is none of {}", value, fmt::join(choices, ", "));
          },
          "", "choices"));
    }
  }
  if (argument.required) made->required();
  if (argument.hidden) made->group("");
}

CLI::App* group_app(Built& built, const std::string& group) {
  CLI::App*& app = built.groups[group];
  if (app == nullptr) {
    app = built.root.add_subcommand(group, group_summary(group));
    app->require_subcommand(1);
  }
  return app;
}

void add_command(Built& built, const Command& command, const std::vector<Setting>& settings) {
  const std::size_t blank = command.words.find(' ');
  CLI::App* parent = blank == std::string::npos ? &built.root : group_app(built, command.words.substr(0, blank));
  const std::string word = blank == std::string::npos ? command.words : command.words.substr(blank + 1);
  CLI::App* app = parent->add_subcommand(word, command.summary);
  std::string footer = command.details;
  if (command.all_settings) {
    footer += fmt::format(
        "{}Each setting can also stand in the environment or in keyledger.toml in the data folder; the "
        "flag wins, then the environment.\n",
        footer.empty() ? "" : "\n");
  }
  if (!footer.empty()) app->footer(footer);
  for (const Argument& argument : arguments_of(command, settings)) add_argument(built, app, &command, argument);
  built.leaves[app] = &command;
}

Parsed collect(const Built& built, const std::vector<Setting>& settings) {
  Parsed parsed;
  for (const auto& [app, command] : built.leaves) {
    if (app->parsed()) parsed.command = command;
  }
  for (const Built::Taker& taker : built.takers) {
    if (taker.command != nullptr && taker.command != parsed.command) continue;
    std::vector<std::string> values = taker.values;
    if (taker.on) values.emplace_back("true");
    if (values.empty()) continue;
    const std::string name = taker.argument.name.starts_with("--") ? taker.argument.name.substr(2) : "";
    const bool setting = std::ranges::any_of(settings, [&name](const Setting& each) { return each.name == name; });
    std::vector<std::string>& into = setting ? parsed.flags[name] : parsed.values[taker.argument.name];
    into.insert(into.end(), values.begin(), values.end());
  }
  return parsed;
}

std::string setting_help(const Setting& setting) {
  std::string where = setting.variable;
  if (!setting.key.empty()) {
    where += ", " + (setting.section.empty() ? setting.key : fmt::format("[{}] {}", setting.section, setting.key));
  }
  return fmt::format("{}; default: {} ({})", setting.help, setting.default_text, where);
}

Stop stop_of(Built& built, const CLI::Error& error) {
  const CLI::App* where = &built.root;
  std::string before;  // the words up to the command's last one
  while (!where->get_subcommands().empty()) {
    before += (before.empty() ? "" : " ") + where->get_name();
    where = where->get_subcommands().front();
  }
  const std::string words = (before.empty() ? "" : before + " ") + where->get_name();
  if (error.get_exit_code() == static_cast<int>(CLI::ExitCodes::Success)) return {ExitCode::ok, where->help(before)};
  return {ExitCode::usage, fmt::format("error: {}\nSee `{} --help`.\n", harmless(error.what()), words)};
}

}  // namespace

std::vector<Argument> arguments_of(const Command& command, const std::vector<Setting>& settings) {
  std::vector<Argument> arguments = command.arguments;
  if (command.lists) {
    arguments.push_back({.name = "--json", .help = "print the answer of the API as it is"});
    arguments.push_back({.name = "--csv", .help = "print comma-separated values"});
  }
  if (command.local) return arguments;
  for (const Setting& setting : settings) {
    if (!setting.general && !command.all_settings) continue;
    arguments.push_back(
        {.name = "--" + setting.name, .value = setting.value, .help = setting_help(setting), .many = setting.many});
  }
  if (!command.all_settings) {
    arguments.push_back(
        {.name = "--server",
         .value = "URL",
         .help = "ask this server, with the admin token in KEYLEDGER_TOKEN, not the one on this machine"});
  }
  return arguments;
}

std::expected<Parsed, Stop> parse_command_line(const std::vector<Command>& table, const std::vector<Setting>& settings,
                                               const std::vector<std::string>& words) {
  Built built;
  const auto formatter = std::make_shared<Formatter>();
  formatter->column_width(kHelpColumn);
  built.root.formatter(formatter);
  built.root.require_subcommand(1);
  built.root.footer(exit_codes_help());
  for (const Setting& setting : settings) {
    if (setting.general) {
      add_argument(built, &built.root, nullptr,
                   {.name = "--" + setting.name, .value = setting.value, .help = setting_help(setting)});
    }
  }
  for (const Command& command : table) add_command(built, command, settings);
  std::vector<std::string> reversed(words.rbegin(), words.rend());
  try {
    built.root.parse(reversed);
  } catch (const CLI::Error& error) {
    return std::unexpected(stop_of(built, error));
  }
  return collect(built, settings);
}

}  // namespace keyledger::app

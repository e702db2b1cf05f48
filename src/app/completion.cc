#include "app/completion.h"

#include <fmt/format.h>

#include <algorithm>

namespace keyledger::app {
namespace {

/// What can follow some words: the next words, or the options of a command.
struct Node {
  std::string words{};  // "", "keys", "keys add"
  std::vector<std::pair<std::string, std::string>> next{};
  std::vector<Argument> options{};
};

void add_unique(Node& node, const std::string& word, const std::string& summary) {
  const auto same = [&word](const auto& each) { return each.first == word; };
  if (std::ranges::none_of(node.next, same)) node.next.emplace_back(word, summary);
}

std::vector<Node> nodes_of(const std::vector<Command>& table, const std::vector<Setting>& settings) {
  std::vector<Node> nodes(1);
  for (const Command& command : table) {
    const std::size_t blank = command.words.find(' ');
    const std::string first = command.words.substr(0, blank);
    add_unique(nodes.front(), first, blank == std::string::npos ? command.summary : group_summary(first));
    if (blank != std::string::npos) {
      auto group = std::ranges::find(nodes, first, &Node::words);
      if (group == nodes.end()) group = nodes.insert(nodes.end(), Node{first});
      add_unique(*group, command.words.substr(blank + 1), command.summary);
    }
    Node leaf{command.words};
    for (const Argument& argument : arguments_of(command, settings)) {
      if (!argument.hidden) leaf.options.push_back(argument);
    }
    leaf.options.push_back({.name = "--help", .help = "show help"});
    nodes.push_back(std::move(leaf));
  }
  return nodes;
}

bool is_option(const Argument& argument) {
  return argument.name.starts_with("-");
}

bool takes_file(const Argument& argument) {
  return argument.value.starts_with("FILE") || argument.value == "FOLDER";
}

/// Text between single quotes of a shell.
std::string shell_quoted(std::string_view text) {
  std::string out = "'";
  for (const char c : text) out += c == '\'' ? std::string{"'\\''"} : std::string(1, c);
  return out + "'";
}

std::string first_sentence(std::string_view text) {
  return std::string{text.substr(0, text.find_first_of(";("))};
}

/// The words that may come in the place of a value: the choices of a positional.
std::string positional_choices(const Node& node) {
  std::string words;
  for (const Argument& option : node.options) {
    if (!is_option(option)) words += fmt::format(" {}", fmt::join(option.choices, " "));
  }
  return words;
}

std::string bash_cases(const std::vector<Node>& nodes) {
  std::string out;
  for (const Node& node : nodes) {
    std::string words = positional_choices(node);
    for (const auto& [word, summary] : node.next) words += " " + word;
    for (const Argument& option : node.options) {
      if (is_option(option)) words += " " + option.name;
    }
    out += fmt::format("    {}) words={} ;;\n", shell_quoted(node.words),
                       shell_quoted(words.substr(std::min<std::size_t>(words.size(), 1))));
  }
  return out;
}

std::string bash_values(const std::vector<Node>& nodes) {
  std::string out;
  for (const Node& node : nodes) {
    for (const Argument& option : node.options) {
      if (!is_option(option) || option.value.empty()) continue;
      const std::string reply = takes_file(option)
                                    ? "COMPREPLY=($(compgen -f -- \"$current\"))"
                                    : fmt::format("COMPREPLY=($(compgen -W {} -- \"$current\"))",
                                                  shell_quoted(fmt::format("{}", fmt::join(option.choices, " "))));
      out += fmt::format("    {}) {}; return ;;\n", shell_quoted(node.words + " " + option.name), reply);
    }
  }
  return out;
}

std::string bash_script(const std::vector<Node>& nodes) {
  return fmt::format(R"(# bash completion for keyledger
_keyledger() {{
  local current=${{COMP_WORDS[COMP_CWORD]}} previous=${{COMP_WORDS[COMP_CWORD-1]}} path='' words='' i word
  for ((i = 1; i < COMP_CWORD; i++)); do
    word=${{COMP_WORDS[i]}}
    case "$word" in -*) break ;; esac
    case {paths} in *"|${{path:+$path }}$word|"*) path=${{path:+$path }}$word ;; *) break ;; esac
  done
  case "$path $previous" in
{values}  esac
  case "$path" in
{cases}  esac
  COMPREPLY=($(compgen -W "$words" -- "$current"))
}}
complete -F _keyledger keyledger
)",
                     fmt::arg("paths",
                              [&nodes] {
                                std::string paths = "|";
                                for (const Node& node : nodes) paths += node.words + "|";
                                return shell_quoted(paths);
                              }()),
                     fmt::arg("values", bash_values(nodes)), fmt::arg("cases", bash_cases(nodes)));
}

/// A line of zsh's _arguments for one option or positional.
std::string zsh_spec(const Argument& argument) {
  std::string help = first_sentence(argument.help);
  std::string value = argument.value;
  for (std::string* text : {&help, &value}) {
    std::erase_if(*text, [](char c) { return c == '[' || c == ']' || c == ':'; });
  }
  const std::string action = takes_file(argument)       ? "_files"
                             : argument.choices.empty() ? " "
                                                        : fmt::format("({})", fmt::join(argument.choices, " "));
  if (!is_option(argument))
    return shell_quoted(fmt::format("{}:{}:{}", argument.many ? "*" : "", argument.name, action));
  if (!value.empty()) value = fmt::format(":{}:{}", value, action);
  return shell_quoted(fmt::format("{}{}[{}]{}", argument.many ? "*" : "", argument.name, help, value));
}

std::string zsh_script(const std::vector<Node>& nodes) {
  std::string cases;
  for (const Node& node : nodes) {
    cases += fmt::format("    {})\n", shell_quoted(node.words));
    if (!node.next.empty()) {
      cases += "      local -a next=(\n";
      for (const auto& [word, summary] : node.next)
        cases += fmt::format("        {}\n", shell_quoted(word + ":" + summary));
      cases += "      )\n      _describe command next\n";
    } else {
      cases += "      _arguments -S";
      for (const Argument& option : node.options) cases += fmt::format(" \\\n        {}", zsh_spec(option));
      cases += "\n";
    }
    cases += "      ;;\n";
  }
  std::string paths = "|";
  for (const Node& node : nodes) paths += node.words + "|";
  return fmt::format(R"(#compdef keyledger
_keyledger() {{
  local command='' i
  local paths={}
  for ((i = 2; i < CURRENT; i++)); do
    [[ $paths == *"|${{command:+$command }}${{words[i]}}|"* ]] || break
    command=${{command:+$command }}${{words[i]}}
  done
  if ((i > 2)); then
    shift $((i - 2)) words
    ((CURRENT -= i - 2))
  fi
  case $command in
{}  esac
}}
compdef _keyledger keyledger
)",
                     shell_quoted(paths), cases);
}

std::string fish_condition(const std::string& words) {
  if (words.empty()) return "__fish_use_subcommand";
  const std::size_t blank = words.find(' ');
  if (blank == std::string::npos) return "__fish_seen_subcommand_from " + words;
  return fmt::format("__fish_seen_subcommand_from {}; and __fish_seen_subcommand_from {}", words.substr(0, blank),
                     words.substr(blank + 1));
}

std::string fish_script(const std::vector<Node>& nodes) {
  std::string out = "# fish completion for keyledger\ncomplete -c keyledger -f\n";
  for (const Node& node : nodes) {
    std::string others;
    for (const auto& [word, summary] : node.next) others += " " + word;
    for (const auto& [word, summary] : node.next) {
      const std::string condition = node.words.empty() ? fish_condition("")
                                                       : fmt::format("{}; and not __fish_seen_subcommand_from{}",
                                                                     fish_condition(node.words), others);
      out += fmt::format("complete -c keyledger -n {} -a {} -d {}\n", shell_quoted(condition), word,
                         shell_quoted(summary));
    }
    for (const Argument& option : node.options) {
      const std::string words = fmt::format("{}", fmt::join(option.choices, " "));
      if (!is_option(option)) {
        if (!words.empty()) {
          out += fmt::format("complete -c keyledger -n {} -a {}\n", shell_quoted(fish_condition(node.words)),
                             shell_quoted(words));
        }
        continue;
      }
      std::string value;
      if (!option.value.empty()) value = takes_file(option) ? " -r -F" : fmt::format(" -x -a {}", shell_quoted(words));
      out += fmt::format("complete -c keyledger -n {} -l {}{} -d {}\n", shell_quoted(fish_condition(node.words)),
                         option.name.substr(2), value, shell_quoted(first_sentence(option.help)));
    }
  }
  return out;
}

}  // namespace

std::string completion_script(Shell shell, const std::vector<Command>& table, const std::vector<Setting>& settings) {
  const std::vector<Node> nodes = nodes_of(table, settings);
  switch (shell) {
    case Shell::bash: return bash_script(nodes);
    case Shell::zsh: return zsh_script(nodes);
    case Shell::fish: return fish_script(nodes);
  }
  std::unreachable();
}

}  // namespace keyledger::app

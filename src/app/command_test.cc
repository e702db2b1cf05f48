#include "app/command.h"

#include <gtest/gtest.h>

#include <set>

#include "app/commands.h"
#include "app/completion.h"

namespace keyledger::app {
namespace {

std::expected<Parsed, Stop> parse(const std::vector<std::string>& words) {
  static const std::vector<Setting> kTable = setting_table({{"openai", "OpenAI", "https://api.openai.com/v1", ""}});
  return parse_command_line(commands(), kTable, words);
}

TEST(CommandLine, ArgumentsLandWhereTheyBelong) {
  const std::expected<Parsed, Stop> usage = parse({"usage", "--days", "30", "--data-dir", "/d", "--json"});
  ASSERT_TRUE(usage) << usage.error().text;
  EXPECT_EQ(usage->command->run, show_usage);
  EXPECT_EQ(usage->values.at("--days"), std::vector<std::string>{"30"});
  EXPECT_EQ(usage->values.count("--json"), 1u);
  EXPECT_EQ(usage->flags.at("data-dir"), std::vector<std::string>{"/d"});

  const std::expected<Parsed, Stop> test = parse({"keys", "test", "3", "4"});
  ASSERT_TRUE(test) << test.error().text;
  EXPECT_EQ(test->values.at("ID"), (std::vector<std::string>{"3", "4"}));

  const std::expected<Parsed, Stop> server =
      parse({"serve", "--listen=127.0.0.1:0", "--host-names", "a", "--host-names", "b", "--allow-insecure-http",
             "--openai-base-url", "http://127.0.0.1:1"});
  ASSERT_TRUE(server) << server.error().text;
  EXPECT_EQ(server->flags.at("host-names"), (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(server->flags.at("allow-insecure-http"), std::vector<std::string>{"true"});
  EXPECT_EQ(server->flags.at("openai-base-url"), std::vector<std::string>{"http://127.0.0.1:1"});
}

TEST(CommandLine, TheDataFolderMayStandBeforeTheCommand) {
  const std::expected<Parsed, Stop> parsed = parse({"--data-dir", "/d", "keys", "list"});
  ASSERT_TRUE(parsed) << parsed.error().text;
  EXPECT_EQ(parsed->flags.at("data-dir"), std::vector<std::string>{"/d"});
}

TEST(CommandLine, WhatIsWrongIsExitCodeTwo) {
  const std::vector<std::vector<std::string>> cases{
      {},
      {"nonsense"},
      {"keys"},
      {"keys", "nonsense"},
      {"keys", "show"},
      {"keys", "show", "1", "2"},
      {"keys", "add", "--name", "x"},
      {"usage", "--group-by", "moon"},
      {"usage", "--days"},
      {"usage", "--days", "7", "--days", "30"},
      {"completion", "tcsh"},
      {"keys", "list", "--listen", "x"},
  };
  for (const std::vector<std::string>& words : cases) {
    SCOPED_TRACE(testing::PrintToString(words));
    const std::expected<Parsed, Stop> parsed = parse(words);
    ASSERT_FALSE(parsed);
    EXPECT_EQ(parsed.error().code, ExitCode::usage);
    EXPECT_TRUE(parsed.error().text.starts_with("error: ")) << parsed.error().text;
  }
}

TEST(CommandLine, HelpListsEverySettingWithItsDefault) {
  const std::expected<Parsed, Stop> help = parse({"serve", "--help"});
  ASSERT_FALSE(help);
  EXPECT_EQ(help.error().code, ExitCode::ok);
  for (const Setting& setting : setting_table({{"openai", "OpenAI", "https://api.openai.com/v1", ""}})) {
    EXPECT_NE(help.error().text.find("--" + setting.name), std::string::npos) << setting.name;
    EXPECT_NE(help.error().text.find(setting.variable), std::string::npos) << setting.name;
  }
  EXPECT_NE(help.error().text.find("127.0.0.1:5000"), std::string::npos);
  EXPECT_NE(parse({"--help"}).error().text.find("Exit codes:"), std::string::npos);
  EXPECT_EQ(parse({"keys", "add", "--help"}).error().text.find("--full-key"), std::string::npos);
}

TEST(CommandLine, NoTwoCommandsShareTheirWords) {
  std::set<std::string> words;
  for (const Command& command : commands()) {
    EXPECT_TRUE(words.insert(command.words).second) << command.words;
    EXPECT_FALSE(command.summary.empty()) << command.words;
    EXPECT_NE(command.run, nullptr) << command.words;
    const std::size_t blank = command.words.find(' ');
    if (blank == std::string::npos) continue;
    EXPECT_FALSE(group_summary(command.words.substr(0, blank)).empty()) << command.words;
  }
}

TEST(Completion, KnowsEveryCommandAndOption) {
  const std::vector<Setting> settings = setting_table({});
  for (const Shell shell : {Shell::bash, Shell::zsh, Shell::fish}) {
    const std::string script = completion_script(shell, commands(), settings);
    for (const Command& command : commands()) {
      const std::string last = command.words.substr(command.words.find(' ') + 1);
      EXPECT_NE(script.find(last), std::string::npos) << command.words;
      for (const Argument& argument : command.arguments) {
        if (argument.hidden || !argument.name.starts_with("--")) continue;
        EXPECT_NE(script.find(argument.name.substr(2)), std::string::npos) << command.words << " " << argument.name;
      }
    }
    EXPECT_EQ(script.find("full-key"), std::string::npos);
  }
}

TEST(ExitCodes, SayWhatKindOfFailureItWas) {
  EXPECT_EQ(exit_code_of(Code::not_found), ExitCode::not_found);
  EXPECT_EQ(exit_code_of(Code::unavailable), ExitCode::unavailable);
  EXPECT_EQ(exit_code_of(Code::limit_exceeded), ExitCode::unavailable);
  EXPECT_EQ(exit_code_of(Code::unauthenticated), ExitCode::refused);
  EXPECT_EQ(exit_code_of(Code::forbidden), ExitCode::refused);
  EXPECT_EQ(exit_code_of(Code::conflict), ExitCode::failed);
}

}  // namespace
}  // namespace keyledger::app

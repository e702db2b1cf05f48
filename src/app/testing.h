// app/testing.h: for tests only. Commands that run against a scripted API.
#pragma once

#include <gtest/gtest.h>

#include <deque>
#include <sstream>

#include "app/commands.h"

namespace keyledger::app::testing {

struct Asked {
  net::Method method;
  std::string target, body;
};

/// Answers from a script and notes what was asked.
class ScriptedTransport final : public Transport {
 public:
  ScriptedTransport(std::deque<net::ClientReply>* replies, std::vector<Asked>* asked)
      : replies_(replies), asked_(asked) {}
  Result<net::ClientReply> call(net::Method method, std::string target, std::string body, net::Headers) override {
    asked_->push_back({method, std::move(target), std::move(body)});
    if (replies_->empty()) return fail(Code::unavailable, "Nobody answers.", "connection_refused");
    net::ClientReply reply = std::move(replies_->front());
    replies_->pop_front();
    return reply;
  }

 private:
  std::deque<net::ClientReply>* replies_;
  std::vector<Asked>* asked_;
};

class CommandsTest : public ::testing::Test {
 protected:
  ExitCode run(const std::vector<std::string>& words) {
    Console console{.in = &in_, .out = &out_, .err = &err_};
    console.in_terminal = terminal_;
    console.ask_secret = [](std::string_view) -> Result<Secret> { return Secret{std::string{"typed-key"}}; };
    console.pause = [this](std::chrono::milliseconds) { ++pauses_; };
    const std::vector<Setting> table = setting_table({});
    std::expected<Parsed, Stop> parsed = parse_command_line(commands(), table, words);
    if (!parsed) return parsed.error().code;
    const Command* command = parsed->command;
    Session session(&console, &settings_, &table, std::move(*parsed), [this]() -> Result<std::unique_ptr<Transport>> {
      return std::make_unique<ScriptedTransport>(&replies_, &asked_);
    });
    return command->run(session);
  }
  void answer(unsigned status, std::string body) { replies_.push_back({status, {}, std::move(body)}); }

  std::istringstream in_;
  std::ostringstream out_, err_;
  bool terminal_ = false;
  int pauses_ = 0;
  Settings settings_;
  std::deque<net::ClientReply> replies_;
  std::vector<Asked> asked_;
};

}  // namespace keyledger::app::testing

// app/session.h: what a command works with: its arguments, the API, the terminal.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "app/api_client.h"
#include "app/command.h"
#include "app/console.h"
#include "app/view.h"

namespace keyledger::app {

using Connect = std::function<Result<std::unique_ptr<Transport>>()>;

class Session {
 public:
  Session(Console* console, const Settings* settings, const std::vector<Setting>* setting_table, Parsed parsed,
          Connect connect)
      : console_(console),
        settings_(settings),
        setting_table_(setting_table),
        parsed_(std::move(parsed)),
        connect_(std::move(connect)) {}

  [[nodiscard]] Console& console() { return *console_; }
  [[nodiscard]] const Settings& settings() const { return *settings_; }
  [[nodiscard]] const std::vector<Setting>& setting_table() const { return *setting_table_; }

  [[nodiscard]] bool on(const std::string& name) const { return parsed_.values.contains(name); }
  [[nodiscard]] std::optional<std::string> value(const std::string& name) const;
  [[nodiscard]] std::string text(const std::string& name) const { return value(name).value_or(""); }
  [[nodiscard]] std::vector<std::string> values(const std::string& name) const;
  /// A whole number above 0 as its digits, or nothing. Errors: invalid_argument, reason usage.
  [[nodiscard]] Result<std::optional<std::string>> number(const std::string& name) const;

  /// Connected at the first call.
  [[nodiscard]] Result<ApiClient*> api();

  /// Reads a provider key from --key-file, from the terminal without showing it, or from what is piped in. Never from
  /// the command line, which everybody on the machine can see.
  [[nodiscard]] Result<Secret> read_key(std::string_view prompt);

  /// Tells what went wrong, and gives the exit code for it.
  ExitCode failed(const Error& error);
  /// A list as table, --json or --csv; `empty` is what people read when there is nothing in it.
  ExitCode show_list(const Result<Answer>& answer, const Columns& columns, std::string_view empty);
  /// One thing as a card, --json or --csv.
  ExitCode show_one(const Result<Answer>& answer, const Columns& columns);
  /// A sentence for people, on the error stream where the output is for a program.
  void say(std::string_view sentence);
  void print(std::string_view text);

 private:
  Console* console_;
  const Settings* settings_;
  const std::vector<Setting>* setting_table_;
  Parsed parsed_;
  Connect connect_;
  std::unique_ptr<Transport> transport_{};
  std::unique_ptr<ApiClient> api_{};
};

/// The error of a command line that is wrong in itself: exit code 2.
[[nodiscard]] std::unexpected<Error> usage_error(std::string message);

}  // namespace keyledger::app

// app/console.h: the terminal, or what stands in for it, as commands see it.
#pragma once

#include <functional>
#include <iosfwd>
#include <string>
#include <string_view>

#include "app/table.h"
#include "base/error.h"
#include "base/secret.h"

namespace keyledger::app {

struct Console {
  std::istream* in;
  std::ostream* out;
  std::ostream* err;
  bool in_terminal = false;   // a person types
  bool out_terminal = false;  // a person reads
  bool err_terminal = false;
  TableStyle style{};
  /// Asks on the terminal without showing what is typed. Errors: unavailable, where there is no terminal.
  std::function<Result<Secret>(std::string_view prompt)> ask_secret{};
  std::function<void(std::chrono::milliseconds)> pause{};
};

/// The process's own standard streams. Colour only on a terminal, not with NO_COLOR or TERM=dumb.
[[nodiscard]] Console system_console();

/// One line that is overwritten on a terminal, and a line of its own every now and then elsewhere.
class Progress {
 public:
  explicit Progress(Console* console) : console_(console) {}
  ~Progress();  // leaves an empty line for what follows
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;
  void show(std::string_view text);

 private:
  Console* console_;
  std::string last_{};
};

/// "error: <sentence> (code)" on the error stream, with the field where one is meant.
void report(Console& console, const Error& error);

}  // namespace keyledger::app

#include "app/console.h"

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include <cstdlib>
#include <iostream>
#include <thread>

#include "app/text.h"

namespace keyledger::app {
namespace {

constexpr std::size_t kSecretMax = 4096;

bool variable_set(const char* name) {
  const char* value = std::getenv(name);
  return value != nullptr && *value != '\0';
}

std::size_t terminal_width() {
  winsize size{};
  if (::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0) return 0;
  return size.ws_col;
}

/// Switches the terminal's echo off, and back on at the end of a function.
class NoEcho {
 public:
  NoEcho() {
    if (::tcgetattr(STDIN_FILENO, &before_) != 0) return;
    termios quiet = before_;
    quiet.c_lflag &= ~static_cast<tcflag_t>(ECHO);
    active_ = ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &quiet) == 0;
  }
  ~NoEcho() {
    if (active_) ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &before_);
  }
  NoEcho(const NoEcho&) = delete;
  NoEcho& operator=(const NoEcho&) = delete;
  [[nodiscard]] bool active() const { return active_; }

 private:
  termios before_{};
  bool active_ = false;
};

Result<Secret> ask_on_terminal(std::string_view prompt) {
  const NoEcho quiet;
  if (!quiet.active()) return fail(Code::unavailable, "There is no terminal to ask on.", "no_terminal");
  std::cerr << prompt << std::flush;
  std::string line;
  line.reserve(kSecretMax);  // no copy is left behind by growing
  for (int c = std::cin.get(); c != '\n' && c != EOF && line.size() < kSecretMax; c = std::cin.get()) {
    line += static_cast<char>(c);
  }
  std::cerr << '\n';
  return Secret{std::move(line)};
}

}  // namespace

Console system_console() {
  Console console;
  console.in = &std::cin;
  console.out = &std::cout;
  console.err = &std::cerr;
  console.in_terminal = ::isatty(STDIN_FILENO) == 1;
  console.out_terminal = ::isatty(STDOUT_FILENO) == 1;
  console.err_terminal = ::isatty(STDERR_FILENO) == 1;
  const char* terminal = std::getenv("TERM");
  const bool dumb = terminal != nullptr && std::string_view{terminal} == "dumb";
  console.style.colour = console.out_terminal && !variable_set("NO_COLOR") && !dumb;
  console.style.width = console.out_terminal ? terminal_width() : 0;
  console.ask_secret = ask_on_terminal;
  console.pause = [](std::chrono::milliseconds duration) { std::this_thread::sleep_for(duration); };
  return console;
}

Progress::~Progress() {
  if (console_->err_terminal && !last_.empty()) *console_->err << "\r\033[K" << std::flush;
}

void Progress::show(std::string_view text) {
  std::string line = harmless(text);
  if (line == last_) return;
  if (console_->err_terminal) {
    *console_->err << "\r\033[K" << line << std::flush;
  } else {
    *console_->err << line << '\n';
  }
  last_ = std::move(line);
}

void report(Console& console, const Error& error) {
  const std::string code = error.reason.empty() ? std::string{to_string(error.code)} : error.reason;
  const std::string field = error.field.empty() ? "" : fmt::format("{}: ", error.field);
  const bool colour = console.err_terminal && console.style.colour;
  *console.err << toned("error:", Tone::bad, colour) << ' '
               << harmless(fmt::format("{}{} ({})", field, error.message, code)) << '\n';
}

}  // namespace keyledger::app

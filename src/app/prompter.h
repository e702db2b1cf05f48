// app/prompter.h: asks a person, or a script, one line at a time.
#pragma once

#include <expected>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "app/console.h"

namespace keyledger::app {

class Prompter {
 public:
  /// Why there is no answer: what came was no good kTriesMax times, or the input is at its end.
  enum class Leave { given_up, ended };
  using Answer = std::expected<std::string, Leave>;
  /// The answer as it is to be used, or a sentence about what is wrong with it.
  using Check = std::function<Result<std::string>(const std::string&)>;

  static constexpr int kTriesMax = 3;
  static constexpr std::size_t kLineBytesMax = 16 << 10;  // what goes beyond is cut off

  explicit Prompter(Console* console) : console_(console) {}

  /// Asks until the answer is good. Blanks around it are taken off.
  [[nodiscard]] Answer ask(std::string_view prompt, const Check& check);

 private:
  [[nodiscard]] std::optional<std::string> read_line();
  Console* console_;
};

}  // namespace keyledger::app

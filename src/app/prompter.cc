#include "app/prompter.h"

#include <istream>
#include <ostream>

#include "app/text.h"

namespace keyledger::app {
namespace {

std::string trimmed(const std::string& text) {
  constexpr std::string_view kBlanks = " \t\r";
  const std::size_t first = text.find_first_not_of(kBlanks);
  if (first == std::string::npos) return {};
  return text.substr(first, text.find_last_not_of(kBlanks) + 1 - first);
}

}  // namespace

Prompter::Answer Prompter::ask(std::string_view prompt, const Check& check) {
  std::ostream& out = *console_->out;
  for (int tries = 0; tries < kTriesMax; ++tries) {
    out << prompt << std::flush;
    const std::optional<std::string> line = read_line();
    // A person's Enter moves the terminal on; a script's answers do not show.
    if (!line || !console_->in_terminal) out << '\n';
    if (!line) return std::unexpected(Leave::ended);
    Result<std::string> good = check(trimmed(*line));
    if (good) return std::move(*good);
    out << "  " << toned(harmless(good.error().message), Tone::warn, console_->style.colour) << '\n';
  }
  return std::unexpected(Leave::given_up);
}

std::optional<std::string> Prompter::read_line() {
  std::istream& in = *console_->in;
  std::string line;
  bool any = false;
  for (int c = in.get(); c != std::istream::traits_type::eof(); c = in.get()) {
    any = true;
    if (c == '\n') return line;
    if (line.size() < kLineBytesMax) line += static_cast<char>(c);
  }
  if (!any) return std::nullopt;
  return line;  // the last line of a script may end without a line break
}

}  // namespace keyledger::app

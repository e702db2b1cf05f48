#include "app/session.h"

#include <fmt/format.h>

#include <charconv>
#include <iostream>
#include <iterator>

#include "app/text.h"

namespace keyledger::app {
namespace {

constexpr std::size_t kKeyTextMax = 8192;

/// The first kKeyTextMax bytes of a stream, without line breaks at the end.
Secret read_secret(std::istream& in) {
  std::string text(kKeyTextMax, '\0');
  in.read(text.data(), static_cast<std::streamsize>(text.size()));
  std::size_t length = static_cast<std::size_t>(in.gcount());
  while (length > 0 && (text[length - 1] == '\n' || text[length - 1] == '\r')) --length;
  Secret secret{text.substr(0, length)};
  wipe(text);
  return secret;
}

}  // namespace

std::unexpected<Error> usage_error(std::string message) {
  return fail(Code::invalid_argument, std::move(message), "usage");
}

std::optional<std::string> Session::value(const std::string& name) const {
  const auto found = parsed_.values.find(name);
  if (found == parsed_.values.end() || found->second.empty()) return std::nullopt;
  return found->second.back();
}

std::vector<std::string> Session::values(const std::string& name) const {
  const auto found = parsed_.values.find(name);
  return found == parsed_.values.end() ? std::vector<std::string>{} : found->second;
}

Result<std::optional<std::string>> Session::number(const std::string& name) const {
  std::optional<std::string> text = value(name);
  if (!text) return text;
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), number);
  if (error != std::errc{} || end != text->data() + text->size() || number < 1) {
    return usage_error(fmt::format("{} is a whole number above 0, not {}.", name, *text));
  }
  return std::optional{std::to_string(number)};
}

Result<ApiClient*> Session::api() {
  if (!api_) {
    Result<std::unique_ptr<Transport>> transport = connect_();
    if (!transport) return std::unexpected(transport.error());
    transport_ = std::move(*transport);
    api_ = std::make_unique<ApiClient>(transport_.get());
  }
  return api_.get();
}

Result<Secret> Session::read_key(std::string_view prompt) {
  if (on("--full-key")) {
    return usage_error(
        "A key on the command line can be seen by everybody on this machine and stays in the shell's history. Give it "
        "with --key-file FILE, pipe it in, or type it when asked. Take the one you gave here for exposed: replace it.");
  }
  const std::optional<std::string> file = value("--key-file");
  if (file && *file != "-") {
    const Result<std::optional<std::string>> text = read_text_file(*file);
    if (!text) return std::unexpected(text.error());
    if (!*text) return fail(Code::not_found, fmt::format("There is no file {}.", *file), "no_such_file");
    return Secret{std::string{**text}};
  }
  if (!file && console_->in_terminal) return console_->ask_secret(prompt);
  Secret secret = read_secret(*console_->in);
  if (secret.empty()) return usage_error("No key came in; pipe it in, or give --key-file FILE.");
  return secret;
}

ExitCode Session::failed(const Error& error) {
  report(*console_, error);
  return error.reason == "usage" ? ExitCode::usage : exit_code_of(error.code);
}

ExitCode Session::show_list(const Result<Answer>& answer, const Columns& columns, std::string_view empty) {
  if (!answer) return failed(answer.error());
  const json::Array& rows = answer->value["data"].items();
  if (on("--json")) {
    print(answer->text + "\n");
  } else if (on("--csv")) {
    print(to_csv(columns, rows));
  } else if (rows.empty()) {
    say(empty);
  } else {
    print(to_table(columns, rows, console_->style));
  }
  return ExitCode::ok;
}

ExitCode Session::show_one(const Result<Answer>& answer, const Columns& columns) {
  if (!answer) return failed(answer.error());
  if (on("--json")) {
    print(answer->text + "\n");
  } else if (on("--csv")) {
    print(to_csv(columns, {answer->value}));
  } else {
    print(to_card(columns, answer->value, console_->style));
  }
  return ExitCode::ok;
}

void Session::say(std::string_view sentence) {
  std::ostream& out = on("--json") || on("--csv") ? *console_->err : *console_->out;
  out << harmless(sentence) << '\n';
}

void Session::print(std::string_view text) {
  *console_->out << text << std::flush;
}

}  // namespace keyledger::app

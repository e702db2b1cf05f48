#include <fmt/format.h>

#include <array>
#include <charconv>
#include <ostream>

#include "app/commands.h"
#include "app/customer_views.h"
#include "app/prompter.h"
#include "app/text.h"
#include "base/fields.h"
#include "domain/customers/rules.h"

namespace keyledger::app {
namespace {

constexpr std::string_view kRateLimitDefault = "100";
constexpr std::int64_t kRateLimitMax = 1'000'000'000'000;  // what the API takes; it has the last word
constexpr std::string_view kDaysDefault = "30";
constexpr std::int64_t kDaysMax = 366;
constexpr std::size_t kRecentOfKey = 10;
constexpr std::size_t kRecentOfAll = 20;

std::unexpected<Error> wrong(std::string sentence) {
  return fail(Code::invalid_argument, std::move(sentence));
}

/// A whole number in this range, as its digits; `empty` stands for nothing at all.
Result<std::string> check_number(const std::string& text, std::int64_t least, std::int64_t most,
                                 std::string_view empty = {}) {
  const std::string_view given = text.empty() ? empty : std::string_view{text};
  std::int64_t number = 0;
  const char* const end = given.data() + given.size();
  const auto [rest, error] = std::from_chars(given.data(), end, number);
  if (error == std::errc{} && rest == end && number >= least && number <= most) return std::to_string(number);
  return wrong(fmt::format("Type a whole number from {} to {}.", grouped(least), grouped(most)));
}

Result<std::string> check_yes_or_no(const std::string& text) {
  const std::string word = fields::fold_email(text);
  if (word == "yes" || word == "y") return std::string{"yes"};
  if (word == "no" || word == "n") return std::string{"no"};
  return wrong("Type yes or no.");
}

class Menu {
 public:
  Menu(Session* session, ApiClient* api)
      : console_(&session->console()), api_(api), prompter_(console_), style_(console_->style) {}

  /// Until Exit or the end of the input.
  void run() {
    while (!ended_) {
      show_entries();
      const Prompter::Answer choice = ask("Choose 1 to 7: ", [](const std::string& text) {
        const Result<std::string> number = check_number(text, 1, static_cast<std::int64_t>(kEntries.size()));
        return number ? number : Result<std::string>{wrong("There is no such entry; type a number from 1 to 7.")};
      });
      if (!choice) continue;
      const Entry& entry = kEntries[static_cast<std::size_t>(choice->front() - '1')];
      if (entry.act == nullptr) return;
      (this->*entry.act)();
    }
  }

 private:
  struct Entry {
    std::string_view words;
    void (Menu::*act)();  // none: Exit
  };
  static const std::array<Entry, 7> kEntries;

  void print(std::string_view text) { *console_->out << text << std::flush; }
  void heading(std::string_view text) { print(fmt::format("\n{}\n\n", toned(text, Tone::good, style_.colour))); }
  void show_entries() {
    heading("Keyledger: the keys you hand out");
    for (std::size_t i = 0; i < kEntries.size(); ++i) print(fmt::format("  {}  {}\n", i + 1, kEntries[i].words));
    print("\n");
  }

  Prompter::Answer ask(std::string_view prompt, const Prompter::Check& check) {
    Prompter::Answer answer = prompter_.ask(prompt, check);
    ended_ = ended_ || (!answer && answer.error() == Prompter::Leave::ended);
    if (!answer && !ended_) print("Back to the menu.\n");
    return answer;
  }

  /// Asks for the id of a key that there is; answers the key.
  std::optional<json::Value> ask_key() {
    json::Value key;
    const Prompter::Answer id = ask("Id of the key: ", [&](const std::string& text) -> Result<std::string> {
      const Result<std::string> number = check_number(text, 1, std::numeric_limits<std::int64_t>::max());
      if (!number) return wrong("An id is a whole number above 0; entry 2 lists them.");
      Result<Answer> found = api_->get(path("/api/customer-keys/", *number));
      if (!found) return std::unexpected(found.error());
      key = std::move(found->value);
      return number;
    });
    return id ? std::optional{std::move(key)} : std::nullopt;
  }

  /// Whether there is an answer; tells what went wrong otherwise.
  bool came(const Result<Answer>& answer) {
    if (!answer) report(*console_, answer.error());
    return answer.has_value();
  }
  void show_rows(const Result<Answer>& answer, const Columns& columns, std::string_view empty) {
    if (!came(answer)) return;
    const json::Array& rows = answer->value["data"].items();
    print(rows.empty() ? fmt::format("{}\n", empty) : to_table(columns, rows, style_));
  }

  void create();
  void list();
  void details();
  void revoke();
  void statistics();
  void recent();

  Console* console_;
  ApiClient* api_;
  Prompter prompter_;
  TableStyle style_;
  bool ended_ = false;
};

const std::array<Menu::Entry, 7> Menu::kEntries{{{"Create new API key", &Menu::create},
                                                 {"List all API keys", &Menu::list},
                                                 {"View API key details", &Menu::details},
                                                 {"Revoke API key", &Menu::revoke},
                                                 {"View usage statistics", &Menu::statistics},
                                                 {"View recent activity", &Menu::recent},
                                                 {"Exit", nullptr}}};

void Menu::create() {
  heading("Create new API key");
  const Prompter::Answer name = ask("Name: ", [](const std::string& text) { return fields::check_name(text); });
  if (!name) return;
  const Prompter::Answer email =
      ask("E-mail (may be empty): ", [](const std::string& text) { return customers::check_optional_email(text); });
  if (!email) return;
  const Prompter::Answer rate_limit =
      ask(fmt::format("Rate limit, in requests a day; 0 is no limit [{}]: ", kRateLimitDefault),
          [](const std::string& text) { return check_number(text, 0, kRateLimitMax, kRateLimitDefault); });
  if (!rate_limit) return;
  const Prompter::Answer notes =
      ask("Notes (may be empty): ", [](const std::string& text) { return fields::check_notes(text); });
  if (!notes) return;
  Body body;
  body.text("name", *name).text("email", *email).number("rate_limit", *rate_limit).text("notes", *notes);
  const Result<Answer> made = api_->post(Target{"/api/customer-keys"}, body.take());
  if (!came(made)) return;
  print(fmt::format("\nKey {} is made. Send this to the customer; the key is not shown again.\n\n",
                    made->value["id"].integer().value_or(0)));
  print(made->value["message"].text().value_or(""));
}

void Menu::list() {
  heading("All API keys");
  show_rows(api_->get_all(Target{"/api/customer-keys"}), customer_key_columns(), "There are no keys yet.");
}

void Menu::details() {
  heading("API key details");
  const std::optional<json::Value> key = ask_key();
  if (!key) return;
  const std::string id = std::to_string((*key)["id"].integer().value_or(0));
  print("\n" + key_card(*key, style_));
  heading("The last 30 days");
  const Result<Answer> stats = api_->get(path("/api/customer-keys/", id, "/stats").with("days", kDaysDefault));
  if (came(stats)) print(to_card(stats_columns(), stats->value, style_));
  heading("Recent activity");
  show_rows(api_->get_first(path("/api/customer-keys/", id, "/activity"), kRecentOfKey), key_call_columns(),
            "Nothing was called with this key yet.");
}

void Menu::revoke() {
  heading("Revoke API key");
  const std::optional<json::Value> key = ask_key();
  if (!key) return;
  const std::string id = std::to_string((*key)["id"].integer().value_or(0));
  const std::string name = harmless((*key)["name"].text().value_or(""));
  const std::string hint = harmless((*key)["hint"].text().value_or(""));
  if ((*key)["status"].text() == "revoked") return print(fmt::format("Key {}, {}, is revoked already.\n", id, name));
  const Prompter::Answer sure =
      ask(fmt::format("Revoke {}, {}, for good? Its next call is refused. (yes/no): ", name, hint), check_yes_or_no);
  if (!sure) return;
  if (*sure == "no") return print("Nothing was changed.\n");
  if (came(api_->post(path("/api/customer-keys/", id, "/revoke"), ""))) print(fmt::format("Key {} is revoked.\n", id));
}

void Menu::statistics() {
  heading("Usage statistics");
  const Prompter::Answer days =
      ask(fmt::format("For how many days, today included [{}]: ", kDaysDefault),
          [](const std::string& text) { return check_number(text, 1, kDaysMax, kDaysDefault); });
  if (!days) return;
  const Result<Answer> stats = api_->get(Target{"/api/stats"}.with("days", *days));
  if (came(stats)) print("\n" + to_card(stats_columns(), stats->value, style_));
}

void Menu::recent() {
  heading("Recent activity");
  show_rows(api_->get_first(Target{"/api/activity"}, kRecentOfAll), call_columns(), "Nothing was called yet.");
}

}  // namespace

ExitCode manage(Session& session) {
  return with_api(session, [&](ApiClient& api) {
    Menu(&session, &api).run();
    return ExitCode::ok;
  });
}

}  // namespace keyledger::app

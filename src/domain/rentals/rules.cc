#include "domain/rentals/rules.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/fields.h"
#include "base/utf8.h"

namespace keyledger::rentals {
namespace {

std::unexpected<Error> refused(std::string_view field, std::string message, std::string reason) {
  return fail(Code::invalid_argument, std::move(message), std::move(reason), std::string{field});
}

/// Nothing but what shows and stands in one line.
bool one_line(std::string_view text) {
  while (!text.empty()) {
    const std::size_t length = utf8::sequence_length(text);
    if (length == 0 || utf8::is_control(text.substr(0, length))) return false;
    text.remove_prefix(length);
  }
  return true;
}

Result<std::string> check_url(std::string_view text) {
  Result<std::string> line = fields::check_line(text, "url", kUrlMax);
  if (!line || line->empty()) return line;
  const std::string_view url = *line;
  const std::size_t scheme = url.starts_with("https://") ? 8 : url.starts_with("http://") ? 7 : 0;
  const std::string_view authority = url.substr(scheme, url.find_first_of("/?#", scheme) - scheme);
  const bool blanks = url.find(' ') != std::string_view::npos;
  const bool host = !authority.empty() && !authority.starts_with(':') && authority.find('@') == std::string_view::npos;
  if (scheme == 0 || !host || blanks) {
    return refused("url", "The address begins with https:// or http:// and names a host.", "malformed_url");
  }
  return line;
}

struct Step {
  Act act;
  AccountStatus from, to;
};

using enum AccountStatus;

// What stands here is allowed; what does not is refused.
constexpr std::array kSteps{
    Step{Act::rent, available, rented},
    Step{Act::end_to_pool, rented, available},
    Step{Act::end_to_rotation, rented, needs_rotation},
    Step{Act::put_aside, available, exception},
    Step{Act::put_aside, needs_rotation, exception},
    Step{Act::put_aside, exception, exception},  // another reason
    Step{Act::take_aside, available, exception},
    Step{Act::take_aside, rented, exception},
    Step{Act::take_aside, needs_rotation, exception},
    Step{Act::take_aside, exception, exception},
    Step{Act::restore, exception, available},
    Step{Act::restore_to_rotation, exception, needs_rotation},
    Step{Act::set_password, available, available},
    Step{Act::set_password, rented, rented},
    Step{Act::set_password, needs_rotation, available},
    Step{Act::set_password, exception, exception},
    Step{Act::remove, available, exception},  // where what was removed rests, so that nobody comes upon it
    Step{Act::remove, needs_rotation, exception},
    Step{Act::remove, exception, exception},
};

std::unexpected<Error> not_allowed(Act act) {
  const auto refuse = [](std::string message, std::string reason) {
    return fail(Code::conflict, std::move(message), std::move(reason));
  };
  switch (act) {
    case Act::rent: return refuse("The account is not free.", "account_not_free");
    case Act::end_to_pool:
    case Act::end_to_rotation: return refuse("The account is not rented.", "account_not_rented");
    case Act::put_aside:
    case Act::take_aside:
      return refuse("The account is rented; say take_back: true to end the rental by that.", "account_rented");
    case Act::remove: return refuse("The account is rented; take it back or wait for its return.", "account_rented");
    case Act::restore:
    case Act::restore_to_rotation:
    case Act::set_password: return refuse("The account is not put aside.", "account_not_put_aside");
  }
  std::unreachable();
}

template <typename Unit>
std::int64_t rounded_up(Instant until, Instant now) {
  return std::chrono::ceil<Unit>(until - now).count();
}

}  // namespace

std::string fold_name(std::string_view name) {
  return fields::fold_email(name);
}

Result<Website> check_website(Website website) {
  Result<std::string> name = fields::check_name(website.name);
  if (!name) return std::unexpected(name.error());
  Result<std::string> url = check_url(website.url);
  if (!url) return std::unexpected(url.error());
  Result<std::string> description = fields::check_lines(website.description, "description", kDescriptionMax);
  if (!description) return std::unexpected(description.error());
  if (website.validity_hours < 1 || website.validity_hours > kValidityHoursMax) {
    return refused("validity_hours", fmt::format("A rental is valid for 1 to {} hours.", kValidityHoursMax),
                   "out_of_range");
  }
  website.name = std::move(*name);
  website.url = std::move(*url);
  website.description = std::move(*description);
  return website;
}

Result<AccountFields> check_account(const AccountFields& given) {
  Result<std::string> username = fields::check_line(given.username, "username", kUsernameMax);
  if (!username) return std::unexpected(username.error());
  if (username->empty()) return refused("username", "Give the account's user name.", "missing_username");
  const bool no_email = given.email.find_first_not_of(" \t") == std::string::npos;
  Result<std::string> email = no_email ? std::string{} : fields::check_email(given.email);
  if (!email) return std::unexpected(email.error());
  Result<std::string> notes = fields::check_notes(given.notes);
  if (!notes) return std::unexpected(notes.error());
  return AccountFields{std::move(*username), std::move(*email), std::move(*notes)};
}

Result<void> check_password(const Secret& password) {
  if (password.empty()) return refused("password", "Give the account's password.", "missing_password");
  if (password.size() > kPasswordBytesMax) {
    return refused("password", fmt::format("A password has at most {} bytes.", kPasswordBytesMax), "too_long");
  }
  if (!one_line(password.reveal())) {
    return refused("password", "The password contains control characters or is no UTF-8.", "control_characters");
  }
  return {};
}

Result<std::string> check_reason(std::string_view reason) {
  Result<std::string> text = fields::check_lines(reason, "reason", kReasonMax);
  if (text && text->empty()) return refused("reason", "Say why the account is put aside.", "missing_reason");
  return text;
}

Result<AccountStatus> after(Act act, AccountStatus status) {
  const auto step = std::ranges::find_if(kSteps, [&](const Step& s) { return s.act == act && s.from == status; });
  if (step == kSteps.end()) return not_allowed(act);
  return step->to;
}

std::int64_t remaining_minutes(Instant expires_at, Instant now) {
  return std::max<std::int64_t>(0, rounded_up<std::chrono::minutes>(expires_at, now));
}

std::int64_t seconds_until(Instant instant, Instant now) {
  return std::max<std::int64_t>(1, rounded_up<std::chrono::seconds>(instant, now));
}

std::chrono::minutes rotation_back_off(std::int64_t attempts) {
  constexpr std::int64_t kDoublingsMax = 9;
  constexpr std::chrono::minutes kMost{6 * 60};
  const std::int64_t doublings = std::clamp<std::int64_t>(attempts - 1, 0, kDoublingsMax);
  return std::min(std::chrono::minutes{1LL << doublings}, kMost);
}

}  // namespace keyledger::rentals

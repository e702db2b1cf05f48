// domain/rentals/rules.h: what websites and shared accounts look like, and which act leads an account where. Pure.
#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "base/secret.h"
#include "domain/rentals/records.h"

namespace keyledger::rentals {

inline constexpr std::size_t kUrlMax = 2'048;  // characters, as all that is not said to be bytes
inline constexpr std::size_t kDescriptionMax = 2'000;
inline constexpr std::size_t kUsernameMax = 254;
inline constexpr std::size_t kReasonMax = 500;
inline constexpr std::size_t kPasswordBytesMax = 1'024;
inline constexpr std::int64_t kValidityHoursMax = 8'760;  // a year

/// The name as it is compared: blanks around it and the case of ASCII letters do not count.
[[nodiscard]] std::string fold_name(std::string_view name);

/// Name, address, validity and description as they are stored; the other members are left alone. An address may be
/// empty. Errors: invalid_argument with the field, reasons missing_name, too_long, control_characters, malformed_url,
///         out_of_range.
[[nodiscard]] Result<Website> check_website(Website website);

struct AccountFields {
  std::string username{}, email{}, notes{};
};
/// An e-mail address may be empty. Errors: invalid_argument with the field, reasons missing_username, too_long,
/// control_characters, malformed_email.
[[nodiscard]] Result<AccountFields> check_account(const AccountFields& given);

/// Errors: invalid_argument, field password, reasons missing_password, too_long (over kPasswordBytesMax),
///         control_characters (also what is no UTF-8).
[[nodiscard]] Result<void> check_password(const Secret& password);

/// Why an account is put aside. Errors: invalid_argument, field reason, reasons missing_reason, too_long,
/// control_characters.
[[nodiscard]] Result<std::string> check_reason(std::string_view reason);

/// What can happen to an account.
///   rent                 it is leased
///   end_to_pool          its rental ends, and it is free again
///   end_to_rotation      its rental ends, and it waits for a new password
///   put_aside            somebody puts it aside; never while it is rented
///   take_aside           the same, and its rental, if there is one, ends by that
///   restore              it comes back and is free
///   restore_to_rotation  it comes back and waits for a new password
///   set_password         a new password is known
///   remove               it is taken out for good
BOOST_DEFINE_ENUM_CLASS(Act, rent, end_to_pool, end_to_rotation, put_aside, take_aside, restore, restore_to_rotation,
                        set_password, remove)

/// Where an act leads.
/// Errors: conflict, reasons account_not_free (rent), account_not_rented (end_...), account_rented (put_aside, remove),
///         account_not_put_aside (restore...).
[[nodiscard]] Result<AccountStatus> after(Act act, AccountStatus status);

/// Whole minutes until `expires_at`, rounded up, never less than 0.
[[nodiscard]] std::int64_t remaining_minutes(Instant expires_at, Instant now);

/// Whole seconds to wait for `instant`, rounded up, never less than 1.
[[nodiscard]] std::int64_t seconds_until(Instant instant, Instant now);

/// How long to wait after so many failed attempts to have a password changed: a minute, doubled with each, at most six
/// hours.
[[nodiscard]] std::chrono::minutes rotation_back_off(std::int64_t attempts);
inline constexpr std::int64_t kRotationAttemptsMax = 20;  // some four days

}  // namespace keyledger::rentals

// domain/customers/rules.h: what may stand in the fields of a customer and of a key.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/ip_address.h"
#include "domain/customers/records.h"

namespace keyledger::customers {

inline constexpr std::size_t kAllowedMax = 100;  // networks, and actions, of one key
inline constexpr std::size_t kActionBytesMax = 64;
inline constexpr std::size_t kMetadataBytesMax = 4096;
inline constexpr std::int64_t kRateLimitDefault = 100;  // requests a day

/// A customer's address may be left out. Errors: those of fields::check_email.
[[nodiscard]] Result<std::string> check_optional_email(std::string_view text);

/// Networks from where a key may be used, each once.
/// Errors: invalid_argument, field as "allowed_ips[2]", reason malformed_cidr; field allowed_ips, reason too_many.
[[nodiscard]] Result<std::vector<IpNetwork>> check_allowed_ips(const std::vector<std::string>& given);

/// Words of [a-z0-9_.:-], each once.
/// Errors: invalid_argument, field as "allowed_actions[2]", reason malformed_action; field allowed_actions, too_many.
[[nodiscard]] Result<std::vector<std::string>> check_allowed_actions(const std::vector<std::string>& given);

/// The text of a JSON object (whoever read it has made sure of that), or nothing.
/// Errors: invalid_argument, field metadata, reason too_long.
[[nodiscard]] Result<void> check_metadata(std::string_view json);

/// Errors: invalid_argument, field expires_at, reason expires_in_past.
[[nodiscard]] Result<void> check_expiry(std::optional<Instant> expires_at, Instant now);

/// Revoked wins over expired; a key is expired at its very instant.
[[nodiscard]] KeyStatus status_of(std::optional<Instant> revoked_at, std::optional<Instant> expires_at, Instant now);

/// What a rotation makes of the texts so far: the newest works until now + grace, older ones no longer than now.
[[nodiscard]] Instant valid_until_after_rotation(std::optional<Instant> valid_until, Instant now,
                                                 std::chrono::seconds grace);

inline constexpr std::chrono::seconds kGraceMax = std::chrono::days{30};
/// Errors: invalid_argument, field grace_seconds, reason out_of_range.
[[nodiscard]] Result<void> check_grace(std::chrono::seconds grace);

}  // namespace keyledger::customers

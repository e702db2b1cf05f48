// domain/keys/account.h: what may stand in the fields that a person fills in for an account or a key.
#pragma once

#include <string>

#include "base/fields.h"

namespace keyledger::keys {

using fields::check_email;
using fields::check_line;
using fields::check_name;
using fields::check_notes;
using fields::fold_email;
using fields::kNameMax;

inline constexpr std::size_t kOrganizationMax = 200;

struct AccountFields {
  std::string email{};
  std::string name{};               // may be empty: an account is known by its e-mail
  std::string organization_name{};  // may be empty
  bool operator==(const AccountFields&) const = default;
};
/// All fields of an account; the first that is wrong is told. Errors: those of the checks, fields `email`, `name`,
/// `organization_name`.
[[nodiscard]] Result<AccountFields> check_account(const AccountFields& given);

}  // namespace keyledger::keys

#include "domain/keys/account.h"

namespace keyledger::keys {

Result<AccountFields> check_account(const AccountFields& given) {
  Result<std::string> email = check_email(given.email);
  if (!email) return std::unexpected(email.error());
  Result<std::string> name = check_line(given.name, "name", kNameMax);
  if (!name) return std::unexpected(name.error());
  Result<std::string> organization = check_line(given.organization_name, "organization_name", kOrganizationMax);
  if (!organization) return std::unexpected(organization.error());
  return AccountFields{std::move(*email), std::move(*name), std::move(*organization)};
}

}  // namespace keyledger::keys

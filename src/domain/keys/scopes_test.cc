#include "domain/keys/scopes.h"

#include <gtest/gtest.h>

namespace keyledger::keys {
namespace {

TEST(MissingScopes, ReadsTheNamesUpToTheFullStop) {
  using Names = std::vector<std::string>;
  const struct {
    const char* message;
    Names want;
  } cases[] = {
      {"You have insufficient permissions for this operation. Missing scopes: api.usage.read. Check that you have the "
       "correct role.",
       {"api.usage.read"}},
      {"Missing scopes: api.usage.read, api.management.read. More.", {"api.usage.read", "api.management.read"}},
      {"Missing scopes: api.usage.read and model.read.", {"api.usage.read", "model.read"}},
      {"Missing scopes: api.usage.read", {"api.usage.read"}},
      {"Missing scopes: api.usage.read\nAsk your owner.", {"api.usage.read"}},
      {"Missing scopes: 'a.b', `c`, \"d\".", {"a.b", "c", "d"}},
      {"Missing scopes: a, a, a.", {"a"}},
      {"Missing scopes:a.", {"a"}},
      {"Missing scopes: .", {}},
      {"Missing scopes:", {}},
      {"missing permission user_read", {}},
      {"", {}},
  };
  for (const auto& c : cases) EXPECT_EQ(missing_scopes(c.message), c.want) << c.message;
}

TEST(MissingScopes, AreBounded) {
  std::string message = "Missing scopes: ";
  for (int i = 0; i < 40; ++i) message += "scope" + std::to_string(i) + ", ";
  EXPECT_EQ(missing_scopes(message).size(), kScopesMax);
  EXPECT_EQ(missing_scopes("Missing scopes: " + std::string(kScopeBytesMax, 'a')).size(), 1U);
  EXPECT_TRUE(missing_scopes("Missing scopes: " + std::string(kScopeBytesMax + 1, 'a')).empty());
  EXPECT_TRUE(missing_scopes("Missing scopes: caf\xc3\xa9 <script>").empty());
}

}  // namespace
}  // namespace keyledger::keys

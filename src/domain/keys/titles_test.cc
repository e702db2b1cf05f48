#include "domain/keys/titles.h"

#include <gtest/gtest.h>

#include "domain/keys/findings.h"

namespace keyledger::keys {
namespace {

TEST(Titles, EveryExplanationHasALineOfItsOwn) {
  std::vector<std::string_view> explained;
  for (const Explanation& one : explanations()) explained.push_back(one.code);
  EXPECT_EQ(titled_codes(), explained);
}

TEST(Titles, AreShortLinesWithoutAFullStop) {
  for (const Explanation& one : explanations()) {
    SCOPED_TRACE(one.code);
    const std::string title = title_of(one.code, "OpenAI");
    EXPECT_LE(title.size(), 60U);
    EXPECT_FALSE(title.ends_with('.'));
    EXPECT_EQ(title.find('%'), std::string::npos);
  }
}

TEST(Titles, NameTheProviderWhereItIsKnown) {
  EXPECT_EQ(title_of("key_rejected", "Anthropic"), "Anthropic rejects this key");
  EXPECT_EQ(title_of("key_rejected", ""), "The provider rejects this key");
  EXPECT_EQ(title_of("key_revoked", ""), "This key was revoked at the provider");
  EXPECT_EQ(title_of("key_expired", "Anthropic"), "This key has expired");
  EXPECT_EQ(title_of("nobody_knows_this", "Anthropic"), "Anthropic answers in an unknown way");
}

TEST(Titles, OnlyActionsOfTheConsoleLeadThere) {
  for (const char* there : {"replace_key", "top_up", "contact_provider"}) EXPECT_TRUE(leads_to_console(there)) << there;
  for (const char* here : {"none", "wait", "see_pace", "update_prices", "delete_key", "refresh"}) {
    EXPECT_FALSE(leads_to_console(here)) << here;
  }
}

}  // namespace
}  // namespace keyledger::keys

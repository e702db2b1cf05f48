#include "domain/customers/key_text.h"

#include <gtest/gtest.h>

namespace keyledger::customers {
namespace {

TEST(Prefix, IsAWordAndAnUnderscore) {
  for (const char* fine : {"urt_", "a_", "0123456789abcdef_"}) EXPECT_EQ(check_prefix(fine).value_or(""), fine);
  for (const char* wrong : {"", "_", "urt", "URT_", "u-t_", "urt__", "u_t_", "0123456789abcdefg_", "urt_ "}) {
    const Result<std::string> refused = check_prefix(wrong);
    ASSERT_FALSE(refused) << wrong;
    EXPECT_EQ(refused.error().reason, "malformed_prefix");
  }
}

TEST(KeyText, IsThePrefixAndFortyThreeRandomCharacters) {
  crypto::initialise();
  const Secret key = new_key_text("urt_");
  EXPECT_TRUE(key.reveal().starts_with("urt_"));
  EXPECT_EQ(key.size(), 4 + kKeyRandomCharacters);
  const auto bytes = crypto::from_base64url(key.reveal().substr(4));
  ASSERT_TRUE(bytes);
  EXPECT_EQ(bytes->size(), kKeyRandomBytes);
  EXPECT_FALSE(crypto::equal(key, new_key_text("urt_")));
}

TEST(KeyText, IsHintedAtByItsEnds) {
  const Secret key{std::string{"urt_74O0aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaarwFY"}};
  EXPECT_EQ(hint_of(key, "urt_"), "urt_74O0...rwFY");
}

TEST(KeyText, IsKeptAsItsSha256) {
  EXPECT_EQ(crypto::to_hex(digest_of(Secret{std::string{"abc"}})),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

}  // namespace
}  // namespace keyledger::customers

#include "base/secret.h"

#include <gtest/gtest.h>

#include <concepts>
#include <ostream>

namespace keyledger {
namespace {

const std::string kLong = "made-up-secret-that-is-longer-than-a-short-string";

TEST(SecretTest, HoldsWhatItWasGiven) {
  for (const std::string& text : {std::string{}, std::string{"short"}, kLong}) {
    const Secret secret{std::string{text}};
    EXPECT_EQ(secret.reveal(), text);
    EXPECT_EQ(secret.size(), text.size());
    EXPECT_EQ(secret.empty(), text.empty());
    EXPECT_EQ(secret.copy().reveal(), text);
  }
  EXPECT_TRUE(Secret{}.empty());
}

TEST(SecretTest, AMovedFromSecretIsEmptyAndWiped) {
  for (const std::string& text : {std::string{"short"}, kLong}) {
    Secret first{std::string{text}};
    const char* const short_text = first.reveal().data();
    const Secret second{std::move(first)};
    EXPECT_EQ(second.reveal(), text);
    EXPECT_TRUE(first.empty());  // NOLINT: looking at what was moved from is the point
    if (text.size() < 16) {      // short texts live inside the object, which is still there
      EXPECT_EQ(std::string(short_text, text.size()), std::string(text.size(), '\0'));
    }
  }
}

TEST(SecretTest, AssigningReplacesAndEmptiesTheSource) {
  Secret secret{"old"};
  Secret other{"new"};
  secret = std::move(other);
  EXPECT_EQ(secret.reveal(), "new");
  EXPECT_TRUE(other.empty());  // NOLINT
  Secret& self = secret;
  secret = std::move(self);
  EXPECT_EQ(secret.reveal(), "new");
}

TEST(SecretTest, WipeOverwritesAlsoWhatStandsBehindTheEnd) {
  std::string text = kLong;
  text.resize(3);
  const char* const buffer = text.data();
  wipe(text);
  EXPECT_TRUE(text.empty());
  ASSERT_EQ(text.data(), buffer);  // still the string's own
  EXPECT_EQ(std::string(buffer, kLong.size()), std::string(kLong.size(), '\0'));
}

template <typename T>
concept Printable = requires(std::ostream& out, const T& value) {
  out << value;
};

TEST(SecretTest, CannotBePrintedComparedOrCopied) {
  static_assert(!Printable<Secret>);
  static_assert(!std::equality_comparable<Secret>);
  static_assert(!std::copyable<Secret>);
  static_assert(!fmt::is_formattable<Secret>::value);
  static_assert(!std::convertible_to<std::string, Secret>);
  static_assert(!std::convertible_to<Secret, std::string_view>);
}

}  // namespace
}  // namespace keyledger

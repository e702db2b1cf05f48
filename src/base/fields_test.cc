#include "base/fields.h"

#include <gtest/gtest.h>

namespace keyledger::fields {
namespace {

std::string repeated(std::string_view text, std::size_t count) {
  std::string out;
  for (std::size_t i = 0; i < count; ++i) out += text;
  return out;
}

/// "ok", or the reason; the field has to be the wanted one.
std::string outcome(const Result<std::string>& result, std::string_view field) {
  if (result) return "ok";
  EXPECT_EQ(result.error().code, Code::invalid_argument);
  EXPECT_EQ(result.error().field, field);
  EXPECT_FALSE(result.error().message.empty());
  return result.error().reason;
}

TEST(Email, IsAcceptedWithOneAtAndADomain) {
  for (const char* email : {"ada@example.com", "ADA.Lovelace+tag@sub.example.co.uk", "a@b.c", "root@localhost",
                            "root@LOCALHOST", "j\xc3\xb6rg@ex\xc3\xa4mple.de", "o'hara@example.com"}) {
    EXPECT_EQ(outcome(check_email(email), "email"), "ok") << email;
  }
  EXPECT_EQ(check_email("  ada@example.com\n").value_or(""), "ada@example.com");
}

TEST(Email, IsRefusedWithAReasonOfItsOwn) {
  using namespace std::string_view_literals;
  const std::string too_long = repeated("a", 243) + "@example.com";
  const struct {
    std::string_view email, reason;
  } cases[] = {
      {"", "malformed_email"},
      {"ada", "malformed_email"},
      {"@example.com", "malformed_email"},
      {"ada@", "malformed_email"},
      {"ada@b@c.d", "malformed_email"},
      {"ada@example", "malformed_email"},
      {"ada@.com", "malformed_email"},
      {"ada@com.", "malformed_email"},
      {"ada@a..b", "malformed_email"},
      {"a da@example.com", "malformed_email"},
      {"ada@exam ple.com", "malformed_email"},
      {"ada@example.com, bob@example.com", "malformed_email"},
      {"ada\n@example.com", "control_characters"},
      {"ada\0@example.com"sv, "control_characters"},
      {"ada\xff@example.com", "control_characters"},
      {"ada\xe2\x80\xa8@example.com", "control_characters"},
      {too_long, "too_long"},
  };
  for (const auto& c : cases) EXPECT_EQ(outcome(check_email(c.email), "email"), c.reason) << c.email;
  EXPECT_EQ(outcome(check_email(repeated("a", 242) + "@example.com"), "email"), "ok");  // 254
}

TEST(Email, FoldsToOneFormForComparing) {
  EXPECT_EQ(fold_email(" Ada@EXAMPLE.com "), "ada@example.com");
  EXPECT_EQ(fold_email("J\xc3\x96RG@x.de"), "j\xc3\x96rg@x.de");  // only ASCII letters
}

TEST(Name, HasOneToTwoHundredCharacters) {
  EXPECT_EQ(outcome(check_name("x"), "name"), "ok");
  EXPECT_EQ(check_name("  two words ").value_or(""), "two words");
  EXPECT_EQ(outcome(check_name(repeated("\xc3\xa9", 200)), "name"), "ok");
  EXPECT_EQ(outcome(check_name(repeated("\xc3\xa9", 201)), "name"), "too_long");
  EXPECT_EQ(outcome(check_name(""), "name"), "missing_name");
  EXPECT_EQ(outcome(check_name(" \t\n"), "name"), "missing_name");
  EXPECT_EQ(outcome(check_name("a\nb"), "name"), "control_characters");
  EXPECT_EQ(outcome(check_name("a\x1b[31mb"), "name"), "control_characters");
  EXPECT_EQ(outcome(check_name("", "title"), "title"), "missing_name");
}

TEST(Notes, HaveLinesAndALimit) {
  EXPECT_EQ(check_notes(" one\n\ttwo\r\n").value_or(""), "one\n\ttwo");
  EXPECT_EQ(outcome(check_notes(""), "notes"), "ok");
  EXPECT_EQ(outcome(check_notes(repeated("\xe2\x82\xac", 10'000)), "notes"), "ok");
  EXPECT_EQ(outcome(check_notes(repeated("\xe2\x82\xac", 10'001)), "notes"), "too_long");
  EXPECT_EQ(outcome(check_notes("a\vb"), "notes"), "control_characters");
}

}  // namespace
}  // namespace keyledger::fields

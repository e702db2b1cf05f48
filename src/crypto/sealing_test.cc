#include "crypto/sealing.h"

#include <gtest/gtest.h>

#include <set>

namespace keyledger::crypto {
namespace {

constexpr std::string_view kRow = "provider_keys/17/full_key";

std::string reason_of(const Result<Secret>& opened) {
  return opened ? "opened" : opened.error().reason;
}

TEST(Sealing, OpensToWhatWasSealed) {
  const MasterKey key = MasterKey::generate();
  for (const std::string& text : {std::string{}, std::string{"x"}, std::string{"made-up-key-0123456789"},
                                  std::string("zero\0inside", 11), std::string(1 << 20, 'k')}) {
    const Bytes sealed = seal(key, Secret{std::string{text}}, kRow);
    EXPECT_EQ(sealed.size(), text.size() + 45);
    const Result<Secret> opened = open(key, sealed, kRow);
    ASSERT_TRUE(opened);
    EXPECT_TRUE(opened->reveal() == text);
  }
}

TEST(Sealing, HidesTheTextAndNeverSealsTheSameWayTwice) {
  const MasterKey key = MasterKey::generate();
  const Bytes one = seal(key, Secret{"made-up-key"}, kRow);
  const std::string_view seen{reinterpret_cast<const char*>(one.data()), one.size()};
  EXPECT_EQ(seen.find("made"), std::string_view::npos);
  EXPECT_NE(one, seal(key, Secret{"made-up-key"}, kRow));
}

TEST(Sealing, DoesNotOpenInAnotherRow) {
  const MasterKey key = MasterKey::generate();
  const Bytes sealed = seal(key, Secret{"made-up-key"}, kRow);
  for (const std::string_view row : {"provider_keys/18/full_key", "provider_keys/17/full_ke", ""}) {
    const Result<Secret> opened = open(key, sealed, row);
    ASSERT_FALSE(opened);
    EXPECT_EQ(opened.error().reason, "seal_broken");
    EXPECT_EQ(opened.error().code, Code::internal);
  }
}

TEST(Sealing, AFlippedBitAnywhereIsSeen) {
  const MasterKey key = MasterKey::generate();
  const Bytes sealed = seal(key, Secret{"made-up-key"}, kRow);
  for (std::size_t bit = 0; bit < sealed.size() * 8; ++bit) {
    Bytes changed = sealed;
    changed[bit / 8] ^= static_cast<std::uint8_t>(1U << (bit % 8));
    const bool in_key_id = bit / 8 >= 1 && bit / 8 < 5;
    EXPECT_EQ(reason_of(open(key, changed, kRow)), in_key_id ? "sealed_under_another_key" : "seal_broken") << bit;
  }
}

TEST(Sealing, AnyTruncationAndAnyAdditionIsSeen) {
  const MasterKey key = MasterKey::generate();
  Bytes sealed = seal(key, Secret{"made-up-key"}, kRow);
  for (std::size_t length = 0; length < sealed.size(); ++length) {
    EXPECT_EQ(reason_of(open(key, std::span{sealed}.first(length), kRow)), "seal_broken") << length;
  }
  sealed.push_back(0);
  EXPECT_EQ(reason_of(open(key, sealed, kRow)), "seal_broken");
}

TEST(Sealing, AnotherMasterKeyIsToldApart) {
  const MasterKey key = MasterKey::generate();
  const MasterKey other = MasterKey::generate();
  const Bytes sealed = seal(key, Secret{"made-up-key"}, kRow);
  EXPECT_EQ(reason_of(open(other, sealed, kRow)), "sealed_under_another_key");
  EXPECT_TRUE(sealed_under(key, sealed));
  EXPECT_FALSE(sealed_under(other, sealed));
  EXPECT_FALSE(sealed_under(key, std::span{sealed}.first(20)));
  EXPECT_FALSE(sealed_under(key, {}));
}

TEST(Sealing, TheErrorNamesTheRowButNotTheSecret) {
  const MasterKey key = MasterKey::generate();
  const Result<Secret> opened = open(key, seal(key, Secret{"made-up-key"}, "a"), "b");
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().detail, "b");
  EXPECT_EQ(opened.error().message.find("made-up"), std::string::npos);
}

TEST(MasterKeyTest, ReadsWhatItWrites) {
  const MasterKey key = MasterKey::generate();
  const std::string text{key.to_text().reveal()};
  EXPECT_EQ(text.size(), 64U);
  const Result<MasterKey> again = MasterKey::parse(Secret{" \t\r\n" + text + "\r\n"});
  ASSERT_TRUE(again);
  EXPECT_TRUE(equal(again->bytes(), key.bytes()));
  EXPECT_EQ(again->id(), key.id());
}

TEST(MasterKeyTest, RefusesAnythingButSixtyFourHexDigits) {
  const std::string good(64, 'a');
  for (const std::string& text :
       {std::string{}, std::string{" \n"}, good.substr(1), good + "a", good + "aa", good.substr(1) + "g",
        good.substr(2) + " a", good.substr(32) + "\n" + good.substr(32), "0x" + good.substr(2)}) {
    const Result<MasterKey> key = MasterKey::parse(Secret{std::string{text}});
    ASSERT_FALSE(key) << text;
    EXPECT_EQ(key.error().reason, "malformed_master_key");
    EXPECT_EQ(key.error().code, Code::invalid_argument);
  }
  EXPECT_TRUE(MasterKey::parse(Secret{std::string(64, 'A')}));
}

TEST(MasterKeyTest, DerivedKeysDifferFromEachOtherAndFromTheKey) {
  const MasterKey key = MasterKey::generate();
  const Bytes own{key.bytes().begin(), key.bytes().end()};
  const std::set<Bytes> keys{own, key.derive("fingerprint"), key.derive("fingerprints"), key.derive("")};
  EXPECT_EQ(keys.size(), 4U);
  EXPECT_EQ(key.derive("fingerprint").size(), 32U);
  EXPECT_EQ(key.derive("fingerprint"), key.derive("fingerprint"));
  EXPECT_NE(key.derive("fingerprint"), MasterKey::generate().derive("fingerprint"));
}

TEST(MasterKeyTest, AMovedFromKeyIsWiped) {
  MasterKey key = MasterKey::generate();
  const Bytes sealed = seal(key, Secret{"made-up-key"}, kRow);
  MasterKey moved = std::move(key);
  EXPECT_TRUE(equal(key.bytes(), Bytes(32)));  // NOLINT: looking at what was moved from is the point
  MasterKey assigned = MasterKey::generate();
  assigned = std::move(moved);
  EXPECT_TRUE(equal(moved.bytes(), Bytes(32)));  // NOLINT
  EXPECT_TRUE(open(assigned, sealed, kRow));
}

}  // namespace
}  // namespace keyledger::crypto

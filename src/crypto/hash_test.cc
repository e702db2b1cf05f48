#include "crypto/hash.h"

#include <gtest/gtest.h>

#include <random>

namespace keyledger::crypto {
namespace {

TEST(Hash, InitialisingTwiceIsHarmless) {
  initialise();
  initialise();
  EXPECT_EQ(random_bytes(7).size(), 7U);
}

TEST(Hash, Sha256GivesThePublishedDigests) {  // FIPS 180-4, examples of NIST
  const struct {
    std::string text;
    const char* want;
  } cases[] = {
      {"", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
      {"abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
      {"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
       "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"},
      {std::string(1'000'000, 'a'), "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"},
  };
  for (const auto& c : cases) EXPECT_EQ(to_hex(sha256(c.text)), c.want);
}

TEST(Hash, Sha256OfPiecesIsThatOfTheWhole) {
  const std::string text(1'000, 'a');
  const std::span<const std::uint8_t> bytes(reinterpret_cast<const std::uint8_t*>(text.data()), text.size());
  Sha256 hash;
  for (int round = 0; round < 2; ++round) {  // after `finish` a new one begins
    for (std::size_t at = 0; at < bytes.size(); at += 7)
      hash.add(bytes.subspan(at, std::min<std::size_t>(7, bytes.size() - at)));
    EXPECT_EQ(hash.finish(), sha256(text));
  }
  hash.add(bytes);
  hash.reset();
  Sha256 moved = std::move(hash);
  EXPECT_EQ(moved.finish(), sha256(std::string_view{}));
}

TEST(Hash, TheKeyedDigestIsBlake2b) {
  // BLAKE2b-256 with the key 00 01 .. 1f, of the bytes 00 01 .. ff; computed with Python's hashlib.
  Bytes key(32);
  std::string text(256, '\0');
  for (std::size_t i = 0; i < key.size(); ++i) key[i] = static_cast<std::uint8_t>(i);
  for (std::size_t i = 0; i < text.size(); ++i) text[i] = static_cast<char>(i);
  EXPECT_EQ(to_hex(keyed_digest(key, text)), "b42be36ea26392f67d1d3706ffa72b6c61c2ff38e1fabd9a49e154d54b967d83");
  EXPECT_EQ(to_hex(keyed_digest(key, "")), "4e51e7a913fc80137da52880fecca175bf81e117d5c68126dc2774033517ea0d");
}

TEST(Hash, AnotherKeyGivesAnotherDigest) {
  EXPECT_NE(keyed_digest(Bytes(32, 1), "text"), keyed_digest(Bytes(32, 2), "text"));
}

TEST(HashDeathTest, AKeyThatIsTooShortIsABrokenInvariant) {
  EXPECT_DEATH((void)keyed_digest(Bytes(15), "text"), "16 to 64 bytes");
  EXPECT_DEATH((void)keyed_digest(Bytes(65), "text"), "16 to 64 bytes");
}

TEST(Hash, EqualComparesLengthAndContent) {
  EXPECT_TRUE(equal(Bytes{}, Bytes{}));
  EXPECT_TRUE(equal(Bytes{1, 2}, Bytes{1, 2}));
  EXPECT_FALSE(equal(Bytes{1, 2}, Bytes{1, 3}));
  EXPECT_FALSE(equal(Bytes{1, 2}, Bytes{1, 2, 3}));
  EXPECT_TRUE(equal(Secret{"same"}, Secret{"same"}));
  EXPECT_FALSE(equal(Secret{"same"}, Secret{"sane"}));
  EXPECT_FALSE(equal(Secret{"same"}, Secret{}));
}

TEST(Hash, HexAndBase64urlComeBackAsTheyWere) {
  std::mt19937 random(20261121);
  for (std::size_t length = 0; length < 70; ++length) {
    Bytes bytes(length);
    for (std::uint8_t& byte : bytes) byte = static_cast<std::uint8_t>(random());
    EXPECT_EQ(from_hex(to_hex(bytes)), bytes);
    EXPECT_EQ(from_base64url(to_base64url(bytes)), bytes);
  }
}

TEST(Hash, Base64urlGivesThePublishedTexts) {  // RFC 4648, section 10, without padding, and the two special characters
  const struct {
    std::string_view plain, text;
  } cases[] = {{"", ""},           {"f", "Zg"},          {"fo", "Zm8"},          {"foo", "Zm9v"},
               {"foob", "Zm9vYg"}, {"fooba", "Zm9vYmE"}, {"foobar", "Zm9vYmFy"}, {"\xfb\xff\xfe", "-__-"}};
  for (const auto& c : cases) {
    const Bytes bytes{c.plain.begin(), c.plain.end()};
    EXPECT_EQ(to_base64url(bytes), c.text);
    EXPECT_EQ(from_base64url(c.text), bytes);
  }
}

TEST(Hash, MalformedEncodingsAreRefused) {
  for (const char* text : {"a", "abc", "0g", "0x", " 00", "00 ", "0 0", "-1"}) EXPECT_EQ(from_hex(text), std::nullopt);
  EXPECT_EQ(from_hex("00FFff"), (Bytes{0, 0xff, 0xff}));
  // One character alone, padding, the other alphabet, blanks, bits behind the end.
  for (const char* text : {"Z", "Zg==", "+_8", "/_8", "Zg ", " Zg", "Z g", "Zh", "Zm9vZ"}) {
    EXPECT_EQ(from_base64url(text), std::nullopt) << text;
  }
}

TEST(Hash, TheCommonBase64HasPaddingAndItsOwnAlphabet) {
  EXPECT_EQ(to_base64(Bytes{0xfb, 0xff}), "+/8=");
  EXPECT_EQ(from_base64("+/8="), (Bytes{0xfb, 0xff}));
  for (const char* text : {"+/8", "-_8=", "+/8= ", "Zh=="}) EXPECT_EQ(from_base64(text), std::nullopt) << text;
}

TEST(Hash, HmacIsThatOfRfc4231) {
  const struct {
    Bytes key;
    std::string text, want;
  } cases[] = {{Bytes(20, 0x0b), "Hi There", "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"},
               {{'J', 'e', 'f', 'e'},
                "what do ya want for nothing?",
                "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"},
               {Bytes(131, 0xaa),  // longer than a block
                "Test Using Larger Than Block-Size Key - Hash Key First",
                "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"}};
  for (const auto& c : cases) EXPECT_EQ(to_hex(hmac_sha256(c.key, c.text)), c.want) << c.text;
}

TEST(Hash, ThirtyTwoRandomBytesAreFortyThreeCharacters) {
  const Secret one = random_text(32);
  EXPECT_EQ(one.size(), 43U);
  EXPECT_FALSE(equal(one, random_text(32)));
  EXPECT_TRUE(random_text(0).empty());
}

TEST(Hash, APasswordVerifiesAgainstItsOwnHashOnly) {
  const Secret password{"correct horse battery staple"};
  const std::string hash = hash_password(password);
  EXPECT_TRUE(hash.starts_with("$argon2id$v=19$m=65536,t=2,p=1$")) << hash;
  EXPECT_TRUE(verify_password(password, hash));
  EXPECT_FALSE(verify_password(Secret{"correct horse battery stapl"}, hash));
  EXPECT_FALSE(verify_password(Secret{}, hash));
  EXPECT_NE(hash_password(password), hash);  // a salt of its own
}

TEST(Hash, WhatIsNoPasswordHashVerifiesNothing) {
  const Secret password{"secret"};
  for (const std::string& hash :
       {std::string{}, std::string{"secret"}, std::string{"$argon2id$"}, std::string{"$argon2id$v=19$m=65536,t=2,p=1$"},
        std::string(500, '$'), "$argon2id$" + std::string(200, 'A')}) {
    EXPECT_FALSE(verify_password(password, hash)) << hash;
  }
}

}  // namespace
}  // namespace keyledger::crypto

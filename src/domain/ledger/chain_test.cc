#include "domain/ledger/chain.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "crypto/hash.h"

namespace keyledger::ledger {
namespace {

Event plain_event() {
  return {.id = {0x0102030405060708},
          .previous_id = {7},
          .call = {.at = from_millis(1'795'000'000'123),
                   .customer_key_id = {42},
                   .status = Status::rate_limited,
                   .http_status = 429,
                   .rental_account_id = {3},
                   .website_id = {-1},
                   .units = 5,
                   .duration = std::chrono::microseconds{1'500},
                   .address = IpAddress::parse("192.0.2.7").value(),
                   .action = "rent",
                   .resource = "r",
                   .user_agent = "curl/8"}};
}

std::string hex_of(const Event& event) {
  EventBuffer buffer;
  return crypto::to_hex(encode(event, buffer));
}

TEST(Chain, AnEventIsEncodedAsTheHeaderSays) {
  EXPECT_EQ(hex_of(plain_event()),
            "0807060504030201"                  // id
            "7b5e56eea1010000"                  // at
            "2a00000000000000"                  // customer_key_id
            "0700000000000000"                  // previous_id
            "0300000000000000"                  // rental_account_id
            "ffffffffffffffff"                  // website_id
            "0500000000000000"                  // units
            "dc05000000000000"                  // duration
            "ad01"                              // http_status
            "02"                                // status
            "00000000000000000000ffffc0000207"  // address
            "040000000100000006000000"          // lengths
            "72656e74"
            "72"
            "6375726c2f38");  // words
}

TEST(Chain, WordsDoNotRunIntoEachOther) {
  Event one = plain_event(), other = plain_event();
  one.call.action = "ab";
  one.call.resource = "c";
  other.call.action = "a";
  other.call.resource = "bc";
  EXPECT_NE(hex_of(one), hex_of(other));
}

TEST(Chain, AForgedWordThatIsTooLongFitsTheBufferAndChangesTheBytes) {
  const std::string longest(kUserAgentBytesMax, 'x');
  const std::string longer = longest + "x";
  Event event = plain_event();
  event.call.action = std::string_view(longest).substr(0, kActionBytesMax);
  event.call.resource = std::string_view(longest).substr(0, kResourceBytesMax);
  event.call.user_agent = longest;
  EventBuffer buffer;
  EXPECT_EQ(encode(event, buffer).size(), kEventBytesMax);
  const std::string honest = hex_of(event);
  event.call.user_agent = longer;
  EXPECT_EQ(encode(event, buffer).size(), kEventBytesMax);
  EXPECT_NE(hex_of(event), honest);
}

TEST(Chain, ABlocksHashIsSha256OverPrefixPreviousAndEvents) {
  crypto::Digest previous{};
  previous.fill(0xab);
  std::string text = "keyledger block 1\n" + std::string(32, '\xab');
  EventBuffer buffer;
  const auto bytes = encode(plain_event(), buffer);
  for (int i = 0; i < 2; ++i) text.append(bytes.begin(), bytes.end());
  BlockHasher hasher(previous);
  hasher.add(plain_event());
  hasher.add(plain_event());
  EXPECT_EQ(hasher.events(), 2u);
  EXPECT_EQ(hasher.finish(), crypto::sha256(text));
  EXPECT_EQ(hasher.events(), 0u);
}

TEST(Chain, TheFirstBlockOfOneEventHasThisHash) {  // computed with Python's hashlib
  BlockHasher hasher;
  hasher.add(plain_event());
  EXPECT_EQ(crypto::to_hex(hasher.finish()), "9883cb9282a8b851c11822dc3aa002839d60083e20df19f259f8148ef3888297");
}

TEST(Chain, TheNextBlockBeginsAfterTheOneBefore) {
  BlockHasher on, fresh;
  on.add(plain_event());
  const crypto::Digest first = on.finish();
  on.add(plain_event());
  fresh.begin(first);
  fresh.add(plain_event());
  EXPECT_EQ(on.finish(), fresh.finish());
}

TEST(Chain, BeginningForgetsWhatWasAdded) {
  BlockHasher used, fresh;
  used.add(plain_event());
  used.begin(kNoBlock);
  EXPECT_EQ(used.events(), 0u);
  EXPECT_EQ(used.finish(), fresh.finish());
}

TEST(Chain, EveryFieldChangesTheHash) {
  const auto hash_of = [](const Event& event) {
    BlockHasher hasher;
    hasher.add(event);
    return hasher.finish();
  };
  const struct {
    const char* name;
    void (*change)(Event&);
  } cases[] = {
      {"id", [](Event& event) { ++event.id.value; }},
      {"previous", [](Event& event) { ++event.previous_id.value; }},
      {"at", [](Event& event) { event.call.at += std::chrono::milliseconds{1}; }},
      {"key", [](Event& event) { ++event.call.customer_key_id.value; }},
      {"status", [](Event& event) { event.call.status = Status::success; }},
      {"http status", [](Event& event) { event.call.http_status = 200; }},
      {"account", [](Event& event) { ++event.call.rental_account_id.value; }},
      {"website", [](Event& event) { ++event.call.website_id.value; }},
      {"units", [](Event& event) { ++event.call.units; }},
      {"duration", [](Event& event) { ++event.call.duration; }},
      {"address", [](Event& event) { event.call.address = {}; }},
      {"action", [](Event& event) { event.call.action = "ren"; }},
      {"resource", [](Event& event) { event.call.resource = "s"; }},
      {"agent", [](Event& event) { event.call.user_agent = ""; }},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.name);
    Event changed = plain_event();
    c.change(changed);
    EXPECT_NE(hash_of(changed), hash_of(plain_event()));
  }
}

}  // namespace
}  // namespace keyledger::ledger

#include "domain/keys/linking.h"

#include <gtest/gtest.h>

#include <deque>

#include "crypto/hash.h"

namespace keyledger::keys {
namespace {

/// Stored keys by text, numbered from 1.
class Held {
 public:
  explicit Held(std::initializer_list<const char*> texts) {
    for (const char* text : texts) {
      secrets_.emplace_back(text);
      keys_.push_back({ProviderKeyId{static_cast<std::int64_t>(secrets_.size())}, &secrets_.back()});
    }
  }
  [[nodiscard]] std::span<const StoredKey> keys() const { return keys_; }

 private:
  std::deque<Secret> secrets_{};
  std::vector<StoredKey> keys_{};
};

std::string digest(std::string_view text) {
  return crypto::to_hex(crypto::sha256(text));
}

Link link(std::int64_t key, std::string remote, bool exact = false) {
  return {ProviderKeyId{key}, std::move(remote), exact};
}

using Links = std::vector<Link>;
using Remote = std::vector<RemoteListed>;

TEST(Linking, LinksWhereEachSideFitsExactlyOne) {
  const Held held{"sk-proj-111111111111aaaa", "sk-proj-222222222222bbbb"};
  EXPECT_EQ(decide_links(held.keys(), Remote{{"key_b", "sk-proj-...bbbb", ""}, {"key_a", "sk-proj-...aaaa", ""}}),
            (Links{link(1, "key_a"), link(2, "key_b")}));
}

TEST(Linking, TwoRemoteKeysThatFitOneStoredKeyAreLeftToThePerson) {
  const Held held{"sk-proj-111111111111aaaa"};
  EXPECT_EQ(decide_links(held.keys(), Remote{{"key_1", "sk-proj-...aaaa", ""}, {"key_2", "sk-...aaaa", ""}}), Links{});
}

TEST(Linking, TwoStoredKeysThatFitOneRemoteKeyAreLeftToThePerson) {
  const Held held{"sk-proj-111111111111aaaa", "sk-proj-222222222222aaaa", "sk-proj-333333333333cccc"};
  EXPECT_EQ(decide_links(held.keys(), Remote{{"key_1", "sk-proj-...aaaa", ""}, {"key_3", "sk-proj-...cccc", ""}}),
            Links{link(3, "key_3")});
}

TEST(Linking, AnAmbiguousNeighbourSpoilsThePair) {
  // Key 1 fits key_1 alone; key_1 also fits key 2, which fits key_2 as well.
  const Held held{"sk-proj-11111111111aaaa", "sk-proj-2222222222222222222aaaa"};
  const Remote remote{{"key_1", "sk-proj-...aaaa", ""}, {"key_2", "sk-proj-2...aaaa", ""}};
  EXPECT_EQ(decide_links(held.keys(), remote), Links{});
}

TEST(Linking, ADigestIsExactAndWins) {
  const Held held{"sk-or-v1-1111aaaa", "sk-or-v1-2222aaaa"};
  const Remote remote{{"hash_1", "sk-or-v1-...aaaa", digest("sk-or-v1-1111aaaa")}, {"key_2", "sk-or-v1-...aaaa", ""}};
  // With key 1 and hash_1 out of the way, key 2 and key_2 are alone.
  EXPECT_EQ(decide_links(held.keys(), remote), (Links{link(1, "hash_1", true), link(2, "key_2")}));
}

TEST(Linking, ARemoteKeyWithAnotherDigestIsNotOurs) {
  const Held held{"sk-or-v1-1111aaaa"};
  EXPECT_EQ(decide_links(held.keys(), Remote{{"hash_9", "sk-or-v1-...aaaa", digest("another")}}), Links{});
  EXPECT_EQ(decide_links(held.keys(), Remote{{"hash_9", "sk-or-v1-...aaaa", "not hex"}}), Links{});
}

TEST(Linking, DigestsAreReadInEitherCase) {
  const Held held{"sk-or-v1-1111aaaa"};
  std::string capitals = digest("sk-or-v1-1111aaaa");
  for (char& c : capitals) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  EXPECT_EQ(decide_links(held.keys(), Remote{{"h", "", capitals}}), Links{link(1, "h", true)});
}

TEST(Linking, OneDigestUnderTwoIdsIsLeftToThePerson) {
  const Held held{"sk-or-v1-1111aaaa"};
  const std::string same = digest("sk-or-v1-1111aaaa");
  EXPECT_EQ(decide_links(held.keys(), Remote{{"h1", "", same}, {"h2", "", same}}), Links{});
}

TEST(Linking, ARemoteKeyListedTwiceCountsOnce) {
  const Held held{"sk-proj-111111111111aaaa"};
  const RemoteListed one{"key_1", "sk-proj-...aaaa", ""};
  EXPECT_EQ(decide_links(held.keys(), Remote{one, one}), Links{link(1, "key_1")});
}

TEST(Linking, NothingIsLinkedWithoutAHint) {
  const Held held{"sk-proj-111111111111aaaa"};
  EXPECT_EQ(decide_links(held.keys(), Remote{}), Links{});
  EXPECT_EQ(decide_links({}, Remote{{"key_1", "sk-proj-...aaaa", ""}}), Links{});
  EXPECT_EQ(decide_links(held.keys(), Remote{{"key_1", "", ""}, {"", "sk-proj-...aaaa", ""}, {"k", "sk-...aa", ""}}),
            Links{});
}

}  // namespace
}  // namespace keyledger::keys

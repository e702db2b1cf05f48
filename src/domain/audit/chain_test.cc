#include "domain/audit/chain.h"

#include <gtest/gtest.h>

#include <functional>
#include <set>
#include <vector>

namespace keyledger::audit {
namespace {

struct Line {
  AuditEntry entry{};
  std::string hash{};
};

std::vector<Line> log_of(std::int64_t count) {
  std::vector<Line> lines;
  Digest previous = genesis();
  for (std::int64_t id = 1; id <= count; ++id) {
    AuditEntry entry{
        id, from_millis(1'795'000'000'000 + id), "owner", "ada", "127.0.0.1", "keys.reveal", "provider_keys/17", "{}"};
    previous = next_hash(previous, entry);
    lines.push_back({std::move(entry), crypto::to_hex(previous)});
  }
  return lines;
}

/// All breaks, as "id: what".
std::vector<std::string> breaks_of(const std::vector<Line>& lines) {
  ChainVerifier verifier;
  std::vector<std::string> breaks;
  for (const Line& line : lines) {
    if (const std::optional<Broken> broken = verifier.feed(line.entry, line.hash)) {
      breaks.push_back(std::to_string(broken->id) + ": " + broken->what);
    }
  }
  return breaks;
}

using Breaks = std::vector<std::string>;

TEST(Chain, AWholeLogHasNoBreaks) {
  EXPECT_EQ(breaks_of(log_of(0)), Breaks{});
  EXPECT_EQ(breaks_of(log_of(100)), Breaks{});
}

TEST(Chain, AChangeOfAnyFieldIsSeenInItsLineAlone) {
  const std::vector<std::function<void(AuditEntry&)>> changes = {
      [](AuditEntry& e) { e.at += std::chrono::milliseconds{1}; },
      [](AuditEntry& e) { e.actor_kind = "local"; },
      [](AuditEntry& e) { e.actor_name = "eve"; },
      [](AuditEntry& e) { e.address = ""; },
      [](AuditEntry& e) { e.action = "keys.delete"; },
      [](AuditEntry& e) { e.subject = "provider_keys/18"; },
      [](AuditEntry& e) { e.details += " "; },
  };
  for (const auto& change : changes) {
    for (const std::size_t index : {0U, 4U, 9U}) {
      std::vector<Line> lines = log_of(10);
      change(lines[index].entry);
      const std::string id = std::to_string(index + 1);
      EXPECT_EQ(breaks_of(lines), Breaks{id + ": line " + id + " was changed"});
    }
  }
}

TEST(Chain, AChangedHashIsSeenInItsLineAndTheNext) {
  std::vector<Line> lines = log_of(5);
  lines[2].hash[0] = lines[2].hash[0] == '0' ? '1' : '0';
  EXPECT_EQ(breaks_of(lines), (Breaks{"3: line 3 was changed", "4: line 4 was changed"}));
}

TEST(Chain, ALineRewrittenWithAHashThatFitsIsSeenInTheNext) {
  std::vector<Line> lines = log_of(5);
  lines[2].entry.actor_name = "eve";
  const std::optional<crypto::Bytes> before = crypto::from_hex(lines[1].hash);
  ASSERT_TRUE(before);
  Digest previous{};
  std::copy(before->begin(), before->end(), previous.begin());
  lines[2].hash = crypto::to_hex(next_hash(previous, lines[2].entry));
  EXPECT_EQ(breaks_of(lines), Breaks{"4: line 4 was changed"});
}

TEST(Chain, AHashThatCannotBeReadIsSeen) {
  for (const char* hash : {"", "00", "xyz"}) {
    std::vector<Line> lines = log_of(3);
    lines[1].hash = hash;
    EXPECT_EQ(breaks_of(lines), Breaks{"2: the hash of line 2 cannot be read"});
  }
}

TEST(Chain, MissingLinesAreNamed) {
  std::vector<Line> lines = log_of(10);
  lines.erase(lines.begin() + 4);
  EXPECT_EQ(breaks_of(lines), Breaks{"6: line 5 is missing"});
  lines.erase(lines.begin(), lines.begin() + 3);
  EXPECT_EQ(breaks_of(lines), (Breaks{"4: lines 1 to 3 are missing", "6: line 5 is missing"}));
}

TEST(Chain, ReorderedAndRepeatedLinesAreSeen) {
  std::vector<Line> lines = log_of(4);
  std::swap(lines[1], lines[2]);
  EXPECT_EQ(breaks_of(lines),
            (Breaks{"3: line 2 is missing", "2: line 2 stands after line 3", "4: line 3 is missing"}));
  lines = log_of(3);
  lines.insert(lines.begin() + 1, lines[0]);
  EXPECT_EQ(breaks_of(lines).front(), "1: line 1 stands after line 1");
}

TEST(Chain, ExchangingTheContentOfTwoLinesIsSeen) {
  std::vector<Line> lines = log_of(3);
  std::swap(lines[0].entry.at, lines[1].entry.at);
  EXPECT_EQ(breaks_of(lines).size(), 2U);
}

TEST(Chain, ALogThatWasCutAtItsEndDiffersFromItsHead) {
  const std::vector<Line> whole = log_of(5);
  ChainVerifier verifier;
  EXPECT_EQ(verifier.head(0, ""), std::nullopt);
  EXPECT_EQ(verifier.head(1, whole[0].hash)->what, "line 1 is missing");
  for (std::size_t i = 0; i < 3; ++i) EXPECT_FALSE(verifier.feed(whole[i].entry, whole[i].hash));
  EXPECT_EQ(verifier.last_id(), 3);
  EXPECT_EQ(crypto::to_hex(verifier.last_hash()), whole[2].hash);
  EXPECT_FALSE(verifier.head(3, whole[2].hash));
  EXPECT_EQ(verifier.head(5, whole[4].hash)->what, "lines 4 to 5 are missing");
  EXPECT_EQ(verifier.head(2, whole[1].hash)->what, "line 3 was added behind the last");
  EXPECT_EQ(verifier.head(0, "")->what, "line 1 was added behind the last");
  EXPECT_EQ(verifier.head(3, whole[1].hash)->what, "line 3 is not the one that was written last");
}

TEST(Chain, TextsCannotFlowFromOneFieldIntoTheNext) {
  const AuditEntry one{1, {}, "ab", "c", "", "", "", ""};
  const std::vector<AuditEntry> others = {{1, {}, "a", "bc", "", "", "", ""},
                                          {1, {}, "abc", "", "", "", "", ""},
                                          {1, {}, "", "ab", "c", "", "", ""},
                                          {1, {}, "ab", "", "c", "", "", ""}};
  std::set<std::string> hashes{crypto::to_hex(next_hash(genesis(), one))};
  for (const AuditEntry& other : others) {
    EXPECT_TRUE(hashes.insert(crypto::to_hex(next_hash(genesis(), other))).second);
  }
}

TEST(Chain, TheFormIsFixed) {
  // Stored logs have to verify under every later version. Computed with Python's hashlib from the description.
  const AuditEntry entry{1,
                         from_millis(1'795'000'000'123),
                         "owner",
                         "ada",
                         "127.0.0.1",
                         "keys.reveal",
                         "provider_keys/17",
                         "{\"name\":\"prod\"}"};
  EXPECT_EQ(crypto::to_hex(genesis()), "56192a246a98304be9af789a08e218897f82c8ec55f126e5bd6c2e59e8897b85");
  EXPECT_EQ(crypto::to_hex(next_hash(genesis(), entry)),
            "1e39c70d75122e4600a3270de5184a4aca58a2ae1ccc863adede4c9ec4c0df7e");
}

}  // namespace
}  // namespace keyledger::audit

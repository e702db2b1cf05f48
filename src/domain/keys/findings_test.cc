#include "domain/keys/findings.h"

#include <gtest/gtest.h>

#include <set>

namespace keyledger::keys {
namespace {

const std::set<std::string_view> kActions = {"none",
                                             "replace_key",
                                             "enable_key",
                                             "delete_key",
                                             "add_admin_key",
                                             "add_inference_key",
                                             "grant_scope",
                                             "enable_api",
                                             "choose_model",
                                             "choose_provider",
                                             "create_organization",
                                             "choose_plan",
                                             "top_up",
                                             "raise_limit",
                                             "fix_billing",
                                             "contact_provider",
                                             "see_pace",
                                             "check_network",
                                             "wait",
                                             "refresh",
                                             "report",
                                             "restore_master_key",
                                             "check_base_url",
                                             "update_prices"};

TEST(Findings, EachCodeStandsInTheTableOnce) {
  std::set<std::string_view> codes;
  for (const Explanation& one : explanations()) EXPECT_TRUE(codes.insert(one.code).second) << one.code;
}

TEST(Findings, CodesAreWordsOfTheApi) {
  for (const Explanation& one : explanations()) {
    EXPECT_EQ(one.code.find_first_not_of("abcdefghijklmnopqrstuvwxyz_0123456789"), std::string_view::npos) << one.code;
    EXPECT_TRUE(kActions.contains(one.action)) << one.code << ": " << one.action;
  }
}

TEST(Findings, EveryActionHasACodeThatUsesIt) {
  std::set<std::string_view> used;
  for (const Explanation& one : explanations()) used.insert(one.action);
  EXPECT_EQ(used, kActions);
}

TEST(Findings, SentencesArePlain) {
  for (const Explanation& one : explanations()) {
    SCOPED_TRACE(one.code);
    for (const std::string_view sentence : {one.cause, one.remedy}) {
      ASSERT_GT(sentence.size(), 10U);
      EXPECT_LE(sentence.size(), 180U) << sentence;
      EXPECT_TRUE(sentence.ends_with('.')) << sentence;
      EXPECT_FALSE(sentence.ends_with("..")) << sentence;
      EXPECT_TRUE(sentence.front() >= 'A' && sentence.front() <= 'Z') << sentence;
      for (const std::string_view word : {"!", "oops", "Oops", "please", "Please", "  ", "\xe2\x80\x93"}) {
        EXPECT_EQ(sentence.find(word), std::string_view::npos) << sentence;
      }
    }
  }
}

TEST(Findings, ExplainFindsEachCode) {
  for (const Explanation& one : explanations()) EXPECT_EQ(explain(one.code).cause, one.cause);
}

TEST(Findings, AnUnknownCodeIsAnUnexpectedAnswer) {
  for (const char* code : {"", "no_such_code", "OK"}) EXPECT_EQ(explain(code).code, "unexpected_answer");
}

TEST(Findings, TheThreeResultsThatMustNotBeMixedUpAreKeptApart) {
  const struct {
    const char* code;
    Verdict verdict;
    bool retry;
  } cases[] = {
      {"ok", Verdict::valid, false},
      {"key_rejected", Verdict::invalid, false},
      {"missing_scope", Verdict::valid_but_restricted, false},
      {"admin_key_needed", Verdict::valid_but_restricted, false},
      {"workspace_key", Verdict::valid_but_restricted, false},
      {"no_organization", Verdict::valid_but_restricted, false},
      {"insufficient_quota", Verdict::valid_but_restricted, false},  // 429, and yet waiting does not help
      {"spend_limit_reached", Verdict::valid_but_restricted, false},
      {"rate_limited", Verdict::rate_limited, true},
      {"provider_overloaded", Verdict::unreachable, true},
      {"region_not_supported", Verdict::unreachable, false},
      {"unreachable_timeout", Verdict::unreachable, true},
      {"private_address", Verdict::unreachable, false},
  };
  for (const auto& c : cases) {
    EXPECT_EQ(explain(c.code).code, c.code);
    EXPECT_EQ(explain(c.code).verdict, c.verdict) << c.code;
    EXPECT_EQ(explain(c.code).retry, c.retry) << c.code;
  }
}

TEST(Findings, WhatMakesAKeyInvalidIsCriticalAndNotRetried) {
  for (const Explanation& one : explanations()) {
    if (one.verdict != Verdict::invalid) continue;
    EXPECT_EQ(one.severity, Severity::critical) << one.code;
    EXPECT_FALSE(one.retry) << one.code;
  }
}

}  // namespace
}  // namespace keyledger::keys

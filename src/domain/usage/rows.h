// domain/usage/rows.h: what a provider reports, in our shape: counted use by hour or day, billed cost by day, and
// readings (quota, balance) of the moment.
#pragma once

#include <boost/describe.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/instant.h"
#include "base/money.h"

namespace keyledger::usage {

BOOST_DEFINE_FIXED_ENUM_CLASS(Width, std::uint8_t, hour, day)

/// Counts of one bucket. `requests` is unknown where a provider does not count them (never 0 instead).
/// input_tokens is all input; cached, cache-write and 1-hour cache-write tokens are parts of it.
struct Counts {
  std::optional<std::int64_t> requests{};
  std::int64_t input_tokens = 0;
  std::int64_t cached_tokens = 0;          // read from a cache
  std::int64_t cache_write_tokens = 0;     // written, short-lived (5 minutes)
  std::int64_t cache_write_1h_tokens = 0;  // written, long-lived (1 hour and more)
  std::int64_t output_tokens = 0;
  std::int64_t input_audio_tokens = 0;   // part of input_tokens
  std::int64_t output_audio_tokens = 0;  // part of output_tokens
  std::int64_t images = 0;
  std::int64_t characters = 0;
  std::int64_t seconds = 0;
  std::int64_t sessions = 0;  // code interpreter
  std::int64_t searches = 0;  // web and file searches, Brave queries
  std::int64_t bytes = 0;     // vector stores
  std::int64_t credits = 0;   // providers that count in credits of their own (ElevenLabs, Tavily)
  bool operator==(const Counts&) const = default;
};
BOOST_DESCRIBE_STRUCT(Counts, (),
                      (requests, input_tokens, cached_tokens, cache_write_tokens, cache_write_1h_tokens, output_tokens,
                       input_audio_tokens, output_audio_tokens, images, characters, seconds, sessions, searches, bytes,
                       credits))

/// One bucket of use for one combination of project, key, model and so on. Empty text: not known, or not grouped by it.
struct UsageRow {
  Width width = Width::day;
  Instant start{};           // of the UTC hour or day
  std::string dataset{};     // where it came from: completions, embeddings, messages, ...
  std::string project{};     // the provider's id: proj_..., wrkspc_...
  std::string remote_key{};  // the provider's id of the key: key_..., apikey_...
  std::string model{};
  std::string tier{};  // service tier that changes the price: batch, priority, flex, ...; empty: standard
  Counts counts{};
};

/// One billed amount. `model` is filled where the line item names one.
struct CostRow {
  Day day{};
  std::string dataset{};  // costs, cost_report, analytics_cost, ...
  std::string project{};
  std::string remote_key{};
  std::string model{};
  std::string line_item{};
  Currency currency{};
  Amount amount{};
};

/// A quota or balance as it stands now.
struct Reading {
  std::string name{};  // month_quota, second_quota, balance, credits, searches, ...
  std::string unit{};  // requests, credits, characters, tokens, or a currency (USD) for money
  std::optional<std::int64_t> used{};
  std::optional<std::int64_t> limit{};  // nothing: not known; with `unlimited`, none
  std::optional<std::int64_t> remaining{};
  bool unlimited = false;
  std::optional<Money> money_remaining{};  // for balances
  std::optional<Money> money_used{};
  std::optional<Instant> resets_at{};
};
BOOST_DESCRIBE_STRUCT(Reading, (),
                      (name, unit, used, limit, remaining, unlimited, money_remaining, money_used, resets_at))

}  // namespace keyledger::usage

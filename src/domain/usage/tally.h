// domain/usage/tally.h: sums of counts and of money over many rows that others have written: they never overflow.
#pragma once

#include <boost/describe.hpp>
#include <cstdint>

#include "base/money.h"
#include "domain/usage/rows.h"

namespace keyledger::usage {

/// No provider counts more of anything in a row; a count past it is cut to it, a negative one is 0. With it, a sum over
/// 900,000 rows of rollups stays within 64 bits.
inline constexpr std::int64_t kCountMax = 10'000'000'000'000;

/// Counts of many rows. `requests` sums what is known; the two row counters tell whether that is all of it.
struct Tally {
  std::int64_t requests = 0;
  std::int64_t requests_known = 0;    // rows that tell their requests
  std::int64_t requests_unknown = 0;  // rows that count something and do not
  std::int64_t input_tokens = 0;
  std::int64_t cached_tokens = 0;
  std::int64_t cache_write_tokens = 0;
  std::int64_t cache_write_1h_tokens = 0;
  std::int64_t output_tokens = 0;
  std::int64_t input_audio_tokens = 0;
  std::int64_t output_audio_tokens = 0;
  std::int64_t images = 0;
  std::int64_t characters = 0;
  std::int64_t seconds = 0;
  std::int64_t sessions = 0;
  std::int64_t searches = 0;
  std::int64_t bytes = 0;
  std::int64_t credits = 0;
  bool operator==(const Tally&) const = default;
};
BOOST_DESCRIBE_STRUCT(Tally, (),
                      (requests, requests_known, requests_unknown, input_tokens, cached_tokens, cache_write_tokens,
                       cache_write_1h_tokens, output_tokens, input_audio_tokens, output_audio_tokens, images,
                       characters, seconds, sessions, searches, bytes, credits))

/// The same counts with every number between 0 and kCountMax.
[[nodiscard]] Counts bounded(const Counts& counts);
/// Adds one row. Storage and sessions without calls do not make the requests unknown.
void add(Tally& tally, const Counts& counts);
/// Adds sums; each number stops at kCountMax.
void add(Tally& tally, const Tally& other);

/// left + right, stopping at the bounds of an Amount instead of leaving them.
[[nodiscard]] Amount add_bounded(const Amount& left, const Amount& right);
/// Puts together what SQL summed in three parts, each of which stays within 64 bits over 10^9 rows: whole units, the
/// nanos under one unit, the attos. Stops at the bounds of an Amount.
[[nodiscard]] Amount from_parts(std::int64_t units, std::int64_t nanos, std::int64_t attos);

}  // namespace keyledger::usage

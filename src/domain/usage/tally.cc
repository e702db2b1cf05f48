#include "domain/usage/tally.h"

#include <algorithm>
#include <boost/mp11.hpp>
#include <limits>

namespace keyledger::usage {
namespace {

constexpr std::int64_t kBillion = 1'000'000'000;
__extension__ using Wide = __int128;

/// One step inside the range that Amount keeps, as nanos.
constexpr std::int64_t kNanosMax = std::numeric_limits<std::int64_t>::max() - 1;

std::int64_t bounded(std::int64_t count) {
  return std::clamp<std::int64_t>(count, 0, kCountMax);
}

Wide wide(const Amount& amount) {
  return static_cast<Wide>(amount.nanos) * kBillion + amount.attos;
}

Amount narrow(Wide attos) {
  const Wide most = static_cast<Wide>(kNanosMax) * kBillion;
  attos = std::clamp(attos, -most, most);
  return Amount::normalised(static_cast<std::int64_t>(attos / kBillion), static_cast<std::int64_t>(attos % kBillion));
}

bool counts_calls(const Counts& counts) {
  return counts.input_tokens > 0 || counts.output_tokens > 0 || counts.images > 0 || counts.characters > 0 ||
         counts.seconds > 0 || counts.searches > 0;
}

}  // namespace

Counts bounded(const Counts& counts) {
  Counts result = counts;
  boost::mp11::mp_for_each<boost::describe::describe_members<Counts, boost::describe::mod_public>>([&](auto member) {
    auto& value = result.*member.pointer;
    if constexpr (std::is_same_v<std::remove_reference_t<decltype(value)>, std::int64_t>) {
      value = bounded(value);
    } else if (value) {
      value = bounded(*value);
    }
  });
  return result;
}

void add(Tally& tally, const Counts& counts) {
  const Counts row = bounded(counts);
  add(tally, Tally{.requests = row.requests.value_or(0),
                   .requests_known = row.requests.has_value() ? 1 : 0,
                   .requests_unknown = !row.requests.has_value() && counts_calls(row) ? 1 : 0,
                   .input_tokens = row.input_tokens,
                   .cached_tokens = row.cached_tokens,
                   .cache_write_tokens = row.cache_write_tokens,
                   .cache_write_1h_tokens = row.cache_write_1h_tokens,
                   .output_tokens = row.output_tokens,
                   .input_audio_tokens = row.input_audio_tokens,
                   .output_audio_tokens = row.output_audio_tokens,
                   .images = row.images,
                   .characters = row.characters,
                   .seconds = row.seconds,
                   .sessions = row.sessions,
                   .searches = row.searches,
                   .bytes = row.bytes,
                   .credits = row.credits});
}

void add(Tally& tally, const Tally& other) {
  boost::mp11::mp_for_each<boost::describe::describe_members<Tally, boost::describe::mod_public>>(
      [&](auto member) { tally.*member.pointer = bounded(tally.*member.pointer + bounded(other.*member.pointer)); });
}

Amount add_bounded(const Amount& left, const Amount& right) {
  return narrow(wide(left) + wide(right));
}

Amount from_parts(std::int64_t units, std::int64_t nanos, std::int64_t attos) {
  const Wide sum = (static_cast<Wide>(units) * kBillion + nanos) * kBillion + attos;
  return narrow(sum);
}

}  // namespace keyledger::usage

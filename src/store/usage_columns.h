// store/usage_columns.h: the columns that every table of use has, in the order of usage::Counts.
#pragma once

#include <string_view>

namespace keyledger::store {

inline constexpr std::string_view kUsageCounts =
    "requests, input_tokens, cached_tokens, cache_write_tokens, cache_write_1h_tokens, output_tokens, "
    "input_audio_tokens, output_audio_tokens, images, characters, seconds, sessions, searches, bytes, credits";
inline constexpr std::string_view kUsageCountValues =
    ":requests, :input_tokens, :cached_tokens, :cache_write_tokens, :cache_write_1h_tokens, :output_tokens, "
    ":input_audio_tokens, :output_audio_tokens, :images, :characters, :seconds, :sessions, :searches, :bytes, "
    ":credits";

}  // namespace keyledger::store

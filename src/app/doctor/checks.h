// app/doctor/checks.h: what the doctor looks at, and what it makes of it. Judging is pure: facts in, a finding out.
#pragma once

#include <sys/types.h>

#include <boost/describe.hpp>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/instant.h"

namespace keyledger::app {

BOOST_DEFINE_ENUM_CLASS(CheckState, fine, warn, fail)

struct Check {
  std::string name{};  // "data folder"
  CheckState state = CheckState::fine;
  std::string found{};   // a sentence
  std::string advice{};  // what to do; empty where there is nothing to do
};
BOOST_DESCRIBE_STRUCT(Check, (), (name, state, found, advice))

struct FolderFacts {
  std::filesystem::path path{};
  bool exists = false, directory = false, owned = false;
  ::mode_t mode = 0;
  std::optional<std::uintmax_t> free_bytes{};
};
[[nodiscard]] Check judge_folder(const FolderFacts& facts);
inline constexpr std::uintmax_t kFreeFail = 64ULL << 20;  // less: a copy before a migration will not fit
inline constexpr std::uintmax_t kFreeWarn = 1ULL << 30;

/// `outcome` is what loading the key answered; `fresh` says that there is neither key nor database yet.
struct KeyFacts {
  std::string where{};
  bool fresh = false;
  Result<void> outcome{};
};
[[nodiscard]] Check judge_key(const KeyFacts& facts);

struct DatabaseFacts {
  std::filesystem::path path{};
  bool exists = false;
  Result<void> opened{};
  std::string quick_check{};  // "ok", or what SQLite found
  std::int64_t version = 0;
  std::int64_t program_version = 0;
};
[[nodiscard]] Check judge_database(const DatabaseFacts& facts);

struct ClockFacts {
  Instant now{};
  std::optional<Instant> newest_file{};  // in the data folder: nothing is written in the future
};
[[nodiscard]] Check judge_clock(const ClockFacts& facts);

struct ServerFacts {
  bool answers = false;  // on the socket
  bool locked = false;   // the data folder, by a process
  std::string listen{};
};
[[nodiscard]] Check judge_server(const ServerFacts& facts);

/// What came of asking a provider's address without a key. Any HTTP answer proves the way there.
struct ReachFacts {
  std::string provider{}, url{};
  Result<unsigned> status{};
};
[[nodiscard]] Check judge_reach(const ReachFacts& facts);

/// A table for people.
[[nodiscard]] bool any_failed(const std::vector<Check>& checks);

}  // namespace keyledger::app

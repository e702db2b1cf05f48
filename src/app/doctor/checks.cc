#include "app/doctor/checks.h"

#include <fmt/format.h>

#include <algorithm>

namespace keyledger::app {
namespace {

constexpr std::chrono::minutes kFutureAllowed{2};
constexpr Instant kEarliest = Instant{Day{std::chrono::year{2026} / 1 / 1}};  // this program is younger

Check fine(std::string name, std::string found) {
  return {std::move(name), CheckState::fine, std::move(found), {}};
}
Check warn(std::string name, std::string found, std::string advice) {
  return {std::move(name), CheckState::warn, std::move(found), std::move(advice)};
}
Check failed(std::string name, std::string found, std::string advice) {
  return {std::move(name), CheckState::fail, std::move(found), std::move(advice)};
}

std::string mebibytes(std::uintmax_t bytes) {
  return fmt::format("{} MiB", bytes >> 20);
}

/// What to do about a failure that says nothing about it itself.
std::string advice_for(const Error& error) {
  if (error.reason == "dns_failed")
    return "Look at the name servers of this machine (/etc/resolv.conf) and the network.";
  if (error.reason == "connection_refused" || error.reason == "connection_failed") {
    return "Look at the firewall and the network; a proxy may stand in between.";
  }
  if (error.reason == "tls_failed") {
    return "If something in between opens TLS, give its authority with --ca-file; else look at this machine's clock.";
  }
  if (error.reason == "timeout") return "The network is slow or swallows packets; try again.";
  if (error.reason == "private_address") return "Say --allow-private-addresses if that is meant.";
  return "Correct the provider's base URL in the settings.";
}

}  // namespace

Check judge_folder(const FolderFacts& facts) {
  const std::string name = "data folder";
  const std::string path = facts.path.string();
  if (!facts.exists)
    return warn(name, fmt::format("{} is not there yet.", path), "The first `keyledger serve` makes it.");
  if (!facts.directory) return failed(name, fmt::format("{} is no folder.", path), "Name another with --data-dir.");
  if (!facts.owned) {
    return failed(name, fmt::format("{} belongs to another user.", path), "Run Keyledger as its owner.");
  }
  if ((facts.mode & 077) != 0) {
    return failed(name, fmt::format("Others may look into {} (mode {:o}).", path, facts.mode & 0777),
                  fmt::format("Say `chmod 700 {}`.", path));
  }
  if (facts.free_bytes && *facts.free_bytes < kFreeFail) {
    return failed(name, fmt::format("Only {} are free.", mebibytes(*facts.free_bytes)), "Make room on this disk.");
  }
  if (facts.free_bytes && *facts.free_bytes < kFreeWarn) {
    return warn(name, fmt::format("Only {} are free.", mebibytes(*facts.free_bytes)), "Make room before it is full.");
  }
  return fine(name, fmt::format("{}, for its owner alone.", path));
}

Check judge_key(const KeyFacts& facts) {
  const std::string name = "master key";
  if (facts.fresh)
    return warn(name, "There is none yet.", "The first `keyledger serve` makes it. Then keep a copy apart.");
  if (facts.outcome) return fine(name, fmt::format("{} holds a good key.", facts.where));
  return failed(name, facts.outcome.error().message, "Without the key the stored provider keys cannot be read.");
}

Check judge_database(const DatabaseFacts& facts) {
  const std::string name = "database";
  if (!facts.exists) return warn(name, "There is none yet.", "The first `keyledger serve` makes it.");
  if (!facts.opened) {
    return failed(name, facts.opened.error().message, "Put it back from a backup if it is damaged.");
  }
  if (facts.quick_check != "ok") {
    return failed(name, fmt::format("It is damaged: {}.", facts.quick_check),
                  "Stop the server, keep this file, and put back the newest backup.");
  }
  if (facts.version > facts.program_version) {
    return failed(name,
                  fmt::format("It is of version {}, and this program knows {}.", facts.version, facts.program_version),
                  "Use a newer Keyledger.");
  }
  if (facts.version < facts.program_version) {
    return warn(name, fmt::format("It is of version {}; this program's is {}.", facts.version, facts.program_version),
                "The next start brings it forward, after a copy.");
  }
  return fine(name, fmt::format("{} is whole, version {}.", facts.path.filename().string(), facts.version));
}

Check judge_clock(const ClockFacts& facts) {
  const std::string name = "clock";
  const std::string now = to_rfc3339(std::chrono::floor<std::chrono::seconds>(facts.now));
  const std::string advice = "Set the clock, best by NTP (`timedatectl set-ntp true`): days, budgets and TLS go by it.";
  if (facts.now < kEarliest) return failed(name, fmt::format("It says {}, which is past.", now), advice);
  if (facts.newest_file && *facts.newest_file > facts.now + kFutureAllowed) {
    const std::string newest = to_rfc3339(std::chrono::floor<std::chrono::seconds>(*facts.newest_file));
    return failed(name, fmt::format("It says {}, but something was written at {}.", now, newest), advice);
  }
  return fine(name, fmt::format("It says {}.", now));
}

Check judge_server(const ServerFacts& facts) {
  const std::string name = "server";
  if (facts.answers) return fine(name, "It runs, and answers on the socket.");
  if (facts.locked) {
    return failed(name, "A process holds the data folder, but nobody answers on the socket.",
                  "It may be starting or stopping; if it stays so, look at its log and stop it.");
  }
  return warn(name, "It does not run.", fmt::format("`keyledger serve` starts it on {}.", facts.listen));
}

Check judge_reach(const ReachFacts& facts) {
  const std::string name = fmt::format("reach {}", facts.provider);
  if (facts.status) return fine(name, fmt::format("{} answers ({}).", facts.url, *facts.status));
  return failed(name, fmt::format("{}: {}", facts.url, facts.status.error().message), advice_for(facts.status.error()));
}

bool any_failed(const std::vector<Check>& checks) {
  return std::ranges::any_of(checks, [](const Check& check) { return check.state == CheckState::fail; });
}

}  // namespace keyledger::app

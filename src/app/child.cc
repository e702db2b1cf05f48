#include "app/child.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <thread>

namespace keyledger::app {
namespace {

using SteadyClock = std::chrono::steady_clock;

constexpr std::chrono::milliseconds kLookEvery{100};  // whether to stop
constexpr std::chrono::milliseconds kReapEvery{5};    // after the program has closed its output
constexpr std::size_t kInputBytesMax = 32 << 10;      // fits a pipe, so that writing never blocks

std::unexpected<Error> failed(std::string message, std::string reason) {
  return fail(Code::unavailable, std::move(message), std::move(reason));
}

std::unexpected<Error> not_started(int number) {
  return failed(fmt::format("The command could not be started: {}.", std::strerror(number)), "command_not_started");
}

/// Both ends of a pipe, closed at the end.
class Pipe {
 public:
  Pipe() : error_(::pipe2(ends_.data(), O_CLOEXEC) == 0 ? 0 : errno) {}
  ~Pipe() {
    close(0);
    close(1);
  }
  Pipe(const Pipe&) = delete;
  Pipe& operator=(const Pipe&) = delete;
  [[nodiscard]] int error() const { return error_; }
  [[nodiscard]] int end(std::size_t which) const { return ends_[which]; }
  void close(std::size_t which) {
    if (ends_[which] >= 0) ::close(std::exchange(ends_[which], -1));
  }

 private:
  std::array<int, 2> ends_{-1, -1};
  int error_;
};

/// What the program may know of our environment.
std::vector<std::string> safe_environment() {
  std::vector<std::string> kept;
  for (const char* name : {"PATH", "HOME", "LANG", "TZ"}) {
    const char* const value = std::getenv(name);
    if (value != nullptr) kept.push_back(fmt::format("{}={}", name, value));
  }
  return kept;
}

std::vector<char*> pointers(std::vector<std::string>& words) {
  std::vector<char*> out;
  for (std::string& word : words) out.push_back(word.data());
  out.push_back(nullptr);
  return out;
}

/// Starts the program in a process group of its own, with our end of the pipes closed to it.
Result<pid_t> start(std::vector<std::string> words, const Pipe& in, const Pipe& out) {
  posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawn_file_actions_adddup2(&actions, in.end(0), STDIN_FILENO);
  ::posix_spawn_file_actions_adddup2(&actions, out.end(1), STDOUT_FILENO);
  ::posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
  posix_spawnattr_t attributes;
  ::posix_spawnattr_init(&attributes);
  sigset_t none;
  sigset_t all;
  ::sigemptyset(&none);
  ::sigfillset(&all);
  ::posix_spawnattr_setsigmask(&attributes, &none);
  ::posix_spawnattr_setsigdefault(&attributes, &all);
  ::posix_spawnattr_setpgroup(&attributes, 0);
  ::posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
  std::vector<std::string> environment = safe_environment();
  pid_t child = 0;
  const int error = ::posix_spawnp(&child, words.front().c_str(), &actions, &attributes, pointers(words).data(),
                                   pointers(environment).data());
  ::posix_spawnattr_destroy(&attributes);
  ::posix_spawn_file_actions_destroy(&actions);
  if (error != 0) return not_started(error);
  return child;
}

/// A program that runs. Killed, with all that it started, unless it was waited for.
struct Running {
  pid_t child;
  SteadyClock::time_point deadline;
  const std::atomic<bool>* stop;
  bool gone = false;

  ~Running() {
    if (gone) return;
    ::kill(-child, SIGKILL);
    ::waitpid(child, nullptr, 0);
  }
  [[nodiscard]] bool over() const { return *stop || SteadyClock::now() >= deadline; }
};

std::unexpected<Error> gave_up(const ChildLimits& limits) {
  return failed(fmt::format("The command did not end within {} ms.", limits.patience.count()), "command_timeout");
}

/// Reads up to the end of the output, and keeps the beginning.
Result<std::string> read_output(const Running& running, int from, const ChildLimits& limits) {
  std::string kept;
  std::array<char, 4096> piece{};
  for (;;) {
    if (running.over()) {
      wipe(kept);
      return gave_up(limits);
    }
    pollfd ready{.fd = from, .events = POLLIN, .revents = 0};
    if (::poll(&ready, 1, static_cast<int>(kLookEvery.count())) <= 0) continue;
    const ssize_t got = ::read(from, piece.data(), piece.size());
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return kept;
    const std::size_t room = limits.line_bytes_max + 2 - std::min(limits.line_bytes_max + 2, kept.size());
    kept.append(piece.data(), std::min(room, static_cast<std::size_t>(got)));
  }
}

/// Waits for the end, which is near once the output was closed.
Result<void> wait_for(Running& running, const ChildLimits& limits) {
  int status = 0;
  while (::waitpid(running.child, &status, WNOHANG) == 0) {
    if (running.over()) return gave_up(limits);
    std::this_thread::sleep_for(kReapEvery);
  }
  running.gone = true;
  if (WIFEXITED(status) && WEXITSTATUS(status) == 0) return {};
  const std::string how =
      WIFEXITED(status) ? fmt::format("code {}", WEXITSTATUS(status)) : fmt::format("signal {}", WTERMSIG(status));
  return failed(fmt::format("The command ended with {}.", how), "command_failed");
}

}  // namespace

Result<Secret> first_line_of(const std::vector<std::string>& words, const Secret& input, const std::atomic<bool>* stop,
                             ChildLimits limits) {
  check_invariant(!words.empty() && input.size() <= kInputBytesMax, "a command has a name, and its input fits a pipe");
  Pipe in;
  Pipe out;
  if (in.error() != 0 || out.error() != 0) return not_started(std::max(in.error(), out.error()));
  // Written before there is a reader that could hang up: then there would be a signal.
  const ssize_t written = ::write(in.end(1), input.reveal().data(), input.size());
  if (written != static_cast<ssize_t>(input.size())) return not_started(EIO);
  const Result<pid_t> child = start(words, in, out);
  if (!child) return std::unexpected(child.error());
  Running running{*child, SteadyClock::now() + limits.patience, stop};
  in.close(0);
  in.close(1);
  out.close(1);
  Result<std::string> output = read_output(running, out.end(0), limits);
  if (!output) return std::unexpected(output.error());
  std::string line = output->substr(0, output->find('\n'));
  wipe(*output);
  if (line.ends_with('\r')) line.pop_back();
  Secret answer{std::move(line)};
  const Result<void> ended = wait_for(running, limits);
  if (!ended) return std::unexpected(ended.error());
  if (answer.empty()) return failed("The command printed no password.", "command_said_nothing");
  return answer;
}

}  // namespace keyledger::app

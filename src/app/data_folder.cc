#include "app/data_folder.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>

namespace keyledger::app {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kKeyTextMax = 4096;  // of a key file or a command's answer; a key has 64 characters
constexpr ::mode_t kForOthers = 077;

std::unexpected<Error> io_error(const fs::path& what, std::string_view verb) {
  return fail(Code::unavailable, fmt::format("{} cannot be {}: {}.", what.string(), verb, std::strerror(errno)),
              "io_error", {}, fmt::format("errno {}", errno));
}

/// Closes a descriptor at the end of a function.
class Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {}
  ~Descriptor() {
    if (number_ >= 0) ::close(number_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  [[nodiscard]] int get() const { return number_; }

 private:
  int number_;
};

/// Reads at most kKeyTextMax bytes.
Result<Secret> read_key_text(int descriptor, const fs::path& file) {
  std::string text(kKeyTextMax, '\0');
  std::size_t length = 0;
  while (length < text.size()) {
    const ssize_t got = ::read(descriptor, text.data() + length, text.size() - length);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) {
      wipe(text);
      return io_error(file, "read");
    }
    if (got == 0) break;
    length += static_cast<std::size_t>(got);
  }
  Secret secret{text.substr(0, length)};
  wipe(text);
  return secret;
}

Result<void> check_key_file(int descriptor, const fs::path& file) {
  struct stat status {};
  if (::fstat(descriptor, &status) != 0) return io_error(file, "examined");
  if (!S_ISREG(status.st_mode)) {
    return fail(Code::invalid_argument, fmt::format("{} is no file.", file.string()), "malformed_master_key");
  }
  if ((status.st_mode & kForOthers) != 0) {
    return fail(Code::forbidden,
                fmt::format("Others may read the master key {0}. Say `chmod 600 {0}`, and consider a new key with "
                            "`keyledger rekey`.",
                            file.string()),
                "exposed_master_key");
  }
  if (status.st_uid != ::geteuid() && status.st_uid != 0) {
    return fail(Code::forbidden, fmt::format("The master key {} belongs to another user.", file.string()),
                "exposed_master_key");
  }
  return {};
}

Result<crypto::MasterKey> parse_key(const Secret& text, std::string_view origin) {
  Result<crypto::MasterKey> key = crypto::MasterKey::parse(text);
  if (key) return key;
  return fail(Code::invalid_argument, fmt::format("{} holds no master key: it has 64 hexadecimal digits.", origin),
              "malformed_master_key");
}

Result<crypto::MasterKey> read_key_file(const fs::path& file) {
  const Descriptor descriptor(::open(file.c_str(), O_RDONLY | O_CLOEXEC));
  if (descriptor.get() < 0) return io_error(file, "opened");
  const Result<void> safe = check_key_file(descriptor.get(), file);
  if (!safe) return std::unexpected(safe.error());
  const Result<Secret> text = read_key_text(descriptor.get(), file);
  if (!text) return std::unexpected(text.error());
  return parse_key(*text, file.string());
}

Result<crypto::MasterKey> run_key_command(const std::string& command) {
  std::FILE* pipe = ::popen(command.c_str(), "re");
  const auto failed = [](std::string why) {
    return fail(Code::unavailable, fmt::format("The master key command {}.", why), "master_key_command_failed");
  };
  if (pipe == nullptr) return failed("could not be started");
  const Result<Secret> text = read_key_text(::fileno(pipe), "the master key command");
  const int status = ::pclose(pipe);
  if (!text) return std::unexpected(text.error());
  if (!WIFEXITED(status)) return failed("was ended by a signal");
  if (WEXITSTATUS(status) != 0) return failed(fmt::format("ended with {}", WEXITSTATUS(status)));
  return parse_key(*text, "What the master key command prints");
}

bool write_all(int descriptor, std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = ::write(descriptor, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return false;
    text.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

bool sync_folder(const fs::path& folder) {
  const Descriptor descriptor(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  return descriptor.get() >= 0 && ::fsync(descriptor.get()) == 0;
}

bool is_there(const fs::path& file) {
  std::error_code error;
  return fs::exists(fs::symlink_status(file, error));
}

}  // namespace

fs::path database_file(const Settings& settings) {
  return settings.data_dir / "keyledger.db";
}
fs::path socket_file(const Settings& settings) {
  return settings.data_dir / "keyledger.sock";
}
fs::path master_key_path(const Settings& settings) {
  return settings.master_key_file.empty() ? settings.data_dir / "master.key" : settings.master_key_file;
}
fs::path new_master_key_path(const Settings& settings) {
  return settings.new_master_key_file.empty() ? settings.data_dir / "new-master.key" : settings.new_master_key_file;
}

Result<void> prepare_folder(const Settings& settings) {
  const fs::path& folder = settings.data_dir;
  std::error_code error;
  fs::create_directories(folder.parent_path(), error);
  if (error) {
    errno = error.value();
    return io_error(folder.parent_path(), "made");
  }
  if (::mkdir(folder.c_str(), 0700) != 0 && errno != EEXIST) return io_error(folder, "made");
  struct stat status {};
  if (::stat(folder.c_str(), &status) != 0) return io_error(folder, "examined");
  if (!S_ISDIR(status.st_mode)) {
    errno = ENOTDIR;
    return io_error(folder, "used");
  }
  if (status.st_uid != ::geteuid()) {
    return fail(Code::forbidden, fmt::format("The data folder {} belongs to another user.", folder.string()),
                "foreign_folder");
  }
  if ((status.st_mode & kForOthers) == 0) return {};
  if (!is_there(database_file(settings)) && !is_there(master_key_path(settings))) {
    return ::chmod(folder.c_str(), 0700) == 0 ? Result<void>{} : io_error(folder, "closed to others");
  }
  return fail(Code::forbidden,
              fmt::format("Others may look into the data folder {0}. Say `chmod 700 {0}`.", folder.string()),
              "exposed_folder");
}

Result<void> create_key_file(const fs::path& file) {
  // Written in full under another name first: a crash leaves no half key behind, and `link` never overwrites.
  const fs::path draft = file.string() + ".draft";
  ::unlink(draft.c_str());
  {
    const Descriptor descriptor(::open(draft.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
    if (descriptor.get() < 0) return io_error(file, "made");
    const Secret text = crypto::MasterKey::generate().to_text();
    const bool written = write_all(descriptor.get(), text.reveal()) && write_all(descriptor.get(), "\n");
    if (!written || ::fsync(descriptor.get()) != 0) return io_error(file, "written");
  }
  const bool linked = ::link(draft.c_str(), file.c_str()) == 0;
  const int number = errno;
  ::unlink(draft.c_str());
  errno = number;
  if (!linked && errno == EEXIST) {
    return fail(Code::conflict, fmt::format("{} is there already.", file.string()), "file_exists");
  }
  if (!linked || !sync_folder(file.parent_path())) return io_error(file, "made");
  return {};
}

Result<crypto::MasterKey> load_master_key(const Settings& settings) {
  if (!settings.master_key.empty()) return parse_key(settings.master_key, "KEYLEDGER_MASTER_KEY");
  if (!settings.master_key_command.empty()) return run_key_command(settings.master_key_command);
  const fs::path file = master_key_path(settings);
  if (!is_there(file)) {
    if (is_there(database_file(settings))) {
      return fail(Code::not_found,
                  fmt::format("The master key {} is missing. Put it back from your backup: without it the stored keys "
                              "cannot be read.",
                              file.string()),
                  "master_key_missing");
    }
    const Result<void> made = create_key_file(file);
    if (!made) return std::unexpected(made.error());
  }
  return read_key_file(file);
}

Result<crypto::MasterKey> load_present_master_key(const Settings& settings) {
  if (!settings.master_key.empty() || !settings.master_key_command.empty()) return load_master_key(settings);
  const fs::path file = master_key_path(settings);
  if (is_there(file)) return read_key_file(file);
  return fail(Code::not_found,
              fmt::format("The master key {} is missing. Put there the one that was in use when the backup was made.",
                          file.string()),
              "master_key_missing");
}

std::string master_key_origin(const Settings& settings) {
  if (!settings.master_key.empty()) return "KEYLEDGER_MASTER_KEY";
  if (!settings.master_key_command.empty()) return "the master key command";
  return master_key_path(settings).string();
}

Result<std::optional<crypto::MasterKey>> load_new_master_key(const Settings& settings) {
  const fs::path file = new_master_key_path(settings);
  if (!is_there(file)) return std::nullopt;
  Result<crypto::MasterKey> key = read_key_file(file);
  if (!key) return std::unexpected(key.error());
  return std::optional<crypto::MasterKey>{std::move(*key)};
}

Result<std::string> adopt_new_master_key(const Settings& settings) {
  const fs::path fresh = new_master_key_path(settings);
  if (!settings.master_key.empty() || !settings.master_key_command.empty()) {
    return fmt::format(
        "Everything is sealed under the key in {}. Put it where the old one came from ({}), then start "
        "Keyledger again.",
        fresh.string(), settings.master_key.empty() ? "the master key command" : "KEYLEDGER_MASTER_KEY");
  }
  const fs::path file = master_key_path(settings);
  const fs::path old = file.string() + ".old";
  ::unlink(old.c_str());
  if (::link(file.c_str(), old.c_str()) != 0) return io_error(old, "made");
  if (::rename(fresh.c_str(), file.c_str()) != 0) return io_error(fresh, "renamed");
  if (!sync_folder(file.parent_path()) || !sync_folder(fresh.parent_path())) return io_error(file, "put on disk");
  return fmt::format("{} holds the new key. The old one is kept as {} for older backups; delete it when they are gone.",
                     file.string(), old.string());
}

Secret take_variable(const char* name) {
  char* const value = std::getenv(name);  // before any thread is started
  if (value == nullptr) return {};
  Secret secret{std::string{value}};
  ::explicit_bzero(value, std::strlen(value));
  ::unsetenv(name);
  return secret;
}

}  // namespace keyledger::app

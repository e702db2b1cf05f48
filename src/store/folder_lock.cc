#include "store/folder_lock.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <utility>

namespace keyledger::store {
namespace {

std::unexpected<Error> cannot_lock(const std::filesystem::path& file, int number) {
  return fail(Code::unavailable, fmt::format("{} cannot be locked: {}.", file.string(), std::strerror(number)),
              "io_error", {}, fmt::format("errno {}", number));
}

/// "process 4711", or less where the holder has not yet written its number.
std::string holder(int descriptor) {
  std::array<char, 20> digits{};  // a 64-bit number has 19
  const ssize_t length = ::pread(descriptor, digits.data(), digits.size(), 0);
  std::string number(digits.data(), length > 0 ? static_cast<std::size_t>(length) : 0);
  number.resize(std::min(number.size(), number.find_first_not_of("0123456789")));
  return number.empty() ? "another process" : "process " + number;
}

bool write_own_number(int descriptor) {
  const std::string number = fmt::format("{}\n", ::getpid());
  return ::ftruncate(descriptor, 0) == 0 &&
         ::pwrite(descriptor, number.data(), number.size(), 0) == static_cast<ssize_t>(number.size());
}

}  // namespace

Result<FolderLock> FolderLock::acquire(const std::filesystem::path& folder) {
  const std::filesystem::path file = folder / "keyledger.lock";
  FolderLock lock(::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (lock.descriptor_ < 0) return cannot_lock(file, errno);
  if (::flock(lock.descriptor_, LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK) return cannot_lock(file, errno);
    return fail(Code::conflict,
                fmt::format("{} is in use by {}. Stop it, or choose another folder with --data-dir.", folder.string(),
                            holder(lock.descriptor_)),
                "folder_in_use");
  }
  if (!write_own_number(lock.descriptor_)) return cannot_lock(file, errno);
  return lock;
}

FolderLock::FolderLock(FolderLock&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}

FolderLock& FolderLock::operator=(FolderLock&& other) noexcept {
  std::swap(descriptor_, other.descriptor_);
  return *this;
}

/// The file stays: removing it would let two processes lock two files of one name.
FolderLock::~FolderLock() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

}  // namespace keyledger::store

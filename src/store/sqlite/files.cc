#include "store/sqlite/files.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace keyledger::store {
namespace {

std::unexpected<Error> failed(std::string_view what, const std::filesystem::path& path, int number,
                              std::string reason) {
  const std::string detail = fmt::format("{} {}: errno {}", what, path.string(), number);
  if (number == ENOSPC || number == EDQUOT) {
    return fail(Code::unavailable, "The disk is full; make room and repeat the request.", "disk_full", {}, detail);
  }
  return fail(Code::unavailable, fmt::format("{} cannot be {}: {}.", path.string(), what, std::strerror(number)),
              std::move(reason), {}, detail);
}

Result<void> sync_path(const std::filesystem::path& path, int flags) {
  const int descriptor = ::open(path.c_str(), flags | O_CLOEXEC);
  if (descriptor < 0) return failed("opened", path, errno, "io_error");
  const int number = ::fsync(descriptor) == 0 ? 0 : errno;
  ::close(descriptor);
  if (number != 0) return failed("synced", path, number, "io_error");
  return {};
}

}  // namespace

Result<bool> create_private_file(const std::filesystem::path& file) {
  const int descriptor = ::open(file.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, S_IRUSR | S_IWUSR);
  if (descriptor < 0 && errno == EEXIST) return false;
  if (descriptor < 0) return failed("made", file, errno, "cannot_open");
  ::close(descriptor);
  const Result<void> durable = sync_folder_of(file);
  if (!durable) return std::unexpected(durable.error());
  return true;
}

Result<void> sync_file(const std::filesystem::path& file) {
  return sync_path(file, O_RDONLY);
}

Result<void> sync_folder_of(const std::filesystem::path& file) {
  return sync_path(std::filesystem::absolute(file).parent_path(), O_RDONLY | O_DIRECTORY);
}

}  // namespace keyledger::store

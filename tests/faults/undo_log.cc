#include "faults/undo_log.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iterator>
#include <vector>

namespace keyledger::faults {
namespace {

constexpr std::string_view kExtension = ".undo";

/// Before each change; the old bytes follow. The log begins with the path of its file and a line feed.
struct Record {
  std::int64_t offset = 0;
  std::int64_t length = 0;
  std::int64_t old_size = 0;
};

struct Change {
  Record record{};
  std::span<const char> old_bytes{};
};

[[noreturn]] void give_up(const char* what, const std::filesystem::path& path) {
  std::fprintf(stderr, "fault vfs: %s %s: %s\n", what, path.c_str(), std::strerror(errno));
  std::abort();
}

std::int64_t size_of(int descriptor) {
  struct stat status {};
  return ::fstat(descriptor, &status) == 0 ? status.st_size : -1;
}

std::optional<std::vector<char>> read_all(const std::filesystem::path& path) {
  std::ifstream stream(path, std::ios::binary);
  if (!stream) return std::nullopt;
  return std::vector<char>(std::istreambuf_iterator<char>(stream), {});
}

/// The changes in their order. The last one may be cut short: then the process died before it made that change.
std::vector<Change> read_changes(std::span<const char> log) {
  std::vector<Change> changes;
  while (log.size() >= sizeof(Record)) {
    Change change;
    std::memcpy(&change.record, log.data(), sizeof(Record));
    log = log.subspan(sizeof(Record));
    const auto length = static_cast<std::size_t>(change.record.length);
    if (log.size() < length) break;
    change.old_bytes = log.first(length);
    log = log.subspan(length);
    changes.push_back(change);
  }
  return changes;
}

bool take_back(int descriptor, const Change& change) {
  if (::ftruncate(descriptor, change.record.old_size) != 0) return false;
  const auto& bytes = change.old_bytes;
  return bytes.empty() ||
         ::pwrite(descriptor, bytes.data(), bytes.size(), change.record.offset) == static_cast<ssize_t>(bytes.size());
}

/// How many changes were taken back; nothing when the file cannot be written.
std::optional<int> restore(const std::filesystem::path& file, std::span<const Change> changes) {
  const int descriptor = ::open(file.c_str(), O_RDWR | O_CLOEXEC);
  if (descriptor < 0) return errno == ENOENT ? std::optional(0) : std::nullopt;  // a removed file stays removed
  bool done = true;
  for (auto change = changes.rbegin(); done && change != changes.rend(); ++change)
    done = take_back(descriptor, *change);
  ::close(descriptor);
  return done ? std::optional(static_cast<int>(changes.size())) : std::nullopt;
}

/// Takes back what the log holds, then empties it.
std::optional<int> apply_log(const std::filesystem::path& log,
                             const std::optional<std::filesystem::path>& data_folder) {
  const std::optional<std::vector<char>> content = read_all(log);
  if (!content) return std::nullopt;
  const auto line_end = std::find(content->begin(), content->end(), '\n');
  if (line_end == content->end()) return 0;  // died before the first change
  const std::filesystem::path written_for(std::string(content->begin(), line_end));
  const std::filesystem::path file = data_folder ? *data_folder / written_for.filename() : written_for;
  const std::vector<Change> changes = read_changes(std::span<const char>(line_end + 1, content->end()));
  const std::optional<int> restored = restore(file, changes);
  std::error_code error;
  if (restored) std::filesystem::resize_file(log, static_cast<std::uintmax_t>(line_end + 1 - content->begin()), error);
  return error ? std::nullopt : restored;
}

}  // namespace

UndoLog::UndoLog(const std::filesystem::path& folder, const std::filesystem::path& file) {
  const std::filesystem::path path = folder / (file.filename().string() + std::string(kExtension));
  descriptor_ = ::open(path.c_str(), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  if (descriptor_ < 0) give_up("cannot open", path);
  const std::string header = file.string() + "\n";
  header_bytes_ = static_cast<std::int64_t>(header.size());
  // A log that an earlier process left goes on: what that process did not sync is still not durable.
  if (size_of(descriptor_) < header_bytes_) {
    if (::ftruncate(descriptor_, 0) != 0) give_up("cannot empty", path);
    append(header);
  }
}

UndoLog::~UndoLog() {
  ::close(descriptor_);
}

void UndoLog::remember(std::int64_t offset, std::span<const char> old_bytes, std::int64_t old_size) {
  const Record record{offset, static_cast<std::int64_t>(old_bytes.size()), old_size};
  std::vector<char> bytes(sizeof(record) + old_bytes.size());
  std::memcpy(bytes.data(), &record, sizeof(record));
  std::copy(old_bytes.begin(), old_bytes.end(), bytes.begin() + sizeof(record));
  append(bytes);
}

void UndoLog::append(std::span<const char> bytes) {
  if (::write(descriptor_, bytes.data(), bytes.size()) != static_cast<ssize_t>(bytes.size())) {
    give_up("cannot write", "the undo log");
  }
}

void UndoLog::forget() {
  if (::ftruncate(descriptor_, header_bytes_) != 0) give_up("cannot empty", "the undo log");
}

std::optional<PowerCut> apply_undo(const std::filesystem::path& undo_folder,
                                   const std::optional<std::filesystem::path>& data_folder) {
  PowerCut cut;
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(undo_folder, error)) {
    if (entry.path().extension() != kExtension) continue;
    const std::optional<int> changes = apply_log(entry.path(), data_folder);
    if (!changes) return std::nullopt;
    ++cut.files;
    cut.changes += *changes;
  }
  if (error) return std::nullopt;
  return cut;
}

}  // namespace keyledger::faults

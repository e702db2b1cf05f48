#include "service/backup/folder.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <regex>
#include <tuple>

namespace keyledger::service {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kUnfinished = ".partial";

}  // namespace

std::string backup_name(Instant now, int number) {
  const auto second = std::chrono::floor<std::chrono::seconds>(now);
  return fmt::format("keyledger-{:%Y%m%dT%H%M%S}Z{}.db", second, number == 0 ? "" : fmt::format("-{}", number));
}

std::optional<CopyFile> parse_backup_name(const std::string& name) {
  static const std::regex kOurs(R"(keyledger-(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z(?:-(\d{1,3}))?\.db)");
  std::smatch part;
  if (!std::regex_match(name, part, kOurs)) return std::nullopt;
  const std::string time = fmt::format("{}-{}-{}T{}:{}:{}Z", part[1].str(), part[2].str(), part[3].str(), part[4].str(),
                                       part[5].str(), part[6].str());
  const Result<Instant> made_at = parse_rfc3339(time);
  if (!made_at) return std::nullopt;
  return CopyFile{name, *made_at, part[7].matched ? std::stoi(part[7].str()) : 0, 0};
}

std::vector<CopyFile> backup_files(const fs::path& folder) {
  std::vector<CopyFile> copies;
  std::error_code error;
  for (const fs::directory_entry& entry : fs::directory_iterator(folder, error)) {
    std::optional<CopyFile> copy = parse_backup_name(entry.path().filename().string());
    if (!copy || entry.is_symlink(error) || !entry.is_regular_file(error)) continue;
    const std::uintmax_t bytes = entry.file_size(error);
    if (error) continue;  // it has just gone
    copy->bytes = static_cast<std::int64_t>(bytes);
    copies.push_back(std::move(*copy));
  }
  std::ranges::sort(copies, {}, [](const CopyFile& copy) { return std::tuple(copy.made_at, copy.number); });
  return copies;
}

std::vector<std::string> remove_old_backups(const fs::path& folder, std::size_t keep,
                                            const std::set<std::string>* among) {
  std::vector<CopyFile> copies = backup_files(folder);
  if (among != nullptr) std::erase_if(copies, [&](const CopyFile& copy) { return !among->contains(copy.name); });
  std::vector<std::string> removed;
  std::error_code error;
  while (copies.size() - removed.size() > keep) {
    const fs::path oldest = folder / copies[removed.size()].name;
    if (!fs::remove(oldest, error)) break;
    removed.push_back(oldest.string());
  }
  return removed;
}

void remove_unfinished_backups(const fs::path& folder) {
  std::error_code error;
  for (const fs::directory_entry& entry : fs::directory_iterator(folder, error)) {
    std::string name = entry.path().filename().string();
    if (!name.ends_with(kUnfinished)) continue;
    name.resize(name.size() - kUnfinished.size());
    if (parse_backup_name(name)) fs::remove(entry.path(), error);
  }
}

}  // namespace keyledger::service

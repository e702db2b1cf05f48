// tests/faults/powercut.cc: keyledger_powercut UNDO_FOLDER [DATA_FOLDER]: takes away what the killed program had not
// synced. With DATA_FOLDER the files are looked for there instead of where they were written.
#include <cstdio>
#include <filesystem>
#include <optional>

#include "faults/undo_log.h"

int main(int count, char** arguments) {
  if (count < 2 || count > 3) {
    std::fprintf(stderr, "usage: keyledger_powercut UNDO_FOLDER [DATA_FOLDER]\n");
    return 2;
  }
  const std::optional<std::filesystem::path> data_folder =
      count == 3 ? std::optional<std::filesystem::path>(arguments[2]) : std::nullopt;
  const std::optional<keyledger::faults::PowerCut> cut = keyledger::faults::apply_undo(arguments[1], data_folder);
  if (!cut) {
    std::fprintf(stderr, "keyledger_powercut: %s could not be applied\n", arguments[1]);
    return 1;
  }
  std::printf("files %d, changes taken back %d\n", cut->files, cut->changes);
  return 0;
}

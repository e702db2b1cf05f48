#include "service/import/report.h"

namespace keyledger::service {

void TableReport::note(RowNote note) {
  if (notes.size() < kNotesMax) {
    notes.push_back(std::move(note));
  } else {
    ++notes_left_out;
  }
}

void TableReport::skip(std::int64_t id, std::string code, std::string why) {
  ++skipped;
  note({id, RowOutcome::skipped, std::move(code), std::move(why)});
}

void TableReport::adjust(std::int64_t id, std::string code, std::string why) {
  ++adjusted;
  note({id, RowOutcome::adjusted, std::move(code), std::move(why)});
}

}  // namespace keyledger::service

#include "providers/paging.h"

namespace keyledger::providers {

bool Paging::next(const json::Value& has_more, const json::Value& cursor) {
  ++pages_;
  const bool* more = has_more.boolean();
  if (more != nullptr && !*more) return false;
  const std::optional<std::string_view> text = cursor.text();
  if (!text || text->empty()) return false;
  endless_ = pages_ >= pages_max_ || !seen_.emplace(*text).second;
  if (endless_) return false;
  cursor_ = *text;
  return true;
}

keys::Finding Paging::finding() const {
  return keys::Finding{.code = "paging_never_ends"};
}

}  // namespace keyledger::providers

// base/listing.h: a page of a list that stands in some order: how it is asked for, where it ended, what it is a page
// of.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace keyledger {

/// A row's place in its list: its id, and the number or the text that the list is in order of. A row of which that is
/// not known has neither, and comes last in either order; rows that are alike stand by id.
struct ListPlace {
  std::int64_t id = 0;
  std::optional<std::int64_t> number{};
  std::optional<std::string> text{};
  bool operator==(const ListPlace&) const = default;
};

/// Which page of a list is asked for.
template <typename Sort>
struct ListPage {
  std::optional<Sort> sort{};  // nothing: by id
  bool descending = false;
  std::optional<ListPlace> after{};  // the last row of the page before
  std::int64_t limit = 50;
  bool counted = true;  // whether the answer is to say of how many rows it is a page
};

template <typename Row>
struct Listed {
  std::vector<Row> rows{};
  std::optional<ListPlace> next{};        // the place of the last row, where there are more behind it
  std::int64_t count = 0, all_count = 0;  // rows under the filters, and without them; 0 where it is not counted
};

}  // namespace keyledger

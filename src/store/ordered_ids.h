// store/ordered_ids.h: the ids of a list in each order that it has, page by page.
#pragma once

#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "base/listing.h"
#include "store/database.h"

namespace keyledger::store {

/// A page as the statement takes it.
struct PageBounds {
  std::int64_t after_id = 0;  // 0: the first page
  std::optional<std::int64_t> after_number{};
  std::optional<std::string> after_text{};
  std::int64_t page_limit = 0;
};
BOOST_DESCRIBE_STRUCT(PageBounds, (), (after_id, after_number, after_text, page_limit))

/// Declare it static const, as a Query: it holds one statement for each order and direction.
///
/// A page is found by the place where the one before ended, not by counting rows, so that rows that come or go in
/// between neither repeat nor hide others. The whole list is looked through unless it is in the order of its ids, and
/// no more of it is kept than the page.
class OrderedIds {
 public:
  /// What a list can be in order of: SQL over the columns of `from`, which is a number or a text.
  struct Way {
    enum class Kind { number, text };
    std::string_view expression{};
    Kind kind = Kind::number;
  };
  /// `id` is the column of the ids, `from` is "FROM ... WHERE ..." with the list's filters; `ways` are in the order of
  /// the enumerators by which they are asked for.
  OrderedIds(std::string_view id, std::string_view from, const std::vector<Way>& ways);

  /// Up to `limit` places behind `page.after`, and one more where there are more.
  template <typename Sort, typename Filter>
  [[nodiscard]] Result<std::vector<ListPlace>> page(Transaction& transaction, const ListPage<Sort>& page,
                                                    const Filter& filter) const {
    const std::size_t way = page.sort ? static_cast<std::size_t>(*page.sort) + 1 : 0;
    return read(transaction, ways_.at(way), page.descending, bounds_of(page.after, page.limit), filter);
  }
  /// The id of each row under the filters, in no particular order; false stops.
  template <typename Filter>
  [[nodiscard]] Result<void> each(Transaction& transaction, const Filter& filter,
                                  const std::function<bool(std::int64_t)>& sink) const {
    return transaction.each<Single<std::int64_t>>(every_, filter,
                                                  [&sink](const Single<std::int64_t>& row) { return sink(row.value); });
  }
  /// How many rows are under the filters.
  template <typename Filter>
  [[nodiscard]] Result<std::int64_t> count(Transaction& transaction, const Filter& filter) const {
    const Result<std::optional<Single<std::int64_t>>> row = transaction.one(count_, filter);
    if (!row) return std::unexpected(row.error());
    check_invariant(row->has_value(), "a count has one row");
    return (*row)->value;
  }

 private:
  struct Statements {
    Way::Kind kind = Way::Kind::number;
    std::array<std::string, 2> sql{};  // ascending, descending
  };
  [[nodiscard]] static PageBounds bounds_of(const std::optional<ListPlace>& after, std::int64_t limit);
  [[nodiscard]] static Result<std::vector<ListPlace>> run(Transaction& transaction, const Statements& way,
                                                          bool descending, const std::vector<Parameter>& bound);
  template <typename Filter>
  [[nodiscard]] static Result<std::vector<ListPlace>> read(Transaction& transaction, const Statements& way,
                                                           bool descending, const PageBounds& bounds,
                                                           const Filter& filter) {
    std::vector<Parameter> bound = detail::to_parameters(filter);
    std::vector<Parameter> page = detail::to_parameters(bounds);
    bound.insert(bound.end(), std::make_move_iterator(page.begin()), std::make_move_iterator(page.end()));
    return run(transaction, way, descending, bound);
  }

  std::vector<Statements> ways_{};  // the first is by id
  Query<Single<std::int64_t>> every_{}, count_{};
};

/// Cuts the one place too many off; answers where the next page goes on, if there is one.
[[nodiscard]] std::optional<ListPlace> cut_page(std::vector<ListPlace>& places, std::int64_t limit);

}  // namespace keyledger::store

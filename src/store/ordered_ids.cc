#include "store/ordered_ids.h"

#include <fmt/format.h>

namespace keyledger::store {
namespace {

/// By id alone: the list's own index leads to the page.
std::string by_id(std::string_view id, std::string_view from, bool descending) {
  return fmt::format("SELECT {0}, NULL {1} AND (:after_id = 0 OR {0} {2} :after_id) ORDER BY {0} {3} LIMIT :page_limit",
                     id, from, descending ? "<" : ">", descending ? "DESC" : "ASC");
}

std::string by_way(std::string_view id, std::string_view from, const OrderedIds::Way& way, bool descending) {
  const std::string_view after = way.kind == OrderedIds::Way::Kind::text ? ":after_text" : ":after_number";
  return fmt::format(R"sql(
    SELECT id, place FROM (SELECT {0} AS id, {1} AS place {2}) AS listed
     WHERE :after_id = 0
        OR place {4} {3}
        OR (id > :after_id AND (place = {3} OR ({3} IS NULL AND place IS NULL)))
        OR ({3} IS NOT NULL AND place IS NULL)
     ORDER BY CASE WHEN place IS NULL THEN 1 ELSE 0 END, place {5}, id LIMIT :page_limit)sql",
                     id, way.expression, from, after, descending ? "<" : ">", descending ? "DESC" : "ASC");
}

}  // namespace

OrderedIds::OrderedIds(std::string_view id, std::string_view from, const std::vector<Way>& ways)
    : every_{fmt::format("SELECT {} {}", id, from)}, count_{fmt::format("SELECT COUNT(*) {}", from)} {
  ways_.push_back({Way::Kind::number, {by_id(id, from, false), by_id(id, from, true)}});
  for (const Way& way : ways) {
    ways_.push_back({way.kind, {by_way(id, from, way, false), by_way(id, from, way, true)}});
  }
}

PageBounds OrderedIds::bounds_of(const std::optional<ListPlace>& after, std::int64_t limit) {
  if (!after) return {.page_limit = limit + 1};
  return {after->id, after->number, after->text, limit + 1};
}

Result<std::vector<ListPlace>> OrderedIds::run(Transaction& transaction, const Statements& way, bool descending,
                                               const std::vector<Parameter>& bound) {
  std::vector<ListPlace> places;
  const RowSink sink = [&](const RowView& row) {
    ListPlace& place = places.emplace_back(ListPlace{.id = row.integer(0)});
    if (row.is_null(1)) return true;
    if (way.kind == Way::Kind::text) {
      place.text = std::string{row.text(1)};
    } else {
      place.number = row.integer(1);
    }
    return true;
  };
  const Result<std::int64_t> done = transaction.connection().execute(way.sql[descending ? 1 : 0], bound, sink);
  if (!done) return std::unexpected(done.error());
  return places;
}

std::optional<ListPlace> cut_page(std::vector<ListPlace>& places, std::int64_t limit) {
  if (std::ssize(places) <= limit) return std::nullopt;
  places.resize(static_cast<std::size_t>(limit));
  return places.back();
}

}  // namespace keyledger::store

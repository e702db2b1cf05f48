// api/listing.h: lists that stand in an order: what the query says, cursors, and the answer as JSON or as a CSV file.
#pragma once

#include <initializer_list>

#include "api/api.h"
#include "api/csv.h"
#include "api/query.h"
#include "api/replies.h"
#include "base/listing.h"

namespace keyledger::api {

/// In which direction the query says that a list goes, if it says so. Errors: invalid_argument, reason unknown_value.
[[nodiscard]] Result<std::optional<bool>> query_descending(const net::Request& request);

/// A place as one opaque word. It is bound to the list, its order and its filters: whatever the query says beside
/// `limit` and `cursor`.
[[nodiscard]] std::string write_place(const net::Request& request, std::string_view list, const ListPlace& place);
/// The place of the query's cursor. Errors: invalid_argument, reason malformed_cursor.
[[nodiscard]] Result<std::optional<ListPlace>> read_place(const net::Request& request, std::string_view list);

enum class ById { oldest_first, newest_first };

/// `limit`, `cursor`, `sort` and `order`. Orders by words and times to come, `ascending`, begin with the first or the
/// next; all others with the largest or the latest. Without an order a list goes by id, `by_id` says from which end.
/// Errors: invalid_argument, reasons out_of_range, malformed_cursor, unknown_value.
template <typename Sort>
[[nodiscard]] Result<ListPage<Sort>> query_page(const net::Request& request, std::string_view list,
                                                std::initializer_list<Sort> ascending,
                                                ById by_id = ById::oldest_first) {
  ListPage<Sort> page;
  const Result<std::int64_t> limit = page_limit(request);
  if (!limit) return std::unexpected(limit.error());
  const Result<std::optional<Sort>> sort = query_word<Sort>(request, "sort");
  if (!sort) return std::unexpected(sort.error());
  const Result<std::optional<bool>> descending = query_descending(request);
  if (!descending) return std::unexpected(descending.error());
  Result<std::optional<ListPlace>> after = read_place(request, list);
  if (!after) return std::unexpected(after.error());
  const bool rises = *sort ? std::ranges::find(ascending, **sort) != ascending.end() : by_id == ById::oldest_first;
  page.sort = *sort;
  page.descending = descending->value_or(!rises);
  page.after = std::move(*after);
  page.limit = *limit;
  return page;
}

/// The members data, next_cursor, count and all_count.
template <typename Row, typename WriteRow>
void write_listed(json::Writer& out, const net::Request& request, std::string_view list, const Listed<Row>& listed,
                  WriteRow write_row) {
  out.name("data").begin_array();
  for (const Row& row : listed.rows) write_row(out, row);
  out.end_array().name("next_cursor");
  if (listed.next) {
    out.string(write_place(request, list, *listed.next));
  } else {
    out.null();
  }
  out.name("count").integer(listed.count);
  out.name("all_count").integer(listed.all_count);
}

template <typename Row>
[[nodiscard]] net::Reply listed_reply(const net::Request& request, std::string_view list, const Listed<Row>& listed) {
  json::Writer out;
  out.begin_object();
  write_listed(out, request, list, listed, [](json::Writer& to, const Row& row) {
    using json::write;  // a type that is written in a way of its own has a `write` beside it
    write(to, row);
  });
  out.end_object();
  return net::json_reply(200, out.take());
}

/// Rows of a file that are read at once. Each page looks through the list again, so that they are larger than those of
/// a screen.
inline constexpr std::int64_t kCsvRows = 5'000;

/// A list as a file: how a page is read, and a row's cells.
template <typename Query, typename Row>
struct CsvListing {
  using Read = net::Task<Result<Listed<Row>>> (*)(const Services* services, Query query);
  std::string file_name{};
  std::vector<std::string> columns{};
  Read read = nullptr;
  std::vector<std::string> (*cells)(const Row& row) = nullptr;
};

/// A place between two pages of a file, which nobody but the server sees.
[[nodiscard]] std::string place_text(const ListPlace& place);
[[nodiscard]] std::optional<ListPlace> parse_place(std::string_view text);

template <typename Query, typename Row>
net::Task<Result<CsvPage>> csv_page(const Services* services, CsvListing<Query, Row> table, Query query,
                                    std::optional<std::string> cursor) {
  if (cursor) query.page.after = parse_place(*cursor);
  query.page.limit = kCsvRows;
  query.page.counted = false;
  Result<Listed<Row>> listed = co_await table.read(services, std::move(query));
  if (!listed) co_return std::unexpected(listed.error());
  CsvPage page;
  for (const Row& row : listed->rows) page.rows.push_back(table.cells(row));
  if (listed->next) page.next = place_text(*listed->next);
  co_return page;
}

/// The whole list under the query's filters, in its order.
template <typename Query, typename Row>
[[nodiscard]] net::Task<Result<net::Reply>> csv_list(const Services* services, CsvListing<Query, Row> table,
                                                     Query query) {
  CsvPages pages = [services, table, query](std::optional<std::string> cursor) {
    return csv_page<Query, Row>(services, table, query, std::move(cursor));
  };
  Result<net::Reply> reply = co_await csv_reply(std::move(table.file_name), std::move(table.columns), std::move(pages));
  co_return reply;
}

/// Cells of what may not be known.
[[nodiscard]] std::string cell(const std::optional<Instant>& instant);
[[nodiscard]] std::string cell(const std::optional<std::int64_t>& number);
template <json::DescribedEnum T>
[[nodiscard]] std::string cell(T word) {
  return boost::describe::enum_to_string(word, "");
}

}  // namespace keyledger::api

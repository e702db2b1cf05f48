// store/database_typed.h: the templates of database.h. Include that one.
#pragma once

#include "store/database.h"

namespace keyledger::store {
namespace detail {

template <typename T>
constexpr bool kIsOptional = false;
template <typename T>
constexpr bool kIsOptional<std::optional<T>> = true;
template <typename T>
constexpr bool kIsId = false;
template <typename Tag>
constexpr bool kIsId<Id<Tag>> = true;

template <typename T>
Cell to_cell(const T& value) {
  if constexpr (kIsOptional<T>) {
    return value ? to_cell(*value) : Cell{};
  } else if constexpr (kIsId<T>) {
    return Cell{value.value};
  } else if constexpr (std::is_same_v<T, Instant>) {
    return Cell{to_millis(value)};
  } else if constexpr (std::is_same_v<T, Day>) {
    return Cell{static_cast<std::int64_t>(value.time_since_epoch().count())};
  } else if constexpr (std::is_same_v<T, Currency>) {
    return Cell{std::string{value.text()}};
  } else if constexpr (std::is_enum_v<T>) {
    return Cell{std::string{boost::describe::enum_to_string(value, "")}};
  } else if constexpr (std::is_integral_v<T>) {
    return Cell{static_cast<std::int64_t>(value)};
  } else {
    return Cell{value};
  }
}

template <typename T>
void from_cell(const RowView& row, std::size_t column, T& into) {
  if constexpr (kIsOptional<T>) {
    if (row.is_null(column)) {
      into.reset();
    } else {
      from_cell(row, column, into.emplace());
    }
  } else if constexpr (kIsId<T>) {
    into.value = row.integer(column);
  } else if constexpr (std::is_same_v<T, Instant>) {
    into = from_millis(row.integer(column));
  } else if constexpr (std::is_same_v<T, Day>) {
    into = Day{std::chrono::days{row.integer(column)}};
  } else if constexpr (std::is_same_v<T, Currency>) {
    const Result<Currency> currency = Currency::parse(row.text(column));
    check_invariant(currency.has_value(), "a stored currency has three letters");
    into = *currency;
  } else if constexpr (std::is_enum_v<T>) {
    const bool known = boost::describe::enum_from_string(std::string{row.text(column)}.c_str(), into);
    check_invariant(known, "a stored enum is one of its names");
  } else if constexpr (std::is_same_v<T, bool>) {
    into = row.integer(column) != 0;
  } else if constexpr (std::is_integral_v<T>) {
    into = static_cast<T>(row.integer(column));
  } else if constexpr (std::is_same_v<T, Bytes>) {
    const std::span<const std::uint8_t> bytes = row.bytes(column);
    into.assign(bytes.begin(), bytes.end());
  } else {
    into = std::string{row.text(column)};
  }
}

template <typename T>
using Members = boost::describe::describe_members<T, boost::describe::mod_public | boost::describe::mod_inherited>;

template <typename Parameters>
std::vector<Parameter> to_parameters(const Parameters& from) {
  std::vector<Parameter> parameters;
  boost::mp11::mp_for_each<Members<Parameters>>([&](auto member) {
    parameters.push_back({member.name, to_cell(from.*member.pointer)});
  });
  return parameters;
}

template <typename Row>
Row to_row(const RowView& view) {
  Row row{};
  std::size_t column = 0;
  boost::mp11::mp_for_each<Members<Row>>([&](auto member) { from_cell(view, column++, row.*member.pointer); });
  check_invariant(column == view.columns(), "a row has as many columns as its struct has members");
  return row;
}

}  // namespace detail

template <typename Row, typename Parameters>
Result<void> Transaction::each(const Query<Row>& query, const Parameters& parameters,
                               const std::function<bool(Row)>& sink) {
  const std::vector<Parameter> bound = detail::to_parameters(parameters);
  const Result<std::int64_t> done =
      connection_.execute(query.sql, bound, [&](const RowView& view) { return sink(detail::to_row<Row>(view)); });
  if (!done) return std::unexpected(done.error());
  return {};
}

template <typename Row, typename Parameters>
Result<std::vector<Row>> Transaction::all(const Query<Row>& query, const Parameters& parameters) {
  std::vector<Row> rows;
  const Result<void> done = each<Row>(query, parameters, [&](Row row) {
    rows.push_back(std::move(row));
    return true;
  });
  if (!done) return std::unexpected(done.error());
  return rows;
}

template <typename Row, typename Parameters>
Result<std::optional<Row>> Transaction::one(const Query<Row>& query, const Parameters& parameters) {
  std::optional<Row> found;
  const Result<void> done = each<Row>(query, parameters, [&](Row row) {
    found = std::move(row);
    return false;
  });
  if (!done) return std::unexpected(done.error());
  return found;
}

template <typename Parameters>
Result<std::int64_t> Transaction::change(const Query<void>& query, const Parameters& parameters) {
  const std::vector<Parameter> bound = detail::to_parameters(parameters);
  return connection_.execute(query.sql, bound, [](const RowView&) { return true; });
}

}  // namespace keyledger::store

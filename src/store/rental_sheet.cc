#include "store/rental_sheet.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>

namespace keyledger::store {
namespace {

static_assert(std::endian::native == std::endian::little, "values are stored with their low byte first");

// A sheet: the number of facts; for each column its smallest value and how many bytes a value takes; the columns, one
// after the other; and seven bytes, so that eight can be loaded from where the last value begins.
constexpr std::size_t kColumns = 5;
constexpr std::size_t kWord = sizeof(std::uint64_t);
constexpr std::size_t kHead = sizeof(std::uint32_t) + kColumns * (kWord + 1);
constexpr std::size_t kPadding = kWord - 1;

using Row = std::array<std::int64_t, kColumns>;

Row to_row(const RentalFact& fact) {
  return {fact.rental_account_id.value, fact.website_id.value, fact.customer_id.value, to_millis(fact.rented_at),
          (fact.until - fact.rented_at).count()};
}

/// What a value is above the column's smallest; any two values have such a distance in 64 bits.
std::uint64_t above(std::int64_t value, std::int64_t base) {
  return static_cast<std::uint64_t>(value) - static_cast<std::uint64_t>(base);
}

struct Column {
  std::int64_t base = 0;
  std::size_t width = 0;  // 0 to 8 bytes

  [[nodiscard]] std::uint64_t mask() const { return width == kWord ? ~0ULL : (1ULL << (8 * width)) - 1; }
  [[nodiscard]] std::int64_t read(const std::uint8_t* values, std::size_t at) const {
    std::uint64_t word = 0;
    std::memcpy(&word, values + at * width, kWord);
    return static_cast<std::int64_t>(static_cast<std::uint64_t>(base) + (word & mask()));
  }
};

Column column_of(std::span<const Row> rows, std::size_t column) {
  if (rows.empty()) return {};
  const auto [least, most] = std::ranges::minmax(rows, {}, [column](const Row& row) { return row[column]; });
  const auto bits = static_cast<std::size_t>(std::bit_width(above(most[column], least[column])));
  return {least[column], (bits + 7) / 8};
}

template <typename T>
void append(Bytes& to, const T& value, std::size_t bytes = sizeof(T)) {
  const auto* raw = reinterpret_cast<const std::uint8_t*>(&value);
  to.insert(to.end(), raw, raw + bytes);
}

struct Head {
  std::size_t count = 0;
  std::array<Column, kColumns> columns{};
  std::array<const std::uint8_t*, kColumns> values{};
};

/// The head, or nothing where the bytes are not as many as it says.
std::optional<Head> read_head(std::span<const std::uint8_t> sheet) {
  if (sheet.size() < kHead + kPadding) return std::nullopt;
  std::uint32_t count = 0;
  std::memcpy(&count, sheet.data(), sizeof(count));
  Head head{.count = count};
  const std::uint8_t* place = sheet.data() + sizeof(count);
  std::size_t wanted = kHead + kPadding;
  for (Column& column : head.columns) {
    std::memcpy(&column.base, place, kWord);
    column.width = place[kWord];
    place += kWord + 1;
    if (column.width > kWord) return std::nullopt;
    wanted += column.width * head.count;
  }
  if (sheet.size() != wanted) return std::nullopt;
  for (std::size_t i = 0; i < kColumns; ++i) {
    head.values[i] = place;
    place += head.columns[i].width * head.count;
  }
  return head;
}

}  // namespace

Bytes pack_facts(std::span<const RentalFact> facts) {
  std::vector<Row> rows;
  rows.reserve(facts.size());
  for (const RentalFact& fact : facts) rows.push_back(to_row(fact));
  std::array<Column, kColumns> columns;
  for (std::size_t i = 0; i < kColumns; ++i) columns[i] = column_of(rows, i);
  Bytes sheet;
  append(sheet, static_cast<std::uint32_t>(facts.size()));
  for (const Column& column : columns) {
    append(sheet, column.base);
    sheet.push_back(static_cast<std::uint8_t>(column.width));
  }
  for (std::size_t i = 0; i < kColumns; ++i) {
    for (const Row& row : rows) append(sheet, above(row[i], columns[i].base), columns[i].width);
  }
  sheet.resize(sheet.size() + kPadding);
  return sheet;
}

Result<void> unpack_facts(std::span<const std::uint8_t> sheet, std::vector<RentalFact>& facts) {
  const std::optional<Head> head = read_head(sheet);
  if (!head) return fail(Code::internal, "A sheet of rentals is damaged.");
  const auto& [account, website, customer, rented_at, held] = head->columns;
  const auto& values = head->values;
  facts.resize(head->count);
  for (std::size_t i = 0; i < head->count; ++i) {
    const std::int64_t at = rented_at.read(values[3], i);
    facts[i] = {.rental_account_id = RentalAccountId{account.read(values[0], i)},
                .website_id = WebsiteId{website.read(values[1], i)},
                .customer_id = CustomerId{customer.read(values[2], i)},
                .rented_at = from_millis(at),
                .until = from_millis(at + held.read(values[4], i))};
  }
  return {};
}

}  // namespace keyledger::store

#include "api/csv.h"

#include "base/csv.h"

namespace keyledger::api {
namespace {

using net::Task;

void append_rows(std::string& out, const CsvPage& page) {
  for (const std::vector<std::string>& row : page.rows) out += csv_line(row);
}

/// The pages after the first, which `text` holds.
class CsvSource final : public net::BodySource {
 public:
  CsvSource(std::string text, std::optional<std::string> cursor, CsvPages pages)
      : text_(std::move(text)), cursor_(std::move(cursor)), pages_(std::move(pages)) {}

  Task<Result<std::optional<std::string>>> next() override {
    if (!text_.empty()) co_return std::exchange(text_, {});
    if (!cursor_) co_return std::nullopt;
    std::optional<std::string> cursor = cursor_;
    Result<CsvPage> page = co_await pages_(std::move(cursor));
    if (!page) co_return std::unexpected(page.error());
    if (page->next == cursor_) {
      co_return fail(Code::internal, "A page of a CSV file names itself as the next.", "cursor_stands");
    }
    cursor_ = std::move(page->next);
    std::string text;
    append_rows(text, *page);
    co_return std::optional{std::move(text)};
  }

 private:
  std::string text_;
  std::optional<std::string> cursor_;
  CsvPages pages_;
};

bool is_plain(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '_' || c == '-';
}

}  // namespace

Task<Result<net::Reply>> csv_reply(std::string file_name, std::vector<std::string> columns, CsvPages pages) {
  Result<CsvPage> first = co_await pages(std::nullopt);
  if (!first) co_return std::unexpected(first.error());
  std::string text = csv_line(columns);
  append_rows(text, *first);
  for (char& c : file_name) c = is_plain(c) ? c : '-';
  net::Reply reply;
  reply.headers.set("Content-Type", "text/csv; charset=utf-8");
  reply.headers.set("Content-Disposition", "attachment; filename=\"" + file_name + "\"");
  reply.stream = std::make_shared<CsvSource>(std::move(text), std::move(first->next), std::move(pages));
  co_return reply;
}

}  // namespace keyledger::api

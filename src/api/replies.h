// api/replies.h: answers and errors as HTTP.
#pragma once

#include <algorithm>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "json/write.h"
#include "net/message.h"

namespace keyledger::api {

/// The problem+json answer of an error: its status, Retry-After and WWW-Authenticate where they belong.
[[nodiscard]] net::Reply problem(const Error& error);

template <typename T>
[[nodiscard]] net::Reply ok(const T& value) {
  return net::json_reply(200, json::to_json(value));
}
/// A document that came with the program; a browser asks again whether it has changed.
[[nodiscard]] net::Reply text_reply(std::string_view text, std::string_view type);
[[nodiscard]] net::Reply no_content();
/// 201 with the path of what was made.
[[nodiscard]] net::Reply created(std::string json, std::string location);

/// The members data and next_cursor. `items` may hold one more than `limit`, which tells that there is more; `cursor`
/// gives the cursor that follows an item.
template <typename T, typename Cursor>
void write_page(json::Writer& out, const std::vector<T>& items, std::int64_t limit, Cursor cursor) {
  const std::size_t shown = std::min(items.size(), static_cast<std::size_t>(limit));
  out.name("data").begin_array();
  using json::write;  // a type that is written in a way of its own has a `write` beside it
  for (std::size_t i = 0; i < shown; ++i) write(out, items[i]);
  out.end_array();
  out.name("next_cursor");
  if (items.size() > shown && shown > 0) {
    out.string(cursor(items[shown - 1]));
  } else {
    out.null();
  }
}

/// {"data": [...], "next_cursor": ...}
template <typename T, typename Cursor>
[[nodiscard]] net::Reply list(const std::vector<T>& items, std::int64_t limit, Cursor cursor) {
  json::Writer out;
  out.begin_object();
  write_page(out, items, limit, cursor);
  out.end_object();
  return net::json_reply(200, out.take());
}

}  // namespace keyledger::api

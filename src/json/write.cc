#include "json/write.h"

#include <fmt/format.h>

#include <iterator>

#include "base/utf8.h"

namespace keyledger::json {
namespace {

void escape_to(std::string& out, char c) {
  switch (c) {
    case '"': out += "\\\""; return;
    case '\\': out += "\\\\"; return;
    case '\n': out += "\\n"; return;
    case '\r': out += "\\r"; return;
    case '\t': out += "\\t"; return;
    default: fmt::format_to(std::back_inserter(out), "\\u{:04x}", static_cast<unsigned>(c)); return;
  }
}

}  // namespace

void Writer::separate() {
  if (!fresh_) text_ += ',';
  fresh_ = false;
}

Writer& Writer::open(char bracket) {
  separate();
  text_ += bracket;
  fresh_ = true;
  return *this;
}

Writer& Writer::close(char bracket) {
  text_ += bracket;
  fresh_ = false;
  return *this;
}

Writer& Writer::name(std::string_view member) {
  string(member);
  text_ += ':';
  fresh_ = true;  // the value belongs to the name: no comma between them
  return *this;
}

Writer& Writer::string(std::string_view text) {
  separate();
  text_ += '"';
  while (!text.empty()) {
    const char c = text.front();
    const std::size_t length = utf8::sequence_length(text);
    if (length == 0) {
      text_ += "\xef\xbf\xbd";
    } else if (length == 1 && (c == '"' || c == '\\' || static_cast<unsigned char>(c) < 0x20)) {
      escape_to(text_, c);
    } else {
      text_.append(text.substr(0, length));
    }
    text.remove_prefix(length == 0 ? 1 : length);
  }
  text_ += '"';
  return *this;
}

Writer& Writer::integer(std::int64_t value) {
  separate();
  fmt::format_to(std::back_inserter(text_), "{}", value);
  return *this;
}

Writer& Writer::boolean(bool value) {
  return raw(value ? "true" : "false");
}

Writer& Writer::null() {
  return raw("null");
}

Writer& Writer::raw(std::string_view json) {
  separate();
  text_ += json;
  return *this;
}

void write(Writer& out, const Money& value) {
  out.begin_object();
  out.name("amount").string(to_decimal(value.nanos));
  out.name("currency").string(value.currency.text());
  out.end_object();
}

void write(Writer& out, const Value& value) {
  if (value.is_null()) out.null();
  if (const bool* boolean = value.boolean()) out.boolean(*boolean);
  if (const Number* number = value.number()) out.raw(number->text);
  if (const std::string* text = value.string()) out.string(*text);
  if (const Array* items = value.array()) write(out, *items);
  if (const Object* members = value.object()) {
    out.begin_object();
    for (const Member& member : *members) {
      out.name(member.first);
      write(out, member.second);
    }
    out.end_object();
  }
}

}  // namespace keyledger::json

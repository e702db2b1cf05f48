#include "net/quick_head.h"

#include "net/ascii.h"

namespace keyledger::net {
namespace {

constexpr std::string_view kMethod = "GET ";
constexpr std::string_view kVersion = " HTTP/1.1\r\n";
constexpr std::size_t kTargetBytesMax = 1'024, kHeadBytesMax = 8'192;

/// How many bytes from `begin` on are of the table.
std::size_t run_length(std::string_view bytes, std::size_t begin, const CharTable& table) {
  std::size_t end = begin;
  while (end < bytes.size() && table[static_cast<unsigned char>(bytes[end])]) ++end;
  return end - begin;
}

/// Whether a field of that name changes how the rest of the request is read, or what becomes of the connection.
bool needs_a_look(std::string_view name, std::string_view value) {
  switch (name.size()) {
    case 6: return equal_ignoring_case(name, "expect");
    case 10: return equal_ignoring_case(name, "connection") && !equal_ignoring_case(value, "keep-alive");
    case 14: return equal_ignoring_case(name, "content-length");
    case 17: return equal_ignoring_case(name, "transfer-encoding");
    default: return false;
  }
}

/// Reads the line of the first bytes into `head`, and moves `at` behind it.
bool read_request_line(std::string_view bytes, QuickHead& head, std::size_t& at) {
  if (!bytes.starts_with(kMethod)) return false;
  const std::size_t begin = kMethod.size();
  const std::size_t length = run_length(bytes, begin, kTargetChars);
  if (length == 0 || length > kTargetBytesMax || bytes[begin] != '/') return false;
  if (bytes.substr(begin + length, kVersion.size()) != kVersion) return false;
  const std::string_view target = bytes.substr(begin, length);
  const std::size_t question = target.find('?');
  head.path = target.substr(0, question);
  head.query = question == std::string_view::npos ? std::string_view{} : target.substr(question + 1);
  at = begin + length + kVersion.size();
  return head.path.find('%') == std::string_view::npos && head.path.find("/.") == std::string_view::npos;
}

/// The same with the line of a field.
bool read_field(std::string_view bytes, HeaderField& field, std::size_t& at) {
  const std::size_t name_length = run_length(bytes, at, kTokenChars);
  const std::size_t colon = at + name_length;
  if (name_length == 0 || colon >= bytes.size() || bytes[colon] != ':') return false;
  const std::size_t value_length = run_length(bytes, colon + 1, kValueChars);
  const std::size_t end = colon + 1 + value_length;
  if (bytes.size() - end < 2 || bytes[end] != '\r' || bytes[end + 1] != '\n') return false;
  field = {bytes.substr(at, name_length), trimmed(bytes.substr(colon + 1, value_length))};
  at = end + 2;
  return true;
}

}  // namespace

bool read_quick_head(std::string_view bytes, QuickHead& head) {
  bytes = bytes.substr(0, kHeadBytesMax);
  std::size_t at = 0;
  std::size_t hosts = 0;
  if (!read_request_line(bytes, head, at)) return false;
  for (head.fields_count = 0; !bytes.substr(at).starts_with("\r\n"); ++head.fields_count) {
    if (head.fields_count == QuickHead::kFieldsMax) return false;
    HeaderField& field = head.fields[head.fields_count];
    if (!read_field(bytes, field, at) || needs_a_look(field.name, field.value)) return false;
    if (field.name.size() != 4 || !equal_ignoring_case(field.name, "host")) continue;
    head.host = field.value;
    ++hosts;
  }
  head.bytes = at + 2;
  return hosts == 1 && !head.host.empty();
}

}  // namespace keyledger::net

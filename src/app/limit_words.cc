#include "app/limit_words.h"

#include <fmt/format.h>

#include "app/session.h"

namespace keyledger::app {
namespace {

std::unexpected<Error> malformed_charge(std::string_view text) {
  return usage_error(fmt::format("--charge is METRIC=INCLUDED,PRICE, such as rentals=10,1.50, not {}.", text));
}

/// One tier, "100@2.00" or "1.50"; `from` is its first unit, and becomes that of the next.
bool write_tier(json::Writer& out, std::string_view text, std::int64_t& from) {
  const std::size_t sign = text.find('@');
  const std::string_view price = sign == std::string_view::npos ? text : text.substr(sign + 1);
  if (price.empty()) return false;
  out.begin_object();
  json::write(out.name("from"), from);
  if (sign != std::string_view::npos) {
    const std::string_view up_to = text.substr(0, sign);
    if (!is_whole(up_to)) return false;
    out.name("up_to").raw(plain_digits(up_to));
    from = std::stoll(std::string{up_to}) + 1;
  }
  out.name("unit_price").string(price);
  out.end_object();
  return true;
}

bool write_charge(json::Writer& out, std::string_view text) {
  const std::size_t equals = text.find('=');
  if (equals == std::string_view::npos) return false;
  out.begin_object().name("metric").string(text.substr(0, equals));
  std::string_view rest = text.substr(equals + 1);
  const std::string_view included = rest.substr(0, rest.find(','));
  if (!is_whole(included)) return false;
  rest.remove_prefix(included.size());
  out.name("included").raw(plain_digits(included));
  out.name("tiers").begin_array();
  for (std::int64_t from = 1; !rest.empty();) {
    rest.remove_prefix(1);  // the comma
    const std::string_view tier = rest.substr(0, rest.find(','));
    if (!write_tier(out, tier, from)) return false;
    rest.remove_prefix(tier.size());
  }
  out.end_array().end_object();
  return true;
}

}  // namespace

bool is_whole(std::string_view text) {
  return !text.empty() && text.size() <= 18 && text.find_first_not_of("0123456789") == std::string_view::npos;
}

std::string plain_digits(std::string_view text) {
  return std::to_string(std::stoll(std::string{text}));
}

Result<std::string> limits_json(const std::vector<std::string>& given) {
  json::Writer out;
  out.begin_array();
  for (const std::string& text : given) {
    const std::size_t slash = text.find('/');
    const std::size_t equals = text.find('=');
    const bool formed = slash != std::string::npos && equals != std::string::npos && slash < equals &&
                        is_whole(std::string_view{text}.substr(equals + 1));
    if (!formed) {
      return usage_error(fmt::format("--limit is METRIC/WINDOW=AMOUNT, such as rentals/day=5, not {}.", text));
    }
    out.begin_object().name("metric").string(text.substr(0, slash));
    out.name("window").string(text.substr(slash + 1, equals - slash - 1));
    out.name("amount").raw(plain_digits(text.substr(equals + 1))).end_object();
  }
  out.end_array();
  return out.take();
}

Result<std::string> charges_json(const std::vector<std::string>& given) {
  json::Writer out;
  out.begin_array();
  for (const std::string& text : given) {
    if (!write_charge(out, text)) return malformed_charge(text);
  }
  out.end_array();
  return out.take();
}

}  // namespace keyledger::app

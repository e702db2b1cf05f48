#include "domain/customers/key_text.h"

#include <fmt/format.h>

namespace keyledger::customers {
namespace {

constexpr std::size_t kShownCharacters = 4;  // at each end of the random part

}  // namespace

Result<std::string> check_prefix(std::string_view text) {
  const std::string_view word = text.substr(0, text.empty() ? 0 : text.size() - 1);
  const bool fine = text.ends_with('_') && !word.empty() && text.size() <= kPrefixBytesMax &&
                    word.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789") == std::string_view::npos;
  if (fine) return std::string{text};
  return fail(Code::invalid_argument, "The prefix of keys is 1 to 16 of a-z and 0-9 and an underscore, such as urt_.",
              "malformed_prefix");
}

Secret new_key_text(std::string_view prefix) {
  const Secret random = crypto::random_text(kKeyRandomBytes);
  std::string text;
  text.reserve(prefix.size() + random.size());  // growing would leave a copy behind
  text += prefix;
  text += random.reveal();
  return Secret{std::move(text)};
}

std::string hint_of(const Secret& key, std::string_view prefix) {
  const std::string_view random = key.reveal().substr(prefix.size());
  return fmt::format("{}{}...{}", prefix, random.substr(0, kShownCharacters),
                     random.substr(random.size() - kShownCharacters));
}

crypto::Digest digest_of(const Secret& key) {
  return crypto::sha256(key.reveal());
}

}  // namespace keyledger::customers

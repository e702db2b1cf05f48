// What people paste: cleaning is stable, masks hide, recognition never fails.
#include "domain/keys/provider_key.h"
#include "domain/keys/redact.h"
#include "fuzz/property.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace keyledger;
  const std::string_view text = fuzz::text_of(data, size);
  const std::size_t middle = text.find('\n') == std::string_view::npos ? size : text.find('\n');
  const Secret pasted{std::string{text.substr(0, middle)}};
  const std::string_view other = text.substr(std::min(size, middle + 1));

  static_cast<void>(keys::detect(pasted));
  static_cast<void>(keys::matches_redacted(pasted, other));
  fuzz::holds(keys::redact(other, pasted).size() <= 4 * keys::kWordsMax, "words are cut");

  constexpr std::string_view kCanary = "Zq7Xw9Kd";
  const Result<Secret> refused = keys::clean(Secret{std::string{pasted.reveal()} + std::string{kCanary}});
  fuzz::holds(refused.has_value() || refused.error().message.find(kCanary) == std::string::npos,
              "a refusal does not repeat the key");

  const Result<Secret> clean = keys::clean(pasted.copy());
  if (!clean) return 0;
  fuzz::holds(!clean->empty() && clean->size() <= 512, "what is clean fits");
  // Only so many layers are taken off at once; however many there are, it comes to an end.
  Secret stable = clean->copy();
  for (std::size_t round = 0; round < size; ++round) {
    Result<Secret> again = keys::clean(stable.copy());
    if (!again || again->reveal() == stable.reveal()) break;
    fuzz::holds(again->size() < stable.size(), "cleaning takes off and puts nothing on");
    stable = std::move(*again);
  }
  const std::string mask = keys::mask(*clean);
  const bool prefix_only = mask.ends_with("...");
  fuzz::holds(prefix_only || mask.size() - 3 + 8 <= clean->size(), "a mask hides eight characters at least");
  fuzz::holds(mask.find("...") != std::string::npos, "a mask has dots");
  return 0;
}

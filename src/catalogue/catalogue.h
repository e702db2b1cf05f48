// catalogue/catalogue.h: the price catalogue as a document: reading it, and the one that is built in.
#pragma once

#include <string_view>

#include "base/error.h"
#include "domain/usage/prices.h"

namespace keyledger::catalogue {

inline constexpr std::size_t kDocumentBytesMax = 8 << 20;  // the published catalogue has half a megabyte
inline constexpr std::size_t kProvidersMax = 200;
inline constexpr std::size_t kModelsMax = 5'000;  // of one provider
inline constexpr std::size_t kPricesMax = 100;    // dated prices of one model

/// Reads a catalogue in the format of genai-prices: an object with `providers`, or the bare list of them (the published
/// feed). Unknown members are passed over, since the feed grows; what prices are made of has to be right.
///
/// Errors: invalid_argument, reason malformed_json (no JSON) or malformed_catalogue (the message names provider and
///         model): a negative price, a constraint or matching rule of an unknown kind, a rule that could run too long,
///         more than the named limits; too_large over kDocumentBytesMax.
[[nodiscard]] Result<usage::PriceCatalogue> parse_catalogue(std::string_view json);

/// The document that was built in, from data/prices/catalogue.json.
[[nodiscard]] std::string_view embedded_catalogue();

}  // namespace keyledger::catalogue

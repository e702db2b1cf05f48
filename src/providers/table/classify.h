// providers/table/classify.h: what a refusal means, by a provider's table. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "domain/keys/findings.h"
#include "json/value.h"
#include "net/message.h"
#include "providers/table/row.h"

namespace keyledger::providers::table {

/// The finding of the first line that fits; without one, what the status means by itself. The message is the
/// provider's own, as it came (the Caller takes keys out). For missing_scope the scopes named in it are listed.
[[nodiscard]] keys::Finding classify(const std::vector<Refusal>& refusals, unsigned status, const net::Headers& headers,
                                     const json::Value& body);

/// The words by which the answer names its error: code, type, status and reason of the body, of its `error`, `detail`,
/// first of `errors`, and of the error's `details`. Numbers as they were written.
[[nodiscard]] std::vector<std::string> error_words(const json::Value& body);

/// Scope names such as user_read in a sentence: words of letters and underscores that end in _read or _write.
[[nodiscard]] std::vector<std::string> scopes_in(std::string_view message);

}  // namespace keyledger::providers::table

// app/download.h: documents that a person names by file or by address.
#pragma once

#include <string>

#include "app/settings.h"

namespace keyledger::app {

inline constexpr std::size_t kDocumentMax = 8 << 20;

/// Reads a file, or asks an https address for it; redirects are not followed.
/// Errors: not_found, reason no_such_file; too_large, reason body_too_large; unavailable, reasons download_failed,
///         io_error and those of the client.
[[nodiscard]] Result<std::string> read_document(const Settings& settings, const std::string& file_or_url);

}  // namespace keyledger::app

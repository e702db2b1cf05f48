// net/tls.h: contexts for both ends of TLS 1.2 and later.
#pragma once

#include <boost/asio/ssl/context.hpp>
#include <filesystem>
#include <memory>
#include <string>

#include "base/error.h"

namespace keyledger::net {

/// Errors: unavailable with reason bad_certificate, and what is wrong with which file.
[[nodiscard]] Result<std::unique_ptr<boost::asio::ssl::context>> server_tls(const std::filesystem::path& certificate,
                                                                            const std::filesystem::path& key);

/// Trusts the system's authorities and those in `ca_file`, if one is given.
/// Errors: unavailable with reason tls_failed if `ca_file` cannot be read.
[[nodiscard]] Result<std::unique_ptr<boost::asio::ssl::context>> client_tls(const std::filesystem::path& ca_file);

/// Makes a client's connection insist on `host`, a name or an address. False if the library has no memory left.
[[nodiscard]] bool expect_host(SSL* ssl, const std::string& host, bool is_address);

/// After a failed handshake: why, as a sentence for the operator. `detail` is OpenSSL's own word for it.
[[nodiscard]] Error handshake_error(SSL* ssl, const std::string& host, const std::string& detail);

}  // namespace keyledger::net

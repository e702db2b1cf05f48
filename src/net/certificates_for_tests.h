// net/certificates_for_tests.h: an authority that lives as long as a test.
#pragma once

#include <openssl/evp.h>
#include <openssl/x509.h>

#include <filesystem>
#include <memory>
#include <string>

namespace keyledger::net {

/// What a certificate says. Times are seconds from now.
struct CertificateWishes {
  std::string names = "DNS:localhost";  // as OpenSSL's subjectAltName takes them
  long valid_from_seconds = -3600;
  long valid_until_seconds = 3600;
};

class TestAuthority {
 public:
  TestAuthority();

  void write_certificate(const std::filesystem::path& file) const;
  /// A certificate that this authority signs, and its key, both in PEM.
  void issue(const CertificateWishes& wishes, const std::filesystem::path& certificate,
             const std::filesystem::path& key) const;

 private:
  std::shared_ptr<EVP_PKEY> key_;
  std::shared_ptr<X509> certificate_;
};

}  // namespace keyledger::net

#include "net/tls.h"

#include <fmt/format.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <string_view>
#include <utility>

namespace keyledger::net {
namespace {

namespace ssl = boost::asio::ssl;
using Context = std::unique_ptr<ssl::context>;
using boost::system::error_code;

// "http/1.1" as the list of protocols that ALPN sends: each with its length in front.
constexpr unsigned char kProtocols[] = {8, 'h', 't', 't', 'p', '/', '1', '.', '1'};

int choose_protocol(SSL*, const unsigned char** out, unsigned char* out_length, const unsigned char* offered,
                    unsigned offered_length, void*) {
  unsigned char* chosen = nullptr;
  const int found = SSL_select_next_proto(&chosen, out_length, kProtocols, sizeof kProtocols, offered, offered_length);
  if (found != OPENSSL_NPN_NEGOTIATED) return SSL_TLSEXT_ERR_ALERT_FATAL;
  *out = chosen;
  return SSL_TLSEXT_ERR_OK;
}

Context make_context(ssl::context::method method) {
  auto context = std::make_unique<ssl::context>(method);
  SSL_CTX* native = context->native_handle();
  SSL_CTX_set_min_proto_version(native, TLS1_2_VERSION);
  SSL_CTX_set_options(native, SSL_OP_NO_COMPRESSION | SSL_OP_NO_RENEGOTIATION | SSL_OP_CIPHER_SERVER_PREFERENCE);
  SSL_CTX_set_mode(native, SSL_MODE_RELEASE_BUFFERS);  // an idle connection keeps no buffers
  return context;
}

std::unexpected<Error> bad_file(const std::filesystem::path& file, std::string_view what, const error_code& error) {
  ERR_clear_error();  // a handshake on this thread must not take it for its own
  return fail(Code::unavailable, fmt::format("{} cannot be used as {}: {}.", file.string(), what, error.message()),
              "bad_certificate");
}

std::string sentence_for(long verdict, const std::string& host) {
  switch (verdict) {
    case X509_V_ERR_HOSTNAME_MISMATCH:
    case X509_V_ERR_IP_ADDRESS_MISMATCH:
      return fmt::format("The certificate of {0} is not trusted: it was issued for another name than {0}.", host);
    case X509_V_ERR_CERT_HAS_EXPIRED: return fmt::format("The certificate of {} is not trusted: it has expired.", host);
    case X509_V_ERR_CERT_NOT_YET_VALID:
      return fmt::format("The certificate of {} is not trusted: it is not valid yet. Check this machine's clock.",
                         host);
    case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
    case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
      return fmt::format(
          "The certificate of {} is not trusted: it is signed by itself and not by an authority that this machine "
          "knows.",
          host);
    default:
      return fmt::format("The certificate of {} is not trusted: {}.", host, X509_verify_cert_error_string(verdict));
  }
}

}  // namespace

Result<Context> server_tls(const std::filesystem::path& certificate, const std::filesystem::path& key) {
  try {
    Context context = make_context(ssl::context::tls_server);
    error_code error;
    // A key with a passphrase must fail, not ask on the terminal.
    context->set_password_callback([](std::size_t, ssl::context::password_purpose) { return std::string{}; }, error);
    if (!error) context->use_certificate_chain_file(certificate.string(), error);
    if (error) return bad_file(certificate, "a certificate chain in PEM", error);
    context->use_private_key_file(key.string(), ssl::context::pem, error);
    if (error) return bad_file(key, "the certificate's private key in PEM, without passphrase", error);
    SSL_CTX* native = context->native_handle();
    if (SSL_CTX_check_private_key(native) != 1) {
      ERR_clear_error();
      return fail(
          Code::unavailable,
          fmt::format("The key in {} is not the key of the certificate in {}.", key.string(), certificate.string()),
          "bad_certificate");
    }
    SSL_CTX_set_alpn_select_cb(native, &choose_protocol, nullptr);
    return context;
  } catch (const boost::system::system_error& error) {
    return fail(Code::unavailable, "TLS cannot be set up.", "bad_certificate", {}, error.what());
  }
}

Result<Context> client_tls(const std::filesystem::path& ca_file) {
  try {
    Context context = make_context(ssl::context::tls_client);
    error_code error;
    context->set_default_verify_paths(error);  // a machine without authorities still trusts ca_file
    ERR_clear_error();
    if (!ca_file.empty()) {
      context->load_verify_file(ca_file.string(), error);
      if (error) {
        ERR_clear_error();
        return fail(Code::unavailable, fmt::format("The authorities in {} cannot be read.", ca_file.string()),
                    "tls_failed", {}, error.message());
      }
    }
    context->set_verify_mode(ssl::verify_peer);
    SSL_CTX_set_alpn_protos(context->native_handle(), kProtocols, sizeof kProtocols);
    return context;
  } catch (const boost::system::system_error& error) {
    return fail(Code::unavailable, "TLS cannot be set up.", "tls_failed", {}, error.what());
  }
}

bool expect_host(SSL* ssl, const std::string& host, bool is_address) {
  if (is_address) return X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl), host.c_str()) == 1;
  SSL_set_hostflags(ssl, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
  return SSL_set1_host(ssl, host.c_str()) == 1 && SSL_set_tlsext_host_name(ssl, host.c_str()) == 1;
}

Error handshake_error(SSL* ssl, const std::string& host, const std::string& detail) {
  const long verdict = SSL_get_verify_result(ssl);
  std::string message = verdict != X509_V_OK ? sentence_for(verdict, host)
                                             : fmt::format("{} does not speak TLS as we expect it ({}).", host, detail);
  return Error{Code::unavailable, std::move(message), "tls_failed", {}, detail};
}

}  // namespace keyledger::net

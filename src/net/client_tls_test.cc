#include <gtest/gtest.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <cstdio>
#include <fstream>

#include "net/certificates_for_tests.h"
#include "net/client_for_tests.h"
#include "net/server_for_tests.h"

namespace keyledger::net {
namespace {

std::shared_ptr<EVP_PKEY> make_key() {
  return {EVP_EC_gen("P-256"), &EVP_PKEY_free};
}

void add_extension(X509* certificate, X509* issuer, int id, const std::string& value) {
  X509V3_CTX context;
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, &context, id, value.c_str());
  ASSERT_NE(extension, nullptr) << value;
  X509_add_ext(certificate, extension, -1);
  X509_EXTENSION_free(extension);
}

std::shared_ptr<X509> make_certificate(EVP_PKEY* key, const std::string& name, const CertificateWishes& wishes,
                                       X509* issuer, EVP_PKEY* issuer_key) {
  static long serial = 1000;
  std::shared_ptr<X509> certificate(X509_new(), &X509_free);
  X509* x509 = certificate.get();
  X509_set_version(x509, 2);
  ASN1_INTEGER_set(X509_get_serialNumber(x509), ++serial);
  X509_gmtime_adj(X509_getm_notBefore(x509), wishes.valid_from_seconds);
  X509_gmtime_adj(X509_getm_notAfter(x509), wishes.valid_until_seconds);
  X509_set_pubkey(x509, key);
  X509_NAME_add_entry_by_txt(X509_get_subject_name(x509), "CN", MBSTRING_ASC,
                             reinterpret_cast<const unsigned char*>(name.c_str()), -1, -1, 0);
  X509* signer = issuer == nullptr ? x509 : issuer;
  X509_set_issuer_name(x509, X509_get_subject_name(signer));
  add_extension(x509, signer, NID_basic_constraints, issuer == nullptr ? "critical,CA:TRUE" : "critical,CA:FALSE");
  if (issuer != nullptr) add_extension(x509, signer, NID_subject_alt_name, wishes.names);
  EXPECT_GT(X509_sign(x509, issuer_key, EVP_sha256()), 0);
  return certificate;
}

using File = std::unique_ptr<std::FILE, int (*)(std::FILE*)>;

File open_file(const std::filesystem::path& path) {
  return {std::fopen(path.c_str(), "w"), &std::fclose};
}

}  // namespace

TestAuthority::TestAuthority()
    : key_(make_key()), certificate_(make_certificate(key_.get(), "Test Authority", {}, nullptr, key_.get())) {}

void TestAuthority::write_certificate(const std::filesystem::path& file) const {
  PEM_write_X509(open_file(file).get(), certificate_.get());
}

void TestAuthority::issue(const CertificateWishes& wishes, const std::filesystem::path& certificate,
                          const std::filesystem::path& key) const {
  const std::shared_ptr<EVP_PKEY> leaf_key = make_key();
  const std::shared_ptr<X509> leaf =
      make_certificate(leaf_key.get(), "Test Server", wishes, certificate_.get(), key_.get());
  PEM_write_X509(open_file(certificate).get(), leaf.get());
  PEM_write_PrivateKey(open_file(key).get(), leaf_key.get(), nullptr, nullptr, 0, nullptr, nullptr);
}

namespace {

struct TlsTest : testing::Test {
  TestFolder folder{};
  TestAuthority authority{};
  std::filesystem::path ca_file = folder / "ca.pem";
  ServerOptions options{};

  void SetUp() override {
    authority.write_certificate(ca_file);
    issue({});
  }

  void issue(const CertificateWishes& wishes) {
    options.certificate_file = folder / "server.pem";
    options.key_file = folder / "server.key";
    authority.issue(wishes, options.certificate_file, options.key_file);
  }

  // Asks a TLS server with the certificate that was issued last for /peer.
  Result<ClientReply> ask_server(const std::string& host = "localhost", bool trusting = true) {
    TestServer server(options);
    server.start();
    ClientOptions client_options;
    if (trusting) client_options.ca_file = ca_file;
    const Client client(client_options);
    ClientRequest request;
    request.base = BaseUrl{true, host, server.server().port(), {}};
    request.target = "/peer";
    return send_and_wait(client, std::move(request));
  }

  void expect_refused(const Result<ClientReply>& reply, const std::string& words) {
    ASSERT_FALSE(reply.has_value());
    EXPECT_EQ(reply.error().code, Code::unavailable);
    EXPECT_EQ(reply.error().reason, "tls_failed");
    EXPECT_NE(reply.error().message.find(words), std::string::npos) << reply.error().message;
  }
};

TEST_F(TlsTest, SpeaksToAServerThatTheAuthorityVouchesFor) {
  const Result<ClientReply> reply = ask_server();
  ASSERT_TRUE(reply.has_value()) << reply.error().message << ' ' << reply.error().detail;
  EXPECT_EQ(reply->status, 200U);
  EXPECT_EQ(reply->body, "127.0.0.1 tls");
  EXPECT_TRUE(reply->headers.find("Strict-Transport-Security").has_value());
}

TEST_F(TlsTest, ChecksAddressesAsItChecksNames) {
  issue({.names = "IP:127.0.0.1"});
  EXPECT_TRUE(ask_server("127.0.0.1").has_value());
  expect_refused(ask_server("localhost"), "another name than localhost");
}

TEST_F(TlsTest, RefusesACertificateForAnotherName) {
  issue({.names = "DNS:example.com"});
  expect_refused(ask_server(), "The certificate of localhost is not trusted: it was issued for another name");
  expect_refused(ask_server("127.0.0.1"), "another name than 127.0.0.1");
}

TEST_F(TlsTest, RefusesAnAuthorityThatItDoesNotKnow) {
  expect_refused(ask_server("localhost", false), "The certificate of localhost is not trusted");
}

TEST_F(TlsTest, RefusesACertificateThatIsSignedByItself) {
  const std::shared_ptr<EVP_PKEY> key = make_key();
  const std::shared_ptr<X509> own = make_certificate(key.get(), "localhost", {}, nullptr, key.get());
  PEM_write_X509(open_file(options.certificate_file).get(), own.get());
  PEM_write_PrivateKey(open_file(options.key_file).get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr);
  expect_refused(ask_server(), "signed by itself");
}

TEST_F(TlsTest, RefusesACertificateOutOfItsTime) {
  issue({.valid_from_seconds = -7200, .valid_until_seconds = -3600});
  expect_refused(ask_server(), "it has expired");
  issue({.valid_from_seconds = 3600, .valid_until_seconds = 7200});
  expect_refused(ask_server(), "clock");
}

TEST_F(TlsTest, SaysSoWhenTheOtherEndDoesNotSpeakTls) {
  const RawListener listener;
  const std::jthread server([&listener] {
    RawPeer peer = listener.accept();
    peer.send("HTTP/1.1 400 Bad Request\r\n\r\n");
    peer.read_all();
  });
  const Client client(ClientOptions{});
  ClientRequest request;
  request.base = BaseUrl{true, "127.0.0.1", listener.port(), {}};
  expect_refused(send_and_wait(client, std::move(request)), "does not speak TLS");
}

TEST_F(TlsTest, SaysSoWhenItsAuthoritiesCannotBeRead) {
  ca_file = folder / "nothing.pem";
  expect_refused(ask_server(), "nothing.pem");
}

TEST_F(TlsTest, ServesPlainRequestsOverTlsWithLargeBodiesAndPipelines) {
  TestServer server(options);
  server.start();
  ClientOptions client_options;
  client_options.ca_file = ca_file;
  const Client client(client_options);
  ClientRequest request;
  request.base = BaseUrl{true, "localhost", server.server().port(), {}};
  request.target = "/large/3000000";
  const Result<ClientReply> reply = send_and_wait(client, std::move(request));
  ASSERT_TRUE(reply.has_value()) << reply.error().message;
  EXPECT_EQ(reply->body.size(), 3'000'000U);
}

TEST_F(TlsTest, DropsAPeerThatSpeaksPlainHttp) {
  TestServer server(options);
  server.start();
  RawPeer peer = server.peer();
  peer.send("GET /peer HTTP/1.1\r\nHost: localhost\r\n\r\n");
  EXPECT_EQ(peer.read_all().find("HTTP/1.1"), std::string::npos);
}

TEST_F(TlsTest, EndsAHandshakeThatDoesNotCome) {
  options.limits.header_time = std::chrono::milliseconds{60};
  TestServer server(options);
  server.start();
  RawPeer peer = server.peer();
  EXPECT_EQ(peer.read_all(), "");
}

// Shakes hands with a server as old or as new software does; whether that worked.
bool shakes_hands(std::uint16_t port, int version_max, const std::string& alpn) {
  const std::shared_ptr<SSL_CTX> context(SSL_CTX_new(TLS_client_method()), &SSL_CTX_free);
  SSL_CTX_set_security_level(context.get(), 0);
  SSL_CTX_set_min_proto_version(context.get(), TLS1_VERSION);
  SSL_CTX_set_max_proto_version(context.get(), version_max);
  const std::string offer = static_cast<char>(alpn.size()) + alpn;
  if (!alpn.empty()) {
    SSL_CTX_set_alpn_protos(context.get(), reinterpret_cast<const unsigned char*>(offer.data()),
                            static_cast<unsigned>(offer.size()));
  }
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const int descriptor = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  EXPECT_EQ(::connect(descriptor, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
  const std::shared_ptr<SSL> ssl(SSL_new(context.get()), &SSL_free);
  SSL_set_fd(ssl.get(), descriptor);
  const bool works = SSL_connect(ssl.get()) == 1;
  ::close(descriptor);
  return works;
}

TEST_F(TlsTest, IsAtLeastVersion12AndHttp11) {
  TestServer server(options);
  server.start();
  const std::uint16_t port = server.server().port();
  EXPECT_FALSE(shakes_hands(port, TLS1_1_VERSION, ""));
  EXPECT_TRUE(shakes_hands(port, TLS1_2_VERSION, ""));
  EXPECT_TRUE(shakes_hands(port, TLS1_3_VERSION, "http/1.1"));
  EXPECT_FALSE(shakes_hands(port, TLS1_3_VERSION, "h2"));
}

TEST_F(TlsTest, RefusesFilesThatAreNoCertificateOrKey) {
  Router router({});
  const auto reason = [&] {
    options.port = 0;
    Server server(options, &router);
    const Result<void> started = server.start();
    return started ? std::string{} : started.error().reason;
  };
  EXPECT_EQ(reason(), "");
  std::ofstream(folder / "junk.pem") << "junk";
  const std::filesystem::path certificate = options.certificate_file;
  options.certificate_file = folder / "junk.pem";
  EXPECT_EQ(reason(), "bad_certificate");
  options.certificate_file = folder / "nothing.pem";
  EXPECT_EQ(reason(), "bad_certificate");
  options.certificate_file = certificate;
  authority.issue({}, folder / "other.pem", folder / "other.key");
  options.key_file = folder / "other.key";  // of another certificate
  EXPECT_EQ(reason(), "bad_certificate");
  options.key_file.clear();
  EXPECT_EQ(reason(), "bad_certificate");
}

}  // namespace
}  // namespace keyledger::net

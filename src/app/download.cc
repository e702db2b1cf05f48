#include "app/download.h"

#include <fmt/format.h>

#include <fstream>

#include "net/client.h"
#include "runtime/run.h"

namespace keyledger::app {
namespace {

std::unexpected<Error> too_large(const std::string& what) {
  return fail(Code::too_large, fmt::format("{} is over {} bytes.", what, kDocumentMax), "body_too_large");
}

Result<std::string> read_file(const std::string& file) {
  std::ifstream stream(file, std::ios::binary);
  if (!stream) return fail(Code::not_found, fmt::format("{} cannot be opened.", file), "no_such_file");
  std::string text(kDocumentMax + 1, '\0');
  stream.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (stream.bad()) return fail(Code::unavailable, fmt::format("{} cannot be read.", file), "io_error");
  text.resize(static_cast<std::size_t>(stream.gcount()));
  if (text.size() > kDocumentMax) return too_large(file);
  return text;
}

/// "https://host/a/b?c" as a base URL and a target.
Result<net::ClientRequest> to_request(const std::string& url) {
  const std::size_t host = url.find("://") + 3;
  const std::size_t slash = std::min(url.find_first_of("/?#", host), url.size());
  Result<net::BaseUrl> base = net::parse_base_url(url.substr(0, slash));
  if (!base) return std::unexpected(base.error());
  net::ClientRequest request;
  request.base = std::move(*base);
  const std::string rest = url.substr(slash, url.find('#', slash) - slash);
  request.target = rest.starts_with('/') ? rest : "/" + rest;
  request.headers.add("Accept", "application/json");
  return request;
}

Result<net::ClientReply> send(const Settings& settings, net::ClientRequest request) {
  net::ClientOptions options;
  options.ca_file = settings.ca_file;
  options.allow_private_addresses = settings.allow_private_addresses;
  const net::Client client(std::move(options));
  net::ClientLimits limits;
  limits.body_bytes_max = kDocumentMax;
  return runtime::run(client.send(std::move(request), limits));
}

}  // namespace

Result<std::string> read_document(const Settings& settings, const std::string& file_or_url) {
  if (!file_or_url.starts_with("https://") && !file_or_url.starts_with("http://")) return read_file(file_or_url);
  Result<net::ClientRequest> request = to_request(file_or_url);
  if (!request) return std::unexpected(request.error());
  Result<net::ClientReply> reply = send(settings, std::move(*request));
  if (!reply) return std::unexpected(reply.error());
  if (reply->status == 200) return std::move(reply->body);
  const std::optional<std::string_view> elsewhere = reply->headers.find("Location");
  return fail(Code::unavailable,
              elsewhere ? fmt::format("{} leads on to {}; give that address if you trust it.", file_or_url, *elsewhere)
                        : fmt::format("{} answered {}.", file_or_url, reply->status),
              "download_failed");
}

}  // namespace keyledger::app

// Requests: however the bytes are cut into pieces, the same requests come out and the same is refused.
#include <algorithm>
#include <vector>

#include "fuzz/property.h"
#include "net/quick_head.h"
#include "net/request_reader.h"

namespace keyledger::net {
namespace {

Task<Reply> no_answer(Request) {
  co_return Reply{};
}

const Router& router() {
  static const Router kRouter{{{Method::get, "/api/keys", no_answer, 1 << 10},
                               {Method::post, "/api/keys", no_answer, 1 << 10},
                               {Method::get, "/api/keys/{id}", no_answer, 1 << 10}}};
  return kRouter;
}

/// What a reader made of the bytes: one line a request, and the refusal that ended it.
std::vector<std::string> read(std::string_view bytes, std::size_t piece) {
  static const ServerLimits kLimits{.header_bytes_max = 4 << 10, .target_bytes_max = 1 << 10};
  static const HostCheck kHosts{"127.0.0.1", {}};
  RequestReader reader{{.router = &router(), .limits = &kLimits, .hosts = &kHosts}};
  std::vector<std::string> outcome;
  while (!bytes.empty()) {
    const std::span<char> space = reader.space();
    const std::size_t count = std::min({piece, bytes.size(), space.size()});
    std::copy_n(bytes.begin(), count, space.begin());
    reader.commit(count);
    bytes.remove_prefix(count);
    for (;;) {
      const RequestReader::State state = reader.advance();
      if (state == RequestReader::State::refused) {
        outcome.push_back("refused " + std::to_string(reader.refusal().status));
        return outcome;
      }
      if (state != RequestReader::State::ready) break;
      const Request request = reader.take();
      fuzz::holds(request.path.starts_with('/'), "a path begins with a slash");
      fuzz::holds(request.body.size() <= 1 << 10, "no body is over its limit");
      outcome.push_back(std::string{to_string(request.method)} + " " + request.path + " " + request.body);
      if (!reader.keep_alive()) return outcome;
    }
  }
  return outcome;
}

}  // namespace
}  // namespace keyledger::net

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace keyledger;
  if (size > 16 << 10) return 0;
  const std::string_view bytes = fuzz::text_of(data, size);
  const std::vector<std::string> whole = net::read(bytes, 1 << 20);
  net::QuickHead head;
  if (net::read_quick_head(bytes, head) && net::is_host_and_port(head.host)) {
    // The reader refuses where the query or the host is wrong in itself (400, 421), and where the limits here are lower
    // than what is read at once (431); nothing else may differ.
    const std::string first = whole.empty() ? "" : whole.front();
    const bool refused = first == "refused 400" || first == "refused 421" || first == "refused 431";
    fuzz::holds(refused || first == "GET " + std::string{head.path} + " ", "both read the same head");
  }
  for (const std::size_t piece : {std::size_t{1}, std::size_t{7}}) {
    const std::vector<std::string> pieces = net::read(bytes, piece);
    if (pieces == whole) continue;
    for (const std::string& line : whole) std::fprintf(stderr, "whole:  %s\n", line.c_str());
    for (const std::string& line : pieces) std::fprintf(stderr, "pieces: %s\n", line.c_str());
    fuzz::holds(false, "in pieces the same comes out");
  }
  return 0;
}

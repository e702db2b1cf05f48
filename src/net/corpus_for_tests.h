// net/corpus_for_tests.h: requests that a strict server refuses, each beside one like it that it takes. They run
// through the reader alone, cut in every way, and through a real server.
#pragma once

#include <string>
#include <vector>

namespace keyledger::net {

struct RawRequest {
  std::string name;
  std::string text;
  unsigned status;     // the answer: 200 where it is taken
  std::string body{};  // as the handler gets it, where it is taken
};

/// For a server with GET and POST /echo (bodies up to 64 bytes) that goes by the name localhost.
[[nodiscard]] std::vector<RawRequest> request_corpus();

}  // namespace keyledger::net

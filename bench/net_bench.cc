// HTTP: a request's head as bytes to a Request, and a Reply to bytes, as every call of a customer costs it.
#include <benchmark/benchmark.h>

#include <cstring>

#include "net/answer.h"
#include "net/quick_head.h"
#include "net/request_reader.h"

namespace keyledger::net {
namespace {

constexpr std::string_view kCall =
    "GET /api/forward-auth HTTP/1.1\r\nHost: 127.0.0.1:5000\r\n"
    "X-API-Key: urt_0123456789abcdefghijklmnopqrstuvwxyzABCDEFG\r\n\r\n";
constexpr std::string_view kBrowser =
    "GET /api/customer-keys?limit=50&sort=name HTTP/1.1\r\nHost: keys.example.com\r\nConnection: keep-alive\r\n"
    "sec-ch-ua: \"Chromium\";v=\"142\"\r\nUser-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36\r\n"
    "Accept: application/json\r\nSec-Fetch-Site: same-origin\r\nSec-Fetch-Mode: cors\r\nSec-Fetch-Dest: empty\r\n"
    "Referer: https://keys.example.com/customers/keys\r\nAccept-Encoding: gzip, deflate, br\r\n"
    "Accept-Language: en\r\nCookie: __Host-keyledger=0123456789abcdefghijklmnopqrstuvwxyzABCDEFG\r\n\r\n";

void read_head(benchmark::State& state, std::string_view bytes) {
  const Router router({});
  const ServerLimits limits;
  RequestReader reader({&router, &limits, nullptr});
  for (auto unused : state) {
    static_cast<void>(unused);
    std::memcpy(reader.space().data(), bytes.data(), bytes.size());
    reader.commit(bytes.size());
    check_invariant(reader.advance() == RequestReader::State::ready, "the head is well-formed");
    benchmark::DoNotOptimize(reader.take());
  }
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(bytes.size()));
}
BENCHMARK_CAPTURE(read_head, call, kCall);
BENCHMARK_CAPTURE(read_head, browser, kBrowser);

/// The same without a copy, for prompt calls.
void read_head_in_place(benchmark::State& state) {
  for (auto unused : state) {
    static_cast<void>(unused);
    QuickHead head;
    check_invariant(read_quick_head(kCall, head), "the head is plain");
    benchmark::DoNotOptimize(head.path.data());
  }
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(kCall.size()));
}
BENCHMARK(read_head_in_place);

constexpr std::pair<std::string_view, std::string_view> kFields[] = {
    {"X-Keyledger-Key-Id", "4711"},
    {"X-Keyledger-Customer-Id", "42"},
    {"RateLimit-Policy", R"("requests_per_day";q=100000;w=86400)"},
    {"RateLimit", R"("requests_per_day";r=99217;t=40123)"},
    {"X-RateLimit-Limit", "100000"},
    {"X-RateLimit-Remaining", "99217"},
    {"X-RateLimit-Reset", "1795000000"}};

void write_prompt_answer(benchmark::State& state) {
  std::string out;
  for (auto unused : state) {
    static_cast<void>(unused);
    out.clear();
    PromptAnswer answer(out, {});
    for (const auto& [name, value] : kFields) answer.add(name, value);
    answer.send();
    benchmark::DoNotOptimize(out.data());
  }
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(out.size()));
}
BENCHMARK(write_prompt_answer);

void write_answer(benchmark::State& state) {
  Reply reply;
  for (const auto& [name, value] : kFields) reply.headers.add(name, value);
  std::string out;
  for (auto unused : state) {
    static_cast<void>(unused);
    out.clear();
    append_answer(out, reply, {});
    benchmark::DoNotOptimize(out.data());
  }
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(out.size()));
}
BENCHMARK(write_answer);

}  // namespace
}  // namespace keyledger::net

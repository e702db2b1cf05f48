// JSON: a page of a provider's usage report, read as the sync reads it.
#include <benchmark/benchmark.h>
#include <fmt/format.h>

#include "json/value.h"

namespace keyledger {
namespace {

/// A page of `buckets` days with 40 results each, as OpenAI's usage of completions has them.
std::string page(int buckets) {
  std::string results;
  for (int result = 0; result < 40; ++result) {
    results += fmt::format(
        R"({}{{"object":"organization.usage.completions.result","input_tokens":{},"input_cached_tokens":400,)"
        R"("output_tokens":500,"num_model_requests":5,"project_id":"proj_abc","user_id":null,"api_key_id":"key_{}",)"
        R"("model":"gpt-6-luna","batch":false,"service_tier":"default"}})",
        result == 0 ? "" : ",", 1000 + result, result);
  }
  std::string data;
  for (int bucket = 0; bucket < buckets; ++bucket) {
    data +=
        fmt::format(R"({}{{"object":"bucket","start_time":{},"end_time":{},"results":[{}]}})", bucket == 0 ? "" : ",",
                    1'730'419'200 + bucket * 86'400, 1'730'505'600 + bucket * 86'400, results);
  }
  return fmt::format(R"({{"object":"page","data":[{}],"has_more":false,"next_page":null}})", data);
}

void read_usage_page(benchmark::State& state) {
  const std::string text = page(static_cast<int>(state.range(0)));
  for (auto unused : state) {
    static_cast<void>(unused);
    benchmark::DoNotOptimize(json::parse(text));
  }
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(text.size()));
}
BENCHMARK(read_usage_page)->Arg(1)->Arg(31);

}  // namespace
}  // namespace keyledger

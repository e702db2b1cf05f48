// Amounts: what reading and adding a provider's decimal text costs.
#include <benchmark/benchmark.h>

#include "base/money.h"

namespace keyledger {
namespace {

void read_amount(benchmark::State& state) {
  for (auto unused : state) {
    static_cast<void>(unused);
    benchmark::DoNotOptimize(parse_amount("0.001589850000000000000000000000"));
  }
}
BENCHMARK(read_amount);

void add_amounts(benchmark::State& state) {
  const Amount step{.nanos = 1'589'850, .attos = 999'999'999};
  Amount total{};
  for (auto unused : state) {
    static_cast<void>(unused);
    total += step;
    benchmark::DoNotOptimize(total);
  }
}
BENCHMARK(add_amounts)->Iterations(1 << 20);

}  // namespace
}  // namespace keyledger

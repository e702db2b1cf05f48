// store/commit_figures.h: the writer's counts; one thread counts, any thread reads.
#pragma once

#include <atomic>

#include "store/writer.h"

namespace keyledger::store {

class CommitFigures {
 public:
  void count_mutation() { ++mutations_; }
  void count_refusal() { ++refused_; }
  void set_queue_depth(std::size_t depth) { queue_depth_ = static_cast<std::int64_t>(depth); }
  void count_commit(std::chrono::nanoseconds took, std::size_t mutations, std::size_t ridden);
  [[nodiscard]] WriterFigures figures() const;

 private:
  template <typename Bounds>
  using Buckets = std::array<std::atomic<std::int64_t>, std::tuple_size_v<Bounds> + 1>;

  std::atomic<std::int64_t> commits_{0}, mutations_{0}, refused_{0}, queue_depth_{0}, ridden_{0};
  std::atomic<std::int64_t> commit_nanos_{0}, commit_nanos_max_{0};
  Buckets<decltype(kCommitMicrosBounds)> by_micros_{};
  Buckets<decltype(kCommitPiecesBounds)> by_pieces_{};
};

}  // namespace keyledger::store

#include "store/commit_figures.h"

#include <algorithm>

namespace keyledger::store {
namespace {

/// In which bucket a value falls: the first whose bound it does not exceed, or the last.
template <typename Bounds>
std::size_t bucket_of(const Bounds& bounds, std::int64_t value) {
  return static_cast<std::size_t>(std::lower_bound(bounds.begin(), bounds.end(), value) - bounds.begin());
}

template <typename From, typename To>
void copy_counts(const From& from, To& to) {
  for (std::size_t i = 0; i < to.size(); ++i) to[i] = from[i];
}

}  // namespace

void CommitFigures::count_commit(std::chrono::nanoseconds took, std::size_t mutations, std::size_t ridden) {
  const auto micros = std::chrono::ceil<std::chrono::microseconds>(took).count();
  ++commits_;
  ridden_ += static_cast<std::int64_t>(ridden);
  commit_nanos_ += took.count();
  commit_nanos_max_ = std::max(commit_nanos_max_.load(), static_cast<std::int64_t>(took.count()));
  ++by_micros_[bucket_of(kCommitMicrosBounds, micros)];
  ++by_pieces_[bucket_of(kCommitPiecesBounds, static_cast<std::int64_t>(mutations + ridden))];
}

WriterFigures CommitFigures::figures() const {
  WriterFigures figures{.commits = commits_,
                        .mutations = mutations_,
                        .refused = refused_,
                        .queue_depth = queue_depth_,
                        .ridden = ridden_,
                        .commit_time = std::chrono::nanoseconds(commit_nanos_),
                        .commit_time_max = std::chrono::nanoseconds(commit_nanos_max_)};
  copy_counts(by_micros_, figures.by_micros);
  copy_counts(by_pieces_, figures.by_pieces);
  return figures;
}

}  // namespace keyledger::store

// GET /metrics. Names, units and meanings: docs/metrics.md, which a test holds to what is served here.
#include "service/metrics/metrics.h"

#include <prometheus/metric_family.h>
#include <prometheus/text_serializer.h>

#include <sstream>

#include "api/handlers.h"

namespace keyledger::api {
namespace {

using prometheus::ClientMetric;
using prometheus::MetricFamily;
using prometheus::MetricType;
using service::MetricFigures;
using Labels = std::vector<ClientMetric::Label>;

constexpr const char* kTextFormat = "text/plain; version=0.0.4; charset=utf-8";
constexpr double kMicrosInSecond = 1e6;

double plain(std::int64_t value) {
  return static_cast<double>(value);
}

/// Families in the order in which they are added.
class Families {
 public:
  Families& gauge(std::string name, std::string help) {
    return begin(std::move(name), std::move(help), MetricType::Gauge);
  }
  Families& counter(std::string name, std::string help) {
    return begin(std::move(name), std::move(help), MetricType::Counter);
  }
  Families& value(double value, Labels labels = {}) {
    ClientMetric metric;
    metric.label = std::move(labels);
    (all_.back().type == MetricType::Counter ? metric.counter.value : metric.gauge.value) = value;
    all_.back().metric.push_back(std::move(metric));
    return *this;
  }
  void histogram(std::string name, std::string help, const HistogramFigures& figures, double scale) {
    begin(std::move(name), std::move(help), MetricType::Histogram);
    ClientMetric metric;
    std::uint64_t below = 0;
    for (std::size_t i = 0; i < figures.counts.size(); ++i) {
      below += static_cast<std::uint64_t>(figures.counts[i]);
      const bool last = i == figures.bounds.size();
      const double bound = last ? std::numeric_limits<double>::infinity() : plain(figures.bounds[i]) / scale;
      metric.histogram.bucket.push_back({below, bound});
    }
    metric.histogram.sample_count = below;
    metric.histogram.sample_sum = plain(figures.sum) / scale;
    all_.back().metric.push_back(std::move(metric));
  }
  [[nodiscard]] const std::vector<MetricFamily>& all() const { return all_; }

 private:
  Families& begin(std::string name, std::string help, MetricType type) {
    all_.push_back({"keyledger_" + std::move(name), std::move(help), type, {}});
    return *this;
  }
  std::vector<MetricFamily> all_{};
};

void add_calls(Families& families, const MetricFigures& figures) {
  families.counter("admissions_total", "Calls with a customer key, by what admission said.");
  for (const auto& [verdict, calls] : figures.verdicts) families.value(plain(calls), {{"verdict", verdict}});
  families
      .counter("admissions_slowed_total",
               "Calls with unknown keys that were told to wait, since their address had "
               "sent too many.")
      .value(plain(figures.slowed));
  families.histogram("call_duration_seconds", "Time from a customer's call to its answer, its event on disk included.",
                     figures.call_micros, kMicrosInSecond);
}

void add_storing(Families& families, const MetricFigures& figures) {
  families.gauge("writer_queue_depth", "Changes that wait for the next commit.").value(plain(figures.writer_queue));
  families.counter("writer_refused_total", "Changes that were refused, since the queue was full.")
      .value(plain(figures.writer_refused));
  families.counter("writer_mutations_total", "Changes that were committed or rolled back alone.")
      .value(plain(figures.mutations));
  families.histogram("commit_duration_seconds", "Time that a commit takes, which is mostly the sync of the disk.",
                     figures.commit_micros, kMicrosInSecond);
  families.histogram("commit_pieces", "Changes and usage events that share a commit.", figures.commit_pieces, 1);
  families.gauge("ledger_queue_depth", "Usage events that wait for the next commit.")
      .value(plain(figures.ledger_queue));
  families.counter("ledger_refused_total", "Calls that were refused, since the ledger's queue was full.")
      .value(plain(figures.ledger_refused));
  families.counter("ledger_events_total", "Usage events that were stored since the start.")
      .value(plain(figures.events));
}

void add_state(Families& families, const MetricFigures& figures) {
  families.gauge("open_rentals", "Rentals that have neither been returned nor expired.")
      .value(plain(figures.open_rentals));
  families.gauge("free_accounts", "Shared accounts that can be rented now, by website.");
  for (const auto& [website, free] : figures.free_accounts) families.value(plain(free), {{"website", website}});
  families.gauge("sync_age_seconds", "Time since a source of provider usage was last read in full.");
  for (const service::SourceAge& source : figures.sync_ages) {
    families.value(plain(source.seconds),
                   {{"provider", source.provider}, {"source", std::to_string(source.source_id)}});
  }
}

void add_process(Families& families, const MetricFigures& figures, const Services& services) {
  families.gauge("http_connections", "Connections that are open.").value(plain(services.connections()));
  families.gauge("build_info", "Always 1; what runs is in the labels.")
      .value(1, {{"version", services.version}, {"schema_version", std::to_string(figures.schema_version)}});
  families.gauge("process_start_time_seconds", "When the server started, in seconds since 1970.")
      .value(plain(to_millis(figures.process.started_at)) / 1e3);
  families.gauge("process_resident_memory_bytes", "Memory that the process holds.")
      .value(plain(figures.process.resident_bytes));
  families.gauge("process_open_fds", "Files and sockets that the process holds open.")
      .value(plain(figures.process.open_files));
}

}  // namespace

Task<Result<Reply>> get_metrics(const Services* services, Call) {
  const Result<MetricFigures> figures = co_await services->metrics->collect();
  if (!figures) co_return std::unexpected(figures.error());
  Families families;
  add_calls(families, *figures);
  add_storing(families, *figures);
  add_state(families, *figures);
  add_process(families, *figures, *services);
  std::ostringstream text;
  prometheus::TextSerializer{}.Serialize(text, families.all());
  Reply reply;
  reply.headers.set("Content-Type", kTextFormat);
  reply.body = std::move(text).str();
  co_return reply;
}

}  // namespace keyledger::api

// service/usage/prices.h: which price catalogue is in force, and pricing anew what was estimated.
#pragma once

#include <boost/describe.hpp>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "service/actor.h"
#include "service/core.h"
#include "service/events.h"
#include "service/usage/figures_version.h"
#include "service/usage/price_shelf.h"

namespace keyledger::service {

/// The catalogue in force.
struct CatalogueView {
  std::string source{};
  std::string licence{};
  bool custom = false;  // loaded by hand; false: the one that came with the program
  std::optional<Instant> updated_at{};
  std::int64_t providers = 0;
  std::int64_t models = 0;
};
BOOST_DESCRIBE_STRUCT(CatalogueView, (), (source, licence, custom, updated_at, providers, models))

/// The prices of one model in force at an instant: per million tokens, per thousand searches and requests, per hour of
/// sound. Where larger calls cost more, the base price stands and `tiered` says so.
struct PriceLine {
  std::string provider{};
  std::string model{};
  std::string name{};
  std::optional<Money> input{}, cache_read{}, cache_write{}, cache_write_1h{}, output{}, input_audio{}, output_audio{},
      web_searches{}, requests{}, audio_hours{};
  bool tiered = false;
};
BOOST_DESCRIBE_STRUCT(PriceLine, (),
                      (provider, model, name, input, cache_read, cache_write, cache_write_1h, output, input_audio,
                       output_audio, web_searches, requests, audio_hours, tiered))

struct PriceQuery {
  std::optional<std::string> provider{};
  std::string search{};  // part of a model's id or name, in any case
  std::int64_t offset = 0;
  std::int64_t limit = 50;
};

/// How a document becomes a catalogue. The service does not know the format.
struct CatalogueFormat {
  std::function<Result<usage::PriceCatalogue>(std::string_view)> parse{};
  std::string_view built_in{};  // the document that came with the program
};

class Prices {
 public:
  /// `replaced` is called after another catalogue came into force: it wakes whoever prices anew.
  Prices(Core core, PriceShelf* shelf, EventHub* events, CatalogueFormat format, std::function<void()> replaced = {});

  /// Puts the stored or the built-in catalogue on the shelf, and asks for pricing anew if it is another than the one
  /// that priced last. A stored one that cannot be read any more is passed over with a line in the log.
  /// Blocks: for the start only. Errors: those of the database; internal if the built-in one cannot be read.
  [[nodiscard]] Result<void> prepare();

  [[nodiscard]] CatalogueView view() const;
  /// By provider and model; one more than `limit` where there are more.
  [[nodiscard]] std::vector<PriceLine> list(const PriceQuery& query) const;
  /// `origin` is where it comes from, for the audit log. Errors: those of parsing; nothing changes then.
  [[nodiscard]] runtime::Task<Result<CatalogueView>> replace(Actor actor, std::string document, std::string origin);
  /// Back to the built-in one.
  [[nodiscard]] runtime::Task<Result<CatalogueView>> reset(Actor actor);

 private:
  struct InForce {
    bool custom = false;
    std::optional<Instant> updated_at{};
  };
  [[nodiscard]] runtime::Task<Result<CatalogueView>> put(Actor actor, std::string document, std::string origin);
  void take_into_force(usage::PriceCatalogue catalogue, InForce in_force);

  Core core_;
  PriceShelf* shelf_;
  EventHub* events_;
  CatalogueFormat format_;
  std::function<void()> replaced_;
  mutable std::mutex mutex_{};
  InForce in_force_{};
};

/// One step of pricing anew: the newest day (or hour's day) that was not done yet, in one mutation. Goes on where it
/// stood, also after a restart. Answers whether there is more to do. Errors: those of the database.
[[nodiscard]] runtime::Task<Result<bool>> reprice_step(Core core, PriceShelf* shelf, FiguresVersion* version);

}  // namespace keyledger::service

#include "service/usage/prices.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/log.h"
#include "service/audit.h"
#include "service/usage/reprice.h"

namespace keyledger::service {
namespace {

using store::PriceStore;
using store::Transaction;
using usage::Measure;

const std::string kBuiltIn = "built in";

/// What tells one catalogue from another: the same version with other prices is another one.
std::string mark_of(const usage::PriceCatalogue& catalogue, std::string_view document) {
  return fmt::format("{} {:016x}", catalogue.version, std::hash<std::string_view>{}(document));
}

std::optional<Money> money_of(const usage::PriceSet& prices, Measure measure, Currency currency) {
  if (!prices[measure]) return std::nullopt;
  return to_money(prices[measure]->base, currency);
}

PriceLine line_of(const std::string& provider, const usage::ModelPrices& model, const usage::PriceSet* prices,
                  Currency currency) {
  PriceLine line{.provider = provider, .model = model.id, .name = model.name};
  if (prices == nullptr) return line;
  const std::pair<Measure, std::optional<Money> PriceLine::*> columns[] = {
      {Measure::input, &PriceLine::input},
      {Measure::cache_read, &PriceLine::cache_read},
      {Measure::cache_write, &PriceLine::cache_write},
      {Measure::cache_write_1h, &PriceLine::cache_write_1h},
      {Measure::output, &PriceLine::output},
      {Measure::input_audio, &PriceLine::input_audio},
      {Measure::output_audio, &PriceLine::output_audio},
      {Measure::web_searches, &PriceLine::web_searches},
      {Measure::requests, &PriceLine::requests},
      {Measure::audio_hours, &PriceLine::audio_hours},
  };
  for (const auto& [measure, column] : columns) line.*column = money_of(*prices, measure, currency);
  line.tiered =
      std::ranges::any_of(prices->rates, [](const auto& rate) { return rate.has_value() && !rate->tiers.empty(); });
  return line;
}

bool asked_for(const PriceLine& line, const PriceQuery& query, const std::string& search) {
  if (query.provider && usage::catalogue_id(*query.provider) != line.provider) return false;
  return search.empty() || usage::lower_case(line.model).find(search) != std::string::npos ||
         usage::lower_case(line.name).find(search) != std::string::npos;
}

}  // namespace

Prices::Prices(Core core, PriceShelf* shelf, EventHub* events, CatalogueFormat format, std::function<void()> replaced)
    : core_(core), shelf_(shelf), events_(events), format_(std::move(format)), replaced_(std::move(replaced)) {}

void Prices::take_into_force(usage::PriceCatalogue catalogue, InForce in_force) {
  const std::lock_guard lock(mutex_);
  shelf_->put(std::move(catalogue));
  in_force_ = in_force;
}

Result<void> Prices::prepare() {
  const auto stored = core_.store->writer().run_blocking<std::optional<PriceStore::Loaded>>(
      [](Transaction& transaction) { return PriceStore::current(transaction); });
  if (!stored) return std::unexpected(stored.error());
  const bool custom = *stored && !(*stored)->document.empty();
  std::string document{custom ? std::string_view{(*stored)->document} : format_.built_in};
  Result<usage::PriceCatalogue> catalogue = format_.parse(document);
  const bool broken = custom && !catalogue;
  if (broken) {
    log::warn("stored price catalogue cannot be read; the built-in one is used", {{"why", catalogue.error().message}});
    document = format_.built_in;
    catalogue = format_.parse(document);
  }
  if (!catalogue)
    return fail(Code::internal, "The built-in price catalogue cannot be read.", {}, {}, catalogue.error().message);
  const std::string mark = mark_of(*catalogue, document);
  const InForce in_force{custom && !broken, *stored ? std::optional{(*stored)->loaded_at} : std::nullopt};
  take_into_force(std::move(*catalogue), in_force);
  const Result<bool> marked =
      core_.store->writer().run_blocking<bool>([&mark](Transaction& transaction) -> Result<bool> {
        const Result<std::optional<PriceStore::Job>> last = PriceStore::job(transaction, kPricedWith);
        if (!last) return std::unexpected(last.error());
        if (*last && (*last)->detail == mark) return false;
        const Result<void> asked = ask_for_repricing(transaction, mark);
        if (!asked) return std::unexpected(asked.error());
        return true;
      });
  if (!marked) return std::unexpected(marked.error());
  return {};
}

CatalogueView Prices::view() const {
  const std::lock_guard lock(mutex_);
  const std::shared_ptr<const usage::PriceBook> book = shelf_->book();
  const usage::PriceCatalogue& catalogue = book->catalogue();
  CatalogueView view{.source = catalogue.source,
                     .licence = catalogue.licence,
                     .custom = in_force_.custom,
                     .updated_at = in_force_.updated_at,
                     .providers = static_cast<std::int64_t>(catalogue.providers.size())};
  for (const usage::ProviderPrices& provider : catalogue.providers) {
    view.models += static_cast<std::int64_t>(provider.models.size());
  }
  return view;
}

std::vector<PriceLine> Prices::list(const PriceQuery& query) const {
  const std::shared_ptr<const usage::PriceBook> book = shelf_->book();
  const usage::PriceCatalogue& catalogue = book->catalogue();
  const std::string search = usage::lower_case(query.search);
  const Instant now = core_.clock->now();
  std::vector<PriceLine> lines;
  for (const usage::ProviderPrices& provider : catalogue.providers) {
    for (const usage::ModelPrices& model : provider.models) {
      const usage::PriceSet* prices = usage::prices_at(model, now, usage::Span::call);
      PriceLine line = line_of(provider.id, model, prices, catalogue.currency);
      if (asked_for(line, query, search)) lines.push_back(std::move(line));
    }
  }
  std::ranges::stable_sort(lines, {}, [](const PriceLine& line) { return std::tie(line.provider, line.model); });
  const auto size = static_cast<std::int64_t>(lines.size());
  const std::int64_t first = std::clamp<std::int64_t>(query.offset, 0, size);
  const std::int64_t last = std::min(size, first + query.limit + 1);
  return {std::make_move_iterator(lines.begin() + first), std::make_move_iterator(lines.begin() + last)};
}

runtime::Task<Result<CatalogueView>> Prices::put(Actor actor, std::string document, std::string origin) {
  const bool custom = !document.empty();
  // Half a megabyte is parsed for some tens of milliseconds: not on a thread that serves connections.
  std::move_only_function<Result<usage::PriceCatalogue>()> parse =
      [this, text = custom ? document : std::string{format_.built_in}] { return format_.parse(text); };
  Result<usage::PriceCatalogue> catalogue = co_await core_.pool->run<usage::PriceCatalogue>(std::move(parse));
  if (!catalogue) co_return std::unexpected(catalogue.error());
  const Instant now = core_.clock->now();
  const std::string mark = mark_of(*catalogue, custom ? std::string_view{document} : format_.built_in);
  const PriceStore::Loaded loaded{origin, catalogue->version, std::move(document), now, actor.name};
  auto mutation = [this, loaded, mark, actor, now,
                   shared = std::make_shared<usage::PriceCatalogue>(std::move(*catalogue)),
                   custom](Transaction& transaction) -> Result<bool> {
    const Result<void> stored = PriceStore::put(transaction, loaded);
    if (!stored) return std::unexpected(stored.error());
    const Result<void> asked = ask_for_repricing(transaction, mark);
    if (!asked) return std::unexpected(asked.error());
    const Result<void> audited = record_audit(transaction, now, actor, "prices.update", "prices",
                                              {{"origin", loaded.origin}, {"version", loaded.version}});
    if (!audited) return std::unexpected(audited.error());
    transaction.after_commit([this, shared, custom, now] { take_into_force(std::move(*shared), {custom, now}); });
    return true;
  };
  const Result<bool> done = co_await core_.store->writer().run<bool>(std::move(mutation));
  if (!done) co_return std::unexpected(done.error());
  events_->publish(EventKind::changed, {"prices", "usage"});
  if (replaced_) replaced_();
  co_return view();
}

runtime::Task<Result<CatalogueView>> Prices::replace(Actor actor, std::string document, std::string origin) {
  if (document.empty()) {
    co_return fail(Code::invalid_argument, "The document is empty.", "malformed_catalogue");
  }
  Result<CatalogueView> view = co_await put(std::move(actor), std::move(document), std::move(origin));
  co_return view;
}

runtime::Task<Result<CatalogueView>> Prices::reset(Actor actor) {
  Result<CatalogueView> view = co_await put(std::move(actor), {}, kBuiltIn);
  co_return view;
}

}  // namespace keyledger::service

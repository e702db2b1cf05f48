#include "service/billing/invoices.h"

#include <algorithm>

#include "base/fields.h"
#include "service/billing/invoice_acts.h"
#include "service/billing/invoice_drafts.h"
#include "service/key_rules.h"
#include "store/billing/days.h"
#include "store/ordered_ids.h"

namespace keyledger::service {
namespace {

using billing::Invoice;
using billing::InvoiceId;
using store::InvoiceStore;
using store::Transaction;

constexpr std::size_t kNoteMax = 500;  // characters, also of a reason
constexpr int kAttempts = 5;           // at finalising an invoice whose customer is being edited
constexpr std::size_t kDraftsAtOnce = 500;

InvoiceStore::Filter filter_of(const InvoiceQuery& query, Instant now) {
  InvoiceStore::Filter filter{.customer_id = query.customer_id, .state = query.state};
  if (query.from) filter.from = store::to_day(*query.from);
  if (query.to) filter.to = store::to_day(*query.to);
  if (query.overdue) filter.overdue_at = now;
  filter.like = like_pattern(query.search);
  return filter;
}

Result<Listed<InvoiceView>> list_invoices(Transaction& transaction, const Invoices::Hooks& hooks,
                                          const InvoiceQuery& query, Instant now) {
  const InvoiceStore::Filter filter = filter_of(query, now);
  Result<std::vector<ListPlace>> places = InvoiceStore::page(transaction, query.page, filter);
  if (!places) return std::unexpected(places.error());
  Listed<InvoiceView> listed{.next = store::cut_page(*places, query.page.limit)};
  InvoiceReader reader(&transaction, &hooks, now);
  for (const ListPlace& place : *places) {
    Result<InvoiceView> view = reader.get_brief(InvoiceId{place.id});
    if (!view) return std::unexpected(view.error());
    view->lines.clear();
    listed.rows.push_back(std::move(*view));
  }
  if (!query.page.counted) return listed;
  const Result<std::int64_t> count = InvoiceStore::count(transaction, filter);
  if (!count) return std::unexpected(count.error());
  const Result<std::int64_t> all = InvoiceStore::count(transaction, {});
  if (!all) return std::unexpected(all.error());
  listed.count = *count;
  listed.all_count = *all;
  return listed;
}

Result<std::string> checked_reason(const std::string& given) {
  Result<std::string> reason = fields::check_line(given, "reason", kNoteMax);
  if (reason && reason->empty()) {
    return fail(Code::invalid_argument, "Say why; the reason stands on the credit note.", "missing_reason", "reason");
  }
  return reason;
}

}  // namespace

/// Figures that could not be brought up to date are shown as they are: a full disk stops no reading.
runtime::Task<> Invoices::settle_for_reading() const {
  [[maybe_unused]] const Result<void> settled = co_await hooks_.settle();
}

runtime::Task<Result<Listed<InvoiceView>>> Invoices::list(InvoiceQuery query) const {
  co_await settle_for_reading();
  auto read = [hooks = &hooks_, query = std::move(query), now = core_.clock->now()](Transaction& transaction) {
    return list_invoices(transaction, *hooks, query, now);
  };
  Result<Listed<InvoiceView>> listed = co_await core_.store->readers().run<Listed<InvoiceView>>(std::move(read));
  co_return listed;
}

runtime::Task<Result<InvoiceView>> Invoices::get(InvoiceId id) const {
  co_await settle_for_reading();
  auto read = [hooks = &hooks_, id, now = core_.clock->now()](Transaction& transaction) {
    return InvoiceReader(&transaction, hooks, now).get(id);
  };
  Result<InvoiceView> view = co_await core_.store->readers().run<InvoiceView>(std::move(read));
  co_return view;
}

runtime::Task<Result<InvoiceView>> Invoices::preview(CustomerId customer) const {
  co_await settle_for_reading();
  auto read = [hooks = &hooks_, customer, now = core_.clock->now()](Transaction& transaction) {
    return InvoiceReader(&transaction, hooks, now).preview(customer);
  };
  Result<InvoiceView> view = co_await core_.store->readers().run<InvoiceView>(std::move(read));
  co_return view;
}

/// Rated beside the writer, which then only stores it, if all that it rests on still is so.
runtime::Task<Result<InvoiceView>> Invoices::finalise(Actor actor, InvoiceId id) {
  for (int attempt = 0; attempt < kAttempts; ++attempt) {
    const Result<void> settled = co_await hooks_.settle();
    if (!settled) co_return std::unexpected(settled.error());
    const Instant now = core_.clock->now();
    auto read = [hooks = &hooks_, id, now](Transaction& transaction) {
      return InvoiceReader(&transaction, hooks, now).to_finalise(id);
    };
    Result<RatedDraft> draft = co_await core_.store->readers().run<RatedDraft>(std::move(read));
    if (!draft) co_return std::unexpected(draft.error());
    auto write = [hooks = &hooks_, actor, draft = std::move(*draft), now](Transaction& transaction) {
      return InvoiceAct(&transaction, hooks, &actor, now).finalise(draft);
    };
    using Finished = std::optional<InvoiceView>;
    Result<Finished> finished = co_await core_.store->writer().run<Finished>(std::move(write));
    if (!finished) co_return std::unexpected(finished.error());
    if (*finished) co_return std::move(**finished);
  }
  co_return fail(Code::unavailable, "The customer's details or plan are being changed; try again.", "invoice_changing");
}

runtime::Task<Result<InvoiceView>> Invoices::mark_paid(Actor actor, InvoiceId id, std::optional<Instant> paid_at,
                                                       std::string note) {
  const Instant now = core_.clock->now();
  if (paid_at && *paid_at > now) {
    co_return fail(Code::invalid_argument, "An invoice is paid now or was before.", "out_of_range", "paid_at");
  }
  Result<std::string> text = fields::check_line(note, "note", kNoteMax);
  if (!text) co_return std::unexpected(text.error());
  auto mutation = [hooks = &hooks_, actor = std::move(actor), id, at = paid_at.value_or(now), text = std::move(*text),
                   now](Transaction& transaction) {
    return InvoiceAct(&transaction, hooks, &actor, now).pay(id, at, text);
  };
  Result<InvoiceView> paid = co_await core_.store->writer().run<InvoiceView>(std::move(mutation));
  co_return paid;
}

runtime::Task<Result<InvoiceView>> Invoices::credit(Actor actor, InvoiceId id, CreditRequest request,
                                                    Once<InvoiceView> once) {
  Result<std::string> reason = checked_reason(request.reason);
  if (!reason) co_return std::unexpected(reason.error());
  request.reason = std::move(*reason);
  auto mutation = [core = core_, hooks = &hooks_, actor = std::move(actor), id, request = std::move(request),
                   once = std::move(once), now = core_.clock->now()](Transaction& transaction) -> Result<InvoiceView> {
    Result<InvoiceView> credited = InvoiceAct(&transaction, hooks, &actor, now).credit(id, request);
    if (!credited) return credited;
    const Result<void> remembered = Idempotency::remember(transaction, core, once, *credited);
    if (!remembered) return std::unexpected(remembered.error());
    return credited;
  };
  Result<InvoiceView> credited = co_await core_.store->writer().run<InvoiceView>(std::move(mutation));
  co_return credited;
}

runtime::Task<Result<InvoiceView>> Invoices::annotate(Actor actor, InvoiceId id, std::string notes) {
  Result<std::string> text = fields::check_notes(notes);
  if (!text) co_return std::unexpected(text.error());
  co_await settle_for_reading();
  auto mutation = [hooks = &hooks_, actor = std::move(actor), id, text = std::move(*text),
                   now = core_.clock->now()](Transaction& transaction) {
    return InvoiceAct(&transaction, hooks, &actor, now).annotate(id, text);
  };
  Result<InvoiceView> noted = co_await core_.store->writer().run<InvoiceView>(std::move(mutation));
  co_return noted;
}

runtime::Task<Result<std::int64_t>> Invoices::draft_due() {
  using Drafts = std::vector<Invoice>;
  auto read = [hooks = &hooks_, now = core_.clock->now()](Transaction& transaction) -> Result<Drafts> {
    const Result<std::vector<InvoiceStore::Unbilled>> unbilled = InvoiceStore::unbilled(transaction);
    if (!unbilled) return std::unexpected(unbilled.error());
    Drafts drafts;
    for (const InvoiceStore::Unbilled& each : *unbilled) {
      add_due_drafts(drafts, each, hooks->zone_named(each.timezone), now);
    }
    return drafts;
  };
  const Result<Drafts> drafts = co_await core_.store->readers().run<Drafts>(std::move(read));
  if (!drafts) co_return std::unexpected(drafts.error());
  std::int64_t made = 0;
  for (std::size_t from = 0; from < drafts->size(); from += kDraftsAtOnce) {
    const std::size_t until = std::min(drafts->size(), from + kDraftsAtOnce);
    auto write = [drafts = &*drafts, from, until](Transaction& transaction) -> Result<std::int64_t> {
      std::int64_t count = 0;
      for (std::size_t i = from; i < until; ++i) {
        const Result<bool> inserted = InvoiceStore::insert_draft(transaction, (*drafts)[i]);
        if (!inserted) return std::unexpected(inserted.error());
        count += *inserted ? 1 : 0;
      }
      return count;
    };
    const Result<std::int64_t> count = co_await core_.store->writer().run<std::int64_t>(std::move(write));
    if (!count) co_return std::unexpected(count.error());
    made += *count;
  }
  co_return made;
}

}  // namespace keyledger::service

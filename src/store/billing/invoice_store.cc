#include "store/billing/invoice_store.h"

#include <fmt/format.h>

#include "store/billing/days.h"
#include "store/billing/invoice_lines.h"
#include "store/billing/invoice_rows.h"
#include "store/ordered_ids.h"

namespace keyledger::store {

using billing::CreditNote;
using billing::CreditNoteId;
using billing::Invoice;
using billing::InvoiceId;
using billing::Line;
using billing::SubscriptionId;

BOOST_DESCRIBE_STRUCT(InvoiceStore::Filter, (), (customer_id, state, from, to, overdue_at, like))

namespace {

struct ShownInvoice : InvoiceRow {
  std::string name{};
};
BOOST_DESCRIBE_STRUCT(ShownInvoice, (InvoiceRow), (name))

struct OneInvoice {
  InvoiceId id{};
};
BOOST_DESCRIBE_STRUCT(OneInvoice, (), (id))

struct InvoiceNotes {
  InvoiceId id{};
  std::string notes{};
  Instant now{};
};
BOOST_DESCRIBE_STRUCT(InvoiceNotes, (), (id, notes, now))

struct BeforePeriod {
  SubscriptionId subscription_id{};
  Day from_day{};
};
BOOST_DESCRIBE_STRUCT(BeforePeriod, (), (subscription_id, from_day))

struct CreditNoteRow {
  CreditNoteId id{};
  InvoiceId invoice_id{};
  std::string number{}, reason{};
  std::int64_t net_nanos = 0, tax_nanos = 0, total_nanos = 0;
  Instant created_at{};
};
BOOST_DESCRIBE_STRUCT(CreditNoteRow, (),
                      (id, invoice_id, number, reason, net_nanos, tax_nanos, total_nanos, created_at))

struct CountedRow {
  SubscriptionId subscription_id{};
  Day from_day{};
  billing::Metric metric = billing::Metric::requests;
  InvoiceId invoice_id{};
  Day until_day{};
  std::int64_t units = 0;
};
BOOST_DESCRIBE_STRUCT(CountedRow, (), (subscription_id, from_day, metric, invoice_id, until_day, units))

struct UnbilledRow {
  SubscriptionId id{};
  CustomerId customer_id{};
  Currency currency{};
  std::int64_t anchor = 1;
  Day starts{};
  std::optional<Day> ends{}, newest_from{};
  std::string timezone{};
};
BOOST_DESCRIBE_STRUCT(UnbilledRow, (), (id, customer_id, currency, anchor, starts, ends, newest_from, timezone))

struct SeriesYear {
  std::string series{};
  std::int64_t year = 0;
};
BOOST_DESCRIBE_STRUCT(SeriesYear, (), (series, year))

/// A number is in the order of its year and its count, however many digits that has.
const OrderedIds& ordered() {
  using enum OrderedIds::Way::Kind;
  static const OrderedIds kIds{"i.id",
                               R"sql(
      FROM invoices i JOIN customers c ON c.id = i.customer_id
     WHERE (:customer_id IS NULL OR i.customer_id = :customer_id)
       AND (:state IS NULL OR i.state = :state)
       AND (:from IS NULL OR i.until_day > :from)
       AND (:to IS NULL OR i.until_day <= :to + 1)
       AND (:overdue_at IS NULL OR (i.state = 'final' AND i.due_at < :overdue_at))
       AND (:like = '%' OR LOWER(i.number) LIKE :like ESCAPE '\' OR LOWER(i.customer_name) LIKE :like ESCAPE '\'
            OR LOWER(c.name) LIKE :like ESCAPE '\'))sql",
                               {{"i.created_at"},
                                {"CAST(SUBSTR(i.number, 1, 4) AS BIGINT) * 1000000000 + "
                                 "CAST(SUBSTR(i.number, 6) AS BIGINT)"},
                                {"LOWER(c.name)", text},
                                {"i.from_day"},
                                {"CASE WHEN i.state <> 'draft' THEN i.total_nanos END"},
                                {"i.due_at"}}};
  return kIds;
}

CreditNote note_of(CreditNoteRow&& row) {
  return {row.id,
          row.invoice_id,
          std::move(row.number),
          std::move(row.reason),
          {row.net_nanos, row.tax_nanos, row.total_nanos},
          row.created_at};
}

Result<void> insert_counted(Transaction& transaction, const Invoice& invoice,
                            const std::vector<InvoiceStore::Counted>& counted) {
  static const Query<void> kInsert{
      "INSERT INTO invoice_units (subscription_id, from_day, metric, invoice_id, until_day, units) "
      "VALUES (:subscription_id, :from_day, :metric, :invoice_id, :until_day, :units)"};
  for (const InvoiceStore::Counted& each : counted) {
    const Result<std::int64_t> done =
        transaction.change(kInsert, CountedRow{invoice.subscription_id, to_day(each.days.from), each.metric, invoice.id,
                                               to_day(each.days.until), each.units});
    if (!done) return std::unexpected(done.error());
  }
  return {};
}

/// One row was meant.
Result<void> changed_one(const Result<std::int64_t>& changed, InvoiceId id) {
  if (!changed) return std::unexpected(changed.error());
  if (*changed == 0) return unknown_invoice(id);
  return {};
}

}  // namespace

std::unexpected<Error> unknown_invoice(InvoiceId id) {
  return fail(Code::not_found, fmt::format("There is no invoice {}.", id.value), "unknown_invoice");
}

Result<std::vector<ListPlace>> InvoiceStore::page(Transaction& transaction, const ListPage<billing::InvoiceSort>& page,
                                                  const Filter& filter) {
  return ordered().page(transaction, page, filter);
}

Result<std::int64_t> InvoiceStore::count(Transaction& transaction, const Filter& filter) {
  return ordered().count(transaction, filter);
}

Result<InvoiceStore::Row> InvoiceStore::get(Transaction& transaction, InvoiceId id) {
  static const Query<ShownInvoice> kGet{"SELECT " KEYLEDGER_INVOICE_COLUMNS
                                        ", c.name FROM invoices i JOIN customers c ON c.id = i.customer_id "
                                        "WHERE i.id = :id"};
  Result<std::optional<ShownInvoice>> row = transaction.one(kGet, OneInvoice{id});
  if (!row) return std::unexpected(row.error());
  if (!*row) return unknown_invoice(id);
  std::string name = std::move((*row)->name);
  return Row{invoice_of(std::move(**row)), std::move(name)};
}

Result<std::vector<Line>> InvoiceStore::lines(Transaction& transaction, InvoiceId id) {
  return read_lines(transaction, id);
}

Result<std::vector<CreditNote>> InvoiceStore::credit_notes(Transaction& transaction, InvoiceId id) {
  static const Query<CreditNoteRow> kNotes{
      "SELECT id, invoice_id, number, reason, net_nanos, tax_nanos, total_nanos, created_at FROM credit_notes "
      "WHERE invoice_id = :id ORDER BY id"};
  Result<std::vector<CreditNoteRow>> rows = transaction.all(kNotes, OneInvoice{id});
  if (!rows) return std::unexpected(rows.error());
  std::vector<CreditNote> notes;
  for (CreditNoteRow& row : *rows) notes.push_back(note_of(std::move(row)));
  return notes;
}

Result<bool> InvoiceStore::has_draft_before(Transaction& transaction, SubscriptionId subscription, LocalDay from) {
  static const Query<Single<InvoiceId>> kEarlier{
      "SELECT id FROM invoices WHERE subscription_id = :subscription_id AND from_day < :from_day AND state = 'draft' "
      "LIMIT 1"};
  const Result<std::optional<Single<InvoiceId>>> row =
      transaction.one(kEarlier, BeforePeriod{subscription, to_day(from)});
  if (!row) return std::unexpected(row.error());
  return row->has_value();
}

Result<std::vector<InvoiceStore::Unbilled>> InvoiceStore::unbilled(Transaction& transaction) {
  static const Query<UnbilledRow> kUnbilled{R"sql(
    SELECT s.id, s.customer_id, s.currency, s.anchor,
           (SELECT MIN(h.from_day) FROM subscription_changes h WHERE h.subscription_id = s.id), s.ends,
           (SELECT MAX(i.from_day) FROM invoices i WHERE i.subscription_id = s.id), c.timezone
      FROM subscriptions s JOIN customers c ON c.id = s.customer_id
     WHERE s.ends IS NULL
        OR s.ends > COALESCE((SELECT i.until_day FROM invoices i WHERE i.subscription_id = s.id
                               ORDER BY i.from_day DESC LIMIT 1),
                             (SELECT MIN(h.from_day) FROM subscription_changes h WHERE h.subscription_id = s.id))
     ORDER BY s.id)sql"};
  std::vector<Unbilled> all;
  const Result<void> read = transaction.each<UnbilledRow>(kUnbilled, NoParameters{}, [&all](UnbilledRow row) {
    all.push_back({row.id, row.customer_id, row.currency, static_cast<int>(row.anchor), to_local(row.starts),
                   to_local(row.ends), to_local(row.newest_from), std::move(row.timezone)});
    return true;
  });
  if (!read) return std::unexpected(read.error());
  return all;
}

Result<bool> InvoiceStore::insert_draft(Transaction& transaction, const Invoice& draft) {
  static const Query<void> kInsert{R"sql(
    INSERT INTO invoices (customer_id, subscription_id, state, number, from_day, until_day, timezone, currency,
                          net_nanos, tax_nanos, total_nanos, credited_nanos, tax_rate, tax_inclusive, customer_name,
                          customer_address, customer_tax_id, seller_name, seller_address, seller_tax_id, notes, footer,
                          paid_note, created_at, updated_at)
    VALUES (:customer_id, :subscription_id, :state, :number, :from_day, :until_day, :timezone, :currency,
            :net_nanos, :tax_nanos, :total_nanos, :credited_nanos, :tax_rate, :tax_inclusive, :customer_name,
            :customer_address, :customer_tax_id, :seller_name, :seller_address, :seller_tax_id, :notes, :footer,
            :paid_note, :created_at, :updated_at)
    ON CONFLICT (subscription_id, from_day) DO NOTHING)sql"};
  const Result<std::int64_t> inserted = transaction.change(kInsert, row_of(draft));
  if (!inserted) return std::unexpected(inserted.error());
  return *inserted > 0;
}

Result<void> InvoiceStore::set_notes(Transaction& transaction, InvoiceId id, const std::string& notes, Instant now) {
  static const Query<void> kUpdate{
      "UPDATE invoices SET notes = :notes, updated_at = :now WHERE id = :id AND state = 'draft'"};
  return changed_one(transaction.change(kUpdate, InvoiceNotes{id, notes, now}), id);
}

Result<void> InvoiceStore::finalise(Transaction& transaction, const Invoice& invoice, const std::vector<Line>& lines,
                                    const std::vector<Counted>& counted) {
  static const Query<void> kUpdate{R"sql(
    UPDATE invoices SET state = :state, number = :number, from_day = :from_day, until_day = :until_day,
           timezone = :timezone, net_nanos = :net_nanos, tax_nanos = :tax_nanos, total_nanos = :total_nanos,
           tax_rate = :tax_rate, tax_inclusive = :tax_inclusive, customer_name = :customer_name,
           customer_address = :customer_address, customer_tax_id = :customer_tax_id, seller_name = :seller_name,
           seller_address = :seller_address, seller_tax_id = :seller_tax_id, notes = :notes, footer = :footer,
           finalised_at = :finalised_at, due_at = :due_at, paid_at = :paid_at, updated_at = :updated_at
     WHERE id = :id AND state = 'draft')sql"};
  Result<void> done = changed_one(transaction.change(kUpdate, row_of(invoice)), invoice.id);
  if (done) done = insert_lines(transaction, invoice.id, lines);
  if (done) done = insert_counted(transaction, invoice, counted);
  return done;
}

Result<void> InvoiceStore::update_standing(Transaction& transaction, const Invoice& invoice) {
  static const Query<void> kUpdate{
      "UPDATE invoices SET state = :state, credited_nanos = :credited_nanos, paid_at = :paid_at, "
      "paid_note = :paid_note, updated_at = :updated_at WHERE id = :id AND state <> 'draft'"};
  return changed_one(transaction.change(kUpdate, row_of(invoice)), invoice.id);
}

Result<CreditNoteId> InvoiceStore::insert_credit_note(Transaction& transaction, const CreditNote& note) {
  static const Query<Single<CreditNoteId>> kInsert{
      "INSERT INTO credit_notes (invoice_id, number, reason, net_nanos, tax_nanos, total_nanos, created_at) "
      "VALUES (:invoice_id, :number, :reason, :net_nanos, :tax_nanos, :total_nanos, :created_at) RETURNING id"};
  const CreditNoteRow written{{},
                              note.invoice_id,
                              note.number,
                              note.reason,
                              note.totals.net_nanos,
                              note.totals.tax_nanos,
                              note.totals.total_nanos,
                              note.created_at};
  const Result<std::optional<Single<CreditNoteId>>> row = transaction.one(kInsert, written);
  if (!row) return std::unexpected(row.error());
  check_invariant(row->has_value(), "an insert returns its id");
  return (*row)->value;
}

Result<std::int64_t> InvoiceStore::next_number(Transaction& transaction, Series series, std::int64_t year) {
  static const Query<Single<std::int64_t>> kNext{
      "INSERT INTO document_numbers (series, year, last) VALUES (:series, :year, 1) "
      "ON CONFLICT (series, year) DO UPDATE SET last = document_numbers.last + 1 RETURNING last"};
  const SeriesYear asked{series == Series::invoice ? "invoice" : "credit_note", year};
  const Result<std::optional<Single<std::int64_t>>> row = transaction.one(kNext, asked);
  if (!row) return std::unexpected(row.error());
  check_invariant(row->has_value(), "an insert returns its row");
  return (*row)->value;
}

}  // namespace keyledger::store

#include "store/billing/invoice_lines.h"

#include "store/billing/days.h"

namespace keyledger::store {

using billing::InvoiceId;
using billing::Line;

namespace {

struct InvoiceLineRow {
  billing::InvoiceId invoice_id{};
  std::int64_t position = 1;
  billing::LineKind kind = billing::LineKind::monthly;
  billing::PlanId plan_id{};
  std::int64_t plan_version = 0;
  std::string plan_name{};
  Day from_day{}, until_day{};
  std::string metric{};  // empty: none
  std::int64_t quantity = 0, unpriced_quantity = 0, amount_nanos = 0;
};
BOOST_DESCRIBE_STRUCT(InvoiceLineRow, (),
                      (invoice_id, position, kind, plan_id, plan_version, plan_name, from_day, until_day, metric,
                       quantity, unpriced_quantity, amount_nanos))

struct InvoiceStepRow {
  billing::InvoiceId invoice_id{};
  std::int64_t position = 1, step = 1;
  billing::StepKind kind = billing::StepKind::days;
  std::int64_t quantity = 0, of_days = 0, unit_nanos = 0, nanos = 0;
};
BOOST_DESCRIBE_STRUCT(InvoiceStepRow, (), (invoice_id, position, step, kind, quantity, of_days, unit_nanos, nanos))

struct LinesOf {
  InvoiceId id{};
};
BOOST_DESCRIBE_STRUCT(LinesOf, (), (id))

InvoiceLineRow row_of(const Line& line, billing::InvoiceId invoice, std::int64_t position) {
  return {.invoice_id = invoice,
          .position = position,
          .kind = line.kind,
          .plan_id = line.plan_id,
          .plan_version = line.plan_version,
          .plan_name = line.plan_name,
          .from_day = to_day(line.days.from),
          .until_day = to_day(line.days.until),
          .metric = line.metric ? boost::describe::enum_to_string(*line.metric, "") : "",
          .quantity = line.quantity,
          .unpriced_quantity = line.unpriced_quantity,
          .amount_nanos = line.amount_nanos};
}

Line line_of(InvoiceLineRow&& row) {
  Line line{.kind = row.kind,
            .plan_id = row.plan_id,
            .plan_version = row.plan_version,
            .plan_name = std::move(row.plan_name),
            .days = {to_local(row.from_day), to_local(row.until_day)},
            .quantity = row.quantity,
            .unpriced_quantity = row.unpriced_quantity,
            .amount_nanos = row.amount_nanos};
  billing::Metric metric{};
  if (boost::describe::enum_from_string(row.metric.c_str(), metric)) line.metric = metric;
  return line;
}

Result<void> insert_steps(Transaction& transaction, InvoiceId id, std::int64_t position, const Line& line) {
  static const Query<void> kInsert{
      "INSERT INTO invoice_steps (invoice_id, position, step, kind, quantity, of_days, unit_nanos, nanos) "
      "VALUES (:invoice_id, :position, :step, :kind, :quantity, :of_days, :unit_nanos, :nanos)"};
  std::int64_t number = 0;
  for (const billing::Step& step : line.steps) {
    const Result<std::int64_t> done = transaction.change(
        kInsert,
        InvoiceStepRow{id, position, ++number, step.kind, step.quantity, step.of, step.unit_nanos, step.nanos});
    if (!done) return std::unexpected(done.error());
  }
  return {};
}

}  // namespace

Result<void> insert_lines(Transaction& transaction, InvoiceId id, const std::vector<Line>& lines) {
  static const Query<void> kInsert{
      "INSERT INTO invoice_lines (invoice_id, position, kind, plan_id, plan_version, plan_name, from_day, until_day, "
      "metric, quantity, unpriced_quantity, amount_nanos) VALUES (:invoice_id, :position, :kind, :plan_id, "
      ":plan_version, :plan_name, :from_day, :until_day, :metric, :quantity, :unpriced_quantity, :amount_nanos)"};
  std::int64_t position = 0;
  for (const Line& line : lines) {
    const Result<std::int64_t> done = transaction.change(kInsert, row_of(line, id, ++position));
    if (!done) return std::unexpected(done.error());
    const Result<void> steps = insert_steps(transaction, id, position, line);
    if (!steps) return steps;
  }
  return {};
}

Result<std::vector<Line>> read_lines(Transaction& transaction, InvoiceId id) {
  static const Query<InvoiceLineRow> kLines{
      "SELECT invoice_id, position, kind, plan_id, plan_version, plan_name, from_day, until_day, metric, quantity, "
      "unpriced_quantity, amount_nanos FROM invoice_lines WHERE invoice_id = :id ORDER BY position"};
  static const Query<InvoiceStepRow> kSteps{
      "SELECT invoice_id, position, step, kind, quantity, of_days, unit_nanos, nanos FROM invoice_steps "
      "WHERE invoice_id = :id ORDER BY position, step"};
  Result<std::vector<InvoiceLineRow>> rows = transaction.all(kLines, LinesOf{id});
  if (!rows) return std::unexpected(rows.error());
  const Result<std::vector<InvoiceStepRow>> steps = transaction.all(kSteps, LinesOf{id});
  if (!steps) return std::unexpected(steps.error());
  std::vector<Line> lines;
  for (InvoiceLineRow& row : *rows) lines.push_back(line_of(std::move(row)));
  for (const InvoiceStepRow& step : *steps) {  // positions run from 1
    lines.at(static_cast<std::size_t>(step.position - 1))
        .steps.push_back({step.kind, step.quantity, step.of_days, step.unit_nanos, step.nanos});
  }
  return lines;
}

}  // namespace keyledger::store

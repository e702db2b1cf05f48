// The key table against a slow, obvious model: lists of calls, counted anew each time.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>

#include "domain/limits/windows.h"
#include "service/admission/forward_clock.h"
#include "service/admission/key_table_testing.h"

namespace keyledger::service {
namespace {

using namespace std::chrono_literals;
using limits::Metric;
using limits::Window;

/// A limit and every call that it has counted since it is there.
struct ModelLimit {
  limits::Limit limit{};
  limits::Span window{};
  std::map<int, Instant> calls{};  // by the number of the call
  std::int64_t used(Instant now, const Zone& zone) {
    if (now >= window.end) {
      const Instant last_end = window.end;
      window = limits::window_of(limit.window, zone, now);
      window.begin = std::max(window.begin, last_end);  // a customer may have moved
    }
    return std::ranges::count_if(
        calls, [this](const auto& call) { return window.begin <= call.second && call.second < window.end; });
  }
};

struct ModelKey {
  KeyRecord record{};
  std::vector<ModelLimit> limits{};
  std::int64_t open = 0;
};

struct Model {
  std::map<std::int64_t, ModelKey> keys{};
  std::map<std::int64_t, CustomerRecord> customers{};
  Zone installation{};

  Zone zone_of(const ModelKey& key) { return customers[key.record.customer_id.value].zone.value_or(installation); }

  void put(const KeyRecord& record) {
    ModelKey& key = keys[record.id.value];
    key.record = record;
    std::vector<ModelLimit> limits;
    for (const limits::Limit& limit : record.limits) {
      ModelLimit next{limit};
      for (ModelLimit& old : key.limits) {
        if (old.limit.metric != limit.metric || old.limit.window != limit.window) continue;
        next.window = old.window;
        next.calls = old.calls;
      }
      limits.push_back(next);
    }
    key.limits = limits;
  }

  Verdict judge(ModelKey& key, const std::string& text, const IpAddress& address, std::string_view action,
                std::int64_t rentals, Instant now, int call) {
    const KeyRecord& record = key.record;
    if (record.revoked) return Verdict::key_revoked;
    for (const KeyRecord::Digest& digest : record.digests) {
      const bool sent = digest.digest == crypto::sha256(text);
      if (sent && digest.valid_until && *digest.valid_until <= now) return Verdict::key_expired;
    }
    if (record.expires_at && *record.expires_at <= now) return Verdict::key_expired;
    if (customers[record.customer_id.value].suspended) return Verdict::customer_suspended;
    bool allowed = record.allowed_ips.empty();
    for (const IpNetwork& network : record.allowed_ips) allowed = allowed || network.contains(address);
    if (!allowed) return Verdict::ip_not_allowed;
    allowed = record.allowed_actions.empty();
    for (const std::string& word : record.allowed_actions) allowed = allowed || word == action;
    if (!allowed) return Verdict::action_not_allowed;
    for (ModelLimit& limit : key.limits) {
      const std::int64_t need = limit.limit.metric == Metric::requests ? 1 : rentals;
      const std::int64_t used = limit.limit.window == Window::at_once ? key.open : limit.used(now, zone_of(key));
      if (need > 0 && used + need > limit.limit.amount) return Verdict::limit_exceeded;
    }
    for (ModelLimit& limit : key.limits) {
      if (limit.limit.metric == Metric::requests || rentals > 0) limit.calls[call] = now;
    }
    key.open += rentals;
    return Verdict::valid;
  }

  ModelKey* find(const std::string& text) {
    for (auto& [id, key] : keys) {
      for (const KeyRecord::Digest& digest : key.record.digests) {
        if (digest.digest == crypto::sha256(text)) return &key;
      }
    }
    return nullptr;
  }
};

class History {
 public:
  explicit History(std::uint32_t seed) : random_(seed) {
    table_.table.set_installation_zone(model_.installation = testing::zone("Europe/Berlin"));
  }

  void step() {
    const Instant before = table_.table.now();
    switch (pick(12)) {
      case 0: move_clock(); break;
      case 1: put_key(); break;
      case 2: put_customer(); break;
      case 3: undo(); break;
      case 4: end_rental(); break;
      default: call(); break;
    }
    ASSERT_GE(table_.table.now(), before);
    compare();
  }

 private:
  int pick(int below) { return static_cast<int>(random_() % static_cast<unsigned>(below)); }
  bool chance(int in) { return pick(in) == 0; }

  void move_clock() {
    const std::chrono::milliseconds steps[] = {1ms, 59s, 17min, 1h, 5h, 26h, 240h, -1ms, -3h, -30h};
    const std::chrono::milliseconds step = steps[pick(10)];
    // A clock that is further back is followed, which forward_clock_test.cc looks at.
    if (table_.table.now() - (table_.clock.now() + step) <= ForwardClock::kStepMax) table_.clock.advance(step);
  }

  void put_key() {
    KeyRecord record;
    record.id = {1 + pick(6)};
    record.customer_id = {1 + pick(3)};
    const auto known = model_.keys.find(record.id.value);
    if (known != model_.keys.end()) record.customer_id = known->second.record.customer_id;
    const int version = pick(3);
    const Instant now = table_.table.now();
    record.digests.push_back(testing::digest_of(testing::text_of(record.id.value, version)));
    if (chance(3)) {
      record.digests.push_back(testing::digest_of(testing::text_of(record.id.value, (version + 1) % 3), now + 2h));
    }
    record.revoked = chance(8);
    if (chance(4)) record.expires_at = now + std::chrono::hours{pick(50)};
    if (chance(4)) record.allowed_ips.push_back(IpNetwork::parse("10.0.0.0/9").value());
    if (chance(4)) record.allowed_actions = {"check"};
    for (const Metric metric : {Metric::rentals, Metric::requests}) {
      for (const Window window : {Window::month, Window::day, Window::hour}) {
        if (chance(2)) record.limits.push_back({metric, window, 1 + pick(20)});
      }
    }
    if (chance(2)) record.limits.push_back({Metric::rentals, Window::at_once, 1 + pick(3)});
    std::ranges::shuffle(record.limits, random_);
    table_.table.put(record);
    model_.put(record);
  }

  void put_customer() {
    CustomerRecord record{{1 + pick(3)}, chance(4), {}};
    const char* const zones[] = {"UTC", "Europe/Berlin", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe"};
    if (chance(2)) record.zone = testing::zone(zones[pick(5)]);
    table_.table.put(record);
    model_.customers[record.id.value] = record;
  }

  void call() {
    const std::string text = testing::text_of(1 + pick(7), pick(3));
    const IpAddress address = IpAddress::parse(chance(3) ? "10.200.0.1" : "10.1.0.1").value();
    const std::string action = chance(3) ? "rent" : "check";
    const std::int64_t rentals = chance(3) ? 1 : 0;
    const Instant now = table_.table.now();
    const Admitted admitted = table_.table.admit({text, action, address, 1, rentals});
    ModelKey* const key = model_.find(text);
    calls_ += 1;
    ASSERT_EQ(admitted.at, now);
    ASSERT_EQ(admitted.key_id, key == nullptr ? CustomerKeyId{} : key->record.id);
    ASSERT_EQ(admitted.verdict,
              key == nullptr ? Verdict::unknown_key : model_.judge(*key, text, address, action, rentals, now, calls_));
    if (admitted.verdict == Verdict::valid) taken_.emplace_back(calls_, admitted.taken);
  }

  void undo() {
    if (taken_.empty()) return;
    const std::size_t which = static_cast<std::size_t>(pick(static_cast<int>(taken_.size())));
    const auto [call, taken] = taken_[which];
    taken_.erase(taken_.begin() + static_cast<std::ptrdiff_t>(which));
    const bool rentals_only = chance(2);
    rentals_only ? table_.table.undo_rentals(taken) : table_.table.undo(taken);
    ModelKey& key = model_.keys[taken.key_id.value];
    for (ModelLimit& limit : key.limits) {
      if (limit.limit.metric == Metric::rentals || !rentals_only) limit.calls.erase(call);
    }
    key.open = std::max<std::int64_t>(0, key.open - taken.rentals);
  }

  void end_rental() {
    const std::int64_t id = 1 + pick(6);
    table_.table.rental_ended({id});
    if (!model_.keys.contains(id)) return;
    ModelKey& key = model_.keys[id];
    key.open = std::max<std::int64_t>(0, key.open - 1);
  }

  void compare() {
    ASSERT_EQ(table_.table.keys(), model_.keys.size());
    const Instant now = table_.table.now();
    for (auto& [id, key] : model_.keys) {
      const std::vector<limits::LimitStanding> standings = table_.table.standings({id});
      ASSERT_EQ(standings.size(), key.limits.size());
      for (const limits::LimitStanding& standing : standings) {
        const auto limit = std::ranges::find_if(key.limits, [&](const ModelLimit& other) {
          return other.limit.metric == standing.metric && other.limit.window == standing.window;
        });
        ASSERT_NE(limit, key.limits.end());
        const bool open = standing.window == Window::at_once;
        const std::int64_t used = open ? key.open : limit->used(now, model_.zone_of(key));
        ASSERT_EQ(standing.used, used) << "key " << id;
        ASSERT_EQ(standing.amount, limit->limit.amount);
        ASSERT_EQ(standing.remaining, std::max<std::int64_t>(0, limit->limit.amount - used));
        if (!open) {
          ASSERT_EQ(standing.resets_at, limit->window.end);
        }
      }
    }
  }

  std::mt19937 random_;
  testing::Table table_{testing::at("2026-10-20T12:00:00Z")};
  Model model_{};
  int calls_ = 0;
  std::vector<std::pair<int, Taken>> taken_{};
};

TEST(KeyTableModel, AgreesWithAListOfCallsThatIsCountedAnew) {
  for (int history = 0; history < 20; ++history) {
    const std::uint32_t seed = std::random_device{}();
    SCOPED_TRACE("seed " + std::to_string(seed));
    History run{seed};
    for (int step = 0; step < 1'000; ++step) {
      run.step();
      if (::testing::Test::HasFatalFailure()) FAIL() << "at step " << step;
    }
  }
}

}  // namespace
}  // namespace keyledger::service

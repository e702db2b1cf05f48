#include "service/backup/copies.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <fstream>
#include <thread>

#include "service/backup/schedule.h"
#include "service/events.h"
#include "service/testing.h"

namespace keyledger::service {
namespace {

namespace fs = std::filesystem;
using std::chrono::hours;
using std::chrono::minutes;
using testing::kOwner;
using testing::kStart;
using testing::run;
using testing::World;

/// How often this process has the file open; others open and close theirs meanwhile.
std::size_t times_open(const fs::path& file) {
  std::size_t times = 0;
  for (const auto& descriptor : fs::directory_iterator("/proc/self/fd")) {
    std::error_code gone;
    if (fs::read_symlink(descriptor.path(), gone) == file) ++times;
  }
  return times;
}

class BackupCopiesTest : public ::testing::Test {
 protected:
  BackupCopiesTest() { EXPECT_TRUE(settings_.prepare()); }
  ~BackupCopiesTest() override { backups_.stop(); }

  std::string make(BackupMaker maker = BackupMaker::hand, std::optional<std::int64_t> keep = {}) {
    const Result<BackupState> begun = run(backups_.start(kOwner, {.place = {}, .keep = keep, .made_by = maker}));
    EXPECT_TRUE(begun);
    backups_.wait();
    EXPECT_EQ(backups_.state().state, BackupPhase::finished) << backups_.state().explanation;
    world_.clock.advance(std::chrono::seconds{1});
    return fs::path(backups_.state().file).filename();
  }
  std::vector<BackupCopy> list() { return run(copies_.list()).value(); }
  std::vector<std::string> names() {
    std::vector<std::string> names;
    for (const BackupCopy& copy : list()) names.push_back(copy.name);
    return names;
  }
  Result<std::shared_ptr<BackupReader>> open(const std::string& name) { return run(copies_.open(kOwner, name)); }
  /// How many lines the audit log has of this.
  std::int64_t audited(const std::string& action, const std::string& subject, const std::string& kind = "owner") {
    return world_.number("SELECT COUNT(*) FROM audit_log WHERE action = '" + action + "' AND subject = '" + subject +
                         "' AND actor_kind = '" + kind + "'");
  }
  void set(std::int64_t every_hours, std::int64_t keep = 7) {
    ASSERT_TRUE(run(settings_.update(kOwner, {.backup_every_hours = every_hours, .backup_keep = keep})));
  }
  std::chrono::milliseconds make_due() {
    const std::chrono::milliseconds pause = run(schedule_.make_due());
    backups_.wait();
    return pause;
  }

  World world_{};
  runtime::Pool workers_{1, 16};
  EventHub events_{};
  fs::path folder_ = world_.folder.path() / "backups";
  Backups backups_{world_.core(), {world_.folder.path() / "keyledger.db", folder_, "master.key"}, nullptr, &events_};
  BackupCopies copies_{world_.core(), &backups_, &workers_};
  InstallationSettings settings_{world_.core(), {.timezone = "UTC"}, [](const std::string&) { return true; }};
  TimerAlarm alarm_{};
  BackupSchedule schedule_{world_.core(), &backups_, &settings_, &alarm_};
};

TEST_F(BackupCopiesTest, TheNewestComesFirstAndSaysHowItWasMade) {
  EXPECT_TRUE(list().empty()) << "there is no folder yet";
  const std::string first = make();
  const std::string second = make(BackupMaker::schedule);
  std::ofstream(folder_ / "mine.db") << "mine";
  std::ofstream(folder_ / (backup_name(kStart - hours{9}, 0) + ".partial")) << "half";
  std::ofstream(folder_ / backup_name(kStart - hours{1}, 3)) << "brought here";
  const std::vector<BackupCopy> copies = list();
  ASSERT_EQ(copies.size(), 3U);
  EXPECT_EQ(copies[0].name, second);
  EXPECT_EQ(copies[0].made_by, BackupMaker::schedule);
  EXPECT_EQ(copies[1].name, first);
  EXPECT_EQ(copies[1].made_by, BackupMaker::hand);
  EXPECT_EQ(copies[1].verified, true);
  EXPECT_EQ(copies[1].created_at, kStart);
  EXPECT_EQ(copies[1].bytes, static_cast<std::int64_t>(fs::file_size(folder_ / first)));
  EXPECT_EQ(copies[2].created_at, kStart - hours{1});
  EXPECT_EQ(copies[2].verified, std::nullopt) << "nobody knows";
  EXPECT_EQ(copies[2].made_by, std::nullopt);
}

TEST_F(BackupCopiesTest, ACopyIsReadToItsEndEvenWhenItIsRemovedMeanwhile) {
  const std::string name = make();
  std::ifstream file(folder_ / name, std::ios::binary);
  const std::string want{std::istreambuf_iterator<char>(file), {}};
  const auto reader = open(name);
  ASSERT_TRUE(reader);
  EXPECT_EQ(audited("backups.download", name), 1);
  ASSERT_TRUE(run(copies_.remove(kOwner, name)));
  EXPECT_EQ(audited("backups.delete", name), 1);
  std::string all;
  for (;;) {
    const auto piece = run((*reader)->next());
    ASSERT_TRUE(piece);
    if (!*piece) break;
    EXPECT_LE((*piece)->size(), BackupReader::kPieceBytes);
    all += **piece;
  }
  EXPECT_EQ(all, want);
  EXPECT_EQ((*reader)->bytes(), static_cast<std::int64_t>(want.size()));
  EXPECT_TRUE(list().empty());
  EXPECT_EQ(world_.number("SELECT COUNT(*) FROM backup_copies"), 0);
}

TEST_F(BackupCopiesTest, AReaderThatGoesLeavesNothingOpen) {
  const std::string name = make();
  const fs::path file = fs::canonical(folder_ / name);
  {
    const auto reader = open(name);
    ASSERT_TRUE(reader);
    ASSERT_TRUE(run((*reader)->next()));
    EXPECT_EQ(times_open(file), 1U);
  }
  // The thread that read the last piece lets go of the reader a moment after it has handed the piece over.
  const auto patience = std::chrono::steady_clock::now() + std::chrono::seconds{20};
  while (times_open(file) > 0 && std::chrono::steady_clock::now() < patience) std::this_thread::yield();
  EXPECT_EQ(times_open(file), 0U);
}

TEST_F(BackupCopiesTest, OnlySoManyAreReadAtOnce) {
  const std::string name = make();
  std::vector<std::shared_ptr<BackupReader>> readers;
  for (int i = 0; i < BackupCopies::kOpenMax; ++i) readers.push_back(open(name).value());
  EXPECT_EQ(open(name).error().reason, "overloaded");
  readers.pop_back();
  EXPECT_TRUE(open(name));
}

TEST_F(BackupCopiesTest, ACopyThatBecomesShorterIsCutShort) {
  const std::string name = make();
  const auto reader = open(name);
  ASSERT_TRUE(reader);
  fs::resize_file(folder_ / name, 100);
  EXPECT_EQ(run((*reader)->next()).error().reason, "io_error");
}

TEST_F(BackupCopiesTest, WhatIsNoCopyIsNeitherReadNorRemoved) {
  make();
  std::ofstream(folder_ / "mine.db") << "mine";
  fs::create_symlink("/etc/passwd", folder_ / backup_name(kStart - hours{1}, 0));
  fs::create_directory(folder_ / backup_name(kStart - hours{2}, 0));
  for (const std::string& name : {std::string{"mine.db"}, std::string{"../keyledger.db"}, std::string{},
                                  backup_name(kStart - hours{3}, 0), backup_name(kStart - hours{1}, 0),
                                  backup_name(kStart - hours{2}, 0), std::string{"keyledger-20261399T000000Z.db"}}) {
    SCOPED_TRACE(name);
    EXPECT_EQ(open(name).error().reason, "unknown_backup");
  }
  EXPECT_EQ(run(copies_.remove(kOwner, "mine.db")).error().reason, "unknown_backup");
  EXPECT_EQ(run(copies_.remove(kOwner, "../keyledger.db")).error().reason, "unknown_backup");
  EXPECT_EQ(run(copies_.remove(kOwner, backup_name(kStart - hours{3}, 0))).error().reason, "unknown_backup");
  EXPECT_EQ(list().size(), 1U) << "neither links nor folders are copies";
}

TEST_F(BackupCopiesTest, TheScheduleThinsOutItsOwnCopiesAlone) {
  const std::string mine = make();
  const std::string first = make(BackupMaker::schedule, 2);
  const std::string second = make(BackupMaker::schedule, 2);
  const std::string third = make(BackupMaker::schedule, 2);
  EXPECT_EQ(names(), (std::vector<std::string>{third, second, mine}));
  EXPECT_EQ(world_.number("SELECT COUNT(*) FROM backup_copies WHERE name = '" + first + "'"), 1);
  make();
  EXPECT_EQ(world_.number("SELECT COUNT(*) FROM backup_copies WHERE name = '" + first + "'"), 0) << "it is forgotten";
}

TEST_F(BackupCopiesTest, WhoListensHearsOfACopyThatIsReady) {
  const auto listener = events_.subscribe().value();
  make();
  const Subscription::Next next = run(listener->next(std::chrono::milliseconds{0}));
  ASSERT_EQ(next.outcome, Subscription::Outcome::event);
  EXPECT_EQ(next.event.resources, std::vector<std::string>{"backups"});
}

TEST_F(BackupCopiesTest, TheScheduleMakesTheFirstAtOnceAndTheNextWhenItIsDue) {
  EXPECT_EQ(make_due(), BackupSchedule::kLookEvery);
  EXPECT_TRUE(list().empty()) << "0 hours: never";
  set(24);
  make_due();
  ASSERT_EQ(list().size(), 1U);
  EXPECT_EQ(list()[0].made_by, BackupMaker::schedule);
  make_due();
  world_.clock.advance(hours{24} - std::chrono::seconds{90});
  EXPECT_EQ(make_due(), std::chrono::seconds{90});
  EXPECT_EQ(list().size(), 1U);
  world_.clock.advance(std::chrono::seconds{90});
  make_due();
  EXPECT_EQ(list().size(), 2U);
  BackupSchedule after(world_.core(), &backups_, &settings_, &alarm_);
  EXPECT_EQ(run(after.make_due()), BackupSchedule::kLookEvery) << "a restart does not repeat it";
  EXPECT_EQ(audited("backups.create", folder_.string(), "system"), 2);
}

TEST_F(BackupCopiesTest, TheScheduleKeepsAsManyAsTheSettingsSay) {
  set(1, 2);
  for (int i = 0; i < 4; ++i) {
    make_due();
    world_.clock.advance(hours{1});
  }
  EXPECT_EQ(list().size(), 2U);
}

TEST_F(BackupCopiesTest, ACopyThatCouldNotBeMadeIsTriedAgainLater) {
  set(1);
  std::ofstream(folder_.string()) << "in the way";
  make_due();
  EXPECT_EQ(backups_.state().state, BackupPhase::failed);
  EXPECT_EQ(make_due(), BackupSchedule::kRetryAfter);
  fs::remove(folder_);
  world_.clock.advance(BackupSchedule::kRetryAfter);
  make_due();
  EXPECT_EQ(list().size(), 1U);
}

TEST(NextBackup, IsDueAfterTheLastAndNeverSoonAfterATry) {
  const Instant now = kStart;
  EXPECT_EQ(next_backup({}, {}, hours{24}, now), now) << "the first at once";
  EXPECT_EQ(next_backup(now - hours{1}, {}, hours{24}, now), now + hours{23});
  EXPECT_EQ(next_backup(now - hours{30}, {}, hours{24}, now), now - hours{6}) << "one was missed";
  EXPECT_EQ(next_backup({}, now - minutes{3}, hours{24}, now), now + minutes{7});
  EXPECT_EQ(next_backup({}, now + hours{3}, hours{24}, now), now) << "the clock was set back";
}

TEST(BackupName, IsReadAsItIsWritten) {
  for (const int number : {0, 1, 99}) {
    const auto copy = parse_backup_name(backup_name(kStart, number));
    ASSERT_TRUE(copy);
    EXPECT_EQ(copy->made_at, kStart);
    EXPECT_EQ(copy->number, number);
  }
  for (const char* other : {"", "keyledger.db", "keyledger-20261122T001252Z.db.partial", "keyledger-20261122T001252.db",
                            "a/keyledger-20261122T001252Z.db", "keyledger-20261122T001252Z-1000.db"}) {
    EXPECT_FALSE(parse_backup_name(other)) << other;
  }
}

}  // namespace
}  // namespace keyledger::service

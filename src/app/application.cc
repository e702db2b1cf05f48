#include "app/application.h"

#include "api/api.h"
#include "app/build_facts.h"
#include "app/data_folder.h"
#include "app/provider_http.h"
#include "app/rotation_caller.h"
#include "app/webhook_sender.h"
#include "app/webhooks.h"
#include "base/log.h"
#include "catalogue/catalogue.h"
#include "service/backup/backups.h"
#include "service/backup/copies.h"
#include "service/backup/schedule.h"
#include "service/billing/customer_billing.h"
#include "service/billing/invoices.h"
#include "service/billing/plans.h"
#include "service/billing/subscriptions.h"
#include "service/customers/customer_keys.h"
#include "service/customers/customers.h"
#include "service/events.h"
#include "service/held_keys.h"
#include "service/import/imports.h"
#include "service/key_test_runs.h"
#include "service/ledger/activity.h"
#include "service/ledger/activity_news.h"
#include "service/metrics/metrics.h"
#include "service/rentals/rental_accounts.h"
#include "service/rentals/rentals.h"
#include "service/rentals/rotations.h"
#include "service/rentals/websites.h"
#include "service/reports/call_reports.h"
#include "service/reports/revenue.h"
#include "service/usage/budgets.h"
#include "service/usage/prices.h"
#include "service/usage/report.h"
#include "service/usage/sync.h"
#include "service/verifier.h"
#include "service/webhooks/limit_news.h"
#include "service/webhooks/webhooks.h"
#include "store/folder_lock.h"

namespace keyledger::app {
namespace {

constexpr std::chrono::minutes kUpkeepEvery{1};
constexpr int kRoundsToBlock = 5;        // of upkeep, after which the ledger closes a block that is still open
constexpr std::size_t kPoolThreads = 1;  // password hashing takes 64 MiB a time: one at once is enough
constexpr std::size_t kPoolQueue = 16;
constexpr std::size_t kWorkers = 1;  // compression, downloads and uploads: none of which shall take all processors
constexpr std::size_t kWorkersQueue = 64;

net::ClientOptions client_options(const Settings& settings) {
  net::ClientOptions options;
  options.ca_file = settings.ca_file;
  options.allow_private_addresses = settings.allow_private_addresses;
  options.user_agent = std::string{"keyledger/"} + KEYLEDGER_VERSION;
  return options;
}

service::NewMasterKey new_master_key(const Settings* settings) {
  return {[settings]() -> Result<crypto::MasterKey> {
            Result<std::optional<crypto::MasterKey>> key = load_new_master_key(*settings);
            if (!key) return std::unexpected(key.error());
            if (*key) return std::move(**key);
            return fail(Code::conflict, "There is no new master key; `keyledger rekey` makes one.",
                        "no_new_master_key");
          },
          [settings] { return adopt_new_master_key(*settings); }};
}

service::SettingsShown configured(const Settings& settings) {
  service::SettingsShown shown;
  shown.timezone = settings.timezone;
  shown.sync_interval_seconds = std::chrono::floor<std::chrono::seconds>(settings.sync_interval).count();
  shown.key_prefix = settings.key_prefix;
  if (settings.given.contains("timezone")) shown.fixed.emplace_back("timezone");
  if (settings.given.contains("sync-interval")) shown.fixed.emplace_back("sync_interval_seconds");
  if (settings.given.contains("key-prefix")) shown.fixed.emplace_back("key_prefix");
  return shown;
}

Zone zone_named(const std::string& name) {
  return Zone::find(name).value_or(Zone{});  // what is set was looked up before
}

const providers::Description* description_of(const providers::Registry& registry, std::string_view id) {
  const providers::Provider* provider = registry.find(id);
  return provider == nullptr ? nullptr : &provider->description();
}

api::AboutFacts about(const Settings& settings, Instant now) {
  const BuildFacts build = build_facts();
  api::AboutFacts facts{.started_at = now, .data_dir = std::filesystem::absolute(settings.data_dir).string()};
  if (!build.commit.empty()) facts.commit = std::string{build.commit};
  const Result<Instant> built_at = parse_rfc3339(build.built_at);
  if (built_at) facts.built_at = *built_at;
  return facts;
}

service::SellerTerms seller_terms(service::SettingsShown shown) {
  return {{std::move(shown.seller_name), std::move(shown.seller_address), std::move(shown.seller_tax_id)},
          std::move(shown.invoice_footer),
          shown.payment_days};
}

service::CatalogueFormat catalogue_format() {
  return {&catalogue::parse_catalogue, catalogue::embedded_catalogue()};
}

}  // namespace

/// What stands nearer the top is made first and goes last.
struct Application::Impl {
  Impl(const Settings* given, store::FolderLock held_lock, crypto::MasterKey master,
       std::unique_ptr<store::Store> opened, providers::EndpointSettings addresses);

  [[nodiscard]] Result<void> prepare();
  [[nodiscard]] Result<void> prepare_customers();
  void follow(const service::SettingsShown& shown);
  void describe_services();
  void describe_customers();
  [[nodiscard]] Zone zone_of_customer(const std::string& name) const {
    return zone_named(name.empty() ? installation.get().timezone : name);
  }
  [[nodiscard]] runtime::Task<> upkeep();
  [[nodiscard]] runtime::Task<> keep_subscriptions();
  [[nodiscard]] runtime::Task<> keep_invoices();
  [[nodiscard]] runtime::Task<> keep_ledger();
  [[nodiscard]] runtime::Task<> keep_audit();

  const Settings* settings;
  store::FolderLock lock;
  SystemClock clock{};
  service::Keyring keyring;
  std::unique_ptr<store::Store> store;
  std::unique_ptr<runtime::Pool> pool = std::make_unique<runtime::Pool>(kPoolThreads, kPoolQueue);
  std::unique_ptr<runtime::Pool> workers = std::make_unique<runtime::Pool>(kWorkers, kWorkersQueue);
  service::Core core{store.get(), &keyring, pool.get(), &clock};

  net::Client client{client_options(*settings)};
  ProviderHttp http{&client};
  Webhooks webhooks{&client};
  providers::Registry registry{&http, &clock};
  Result<providers::Endpoints> endpoints;

  service::EventHub events{};
  service::TimerAlarm webhook_alarm{};
  service::TimerAlarm limit_alarm{};
  service::WebhookQueue webhook_queue{&webhook_payload};
  HttpWebhookSender webhook_sender{&client, settings->allow_private_addresses};
  service::Webhooks webhook_endpoints{
      {.core = core, .sender = &webhook_sender, .queue = &webhook_queue, .events = &events, .alarm = &webhook_alarm}};
  service::LimitNews limit_news{core, &webhook_queue, &limit_alarm};
  service::Identity identity{core, {settings->session_idle, settings->session_absolute}};
  service::Accounts accounts{core, &reports};
  service::ProviderKeys keys{core, endpoints ? &*endpoints : nullptr};
  service::KeyTestRuns key_tests{core, &keys, &events};
  service::HeldKeys held{core, &keys};
  service::Audit audit{core};
  service::Idempotency idempotency{core};
  service::Rekey rekey{core, new_master_key(settings)};
  service::InstallationSettings installation{core, configured(*settings), &known_timezone};

  service::PriceShelf shelf{};
  service::FiguresVersion version{};
  service::TimerAlarm sync_alarm{};
  service::TimerAlarm upkeep_alarm{};
  service::Budgets budgets{core, &held, &events, &webhooks, &webhook_queue};
  service::UsageSync sync;
  service::Prices prices{core, &shelf, &events, catalogue_format(), [this] { sync.wake(); }};
  service::UsageReports reports{core,
                                {.directory = &held,
                                 .prices = &shelf,
                                 .version = &version,
                                 .describe = [this](std::string_view id) { return description_of(registry, id); },
                                 .zone = [this] { return zone_named(installation.get().timezone); }}};

  service::KeyTable key_table{&clock, zone_named(settings->timezone)};
  service::Admission admission{core, &key_table};
  service::Verifier verifier{core, &admission};
  service::Customers customers{core, &key_table, [this] { return admission.ledger().settle(); }};
  service::CustomerKeys customer_keys{
      core,
      &key_table,
      {settings->key_prefix, public_url_of(*settings, settings->listen.port)},
      {[this] { return admission.ledger().settle(); },
       [this](CustomerKeyId id) { return admission.refresh_counts(id); },
       [this](store::Transaction& transaction, const service::Actor& actor, CustomerId customer, billing::PlanId plan) {
         return subscriptions.ensure(transaction, actor, customer, plan);
       }},
      &webhook_queue};
  service::Plans plans{core};
  service::Subscriptions subscriptions{
      core,
      &key_table,
      {[this](const std::string& name) { return zone_of_customer(name); },
       [this](CustomerKeyId id) { return admission.refresh_counts(id); }, &webhook_queue}};
  service::Invoices invoices{core,
                             {.zone_named = [this](const std::string& name) { return zone_of_customer(name); },
                              .settle = [this] { return admission.ledger().settle(); },
                              .seller = [this] { return seller_terms(installation.get()); },
                              .webhooks = &webhook_queue}};
  service::CustomerBillings customer_billings{core, &key_table};
  service::RevenueReports revenue_reports{core,
                                          {[this](const std::string& name) { return zone_of_customer(name); },
                                           [this] { return admission.ledger().settle(); }}};
  service::RentalPool rental_pool{};
  service::TimerAlarm expiry_alarm{};
  service::TimerAlarm rotation_alarm{};
  service::RentalParts rental_parts{core,          &key_table,      &rental_pool,  &events,
                                    &expiry_alarm, &rotation_alarm, &webhook_queue};
  service::Websites websites{rental_parts, !settings->rotation_command.empty()};
  service::RentalAccounts rental_accounts{rental_parts};
  service::Rentals rentals{rental_parts, &admission};
  OutsideRotation rotation_caller{&client, words_of_command(settings->rotation_command), settings->public_url};
  service::Rotations rotations{rental_parts, &rotation_caller};
  std::optional<service::Activity> activity{};  // needs the ledger, which `prepare` opens
  service::TimerAlarm news_alarm{};
  service::ActivityNews activity_news{&events, &news_alarm, [this] { return admission.ledger().figures().events; }};
  std::optional<service::CallReports> call_reports{};  // as well
  service::Backups backups{core,
                           {database_file(*settings), settings->data_dir / "backups", master_key_origin(*settings)},
                           &admission,
                           &events};
  service::BackupCopies backup_copies{core, &backups, workers.get()};
  service::TimerAlarm backup_alarm{};
  service::BackupSchedule backup_schedule{core, &backups, &installation, &backup_alarm};
  service::Imports imports{{core, &keys, &key_table, &rental_pool, &events, &expiry_alarm}};
  service::Uploads uploads{settings->data_dir, workers.get()};
  service::Metrics metrics{{core, &admission, &rentals, &sync}};

  api::Services services{};
  std::optional<net::Router> router{};
  std::optional<Secret> owner_password{};
  std::atomic<bool> stopping{false};
};

Application::Impl::Impl(const Settings* given, store::FolderLock held_lock, crypto::MasterKey master,
                        std::unique_ptr<store::Store> opened, providers::EndpointSettings addresses)
    : settings(given),
      lock(std::move(held_lock)),
      keyring(std::move(master)),
      store(std::move(opened)),
      endpoints(providers::Endpoints::make(&registry, std::move(addresses))),
      sync({.core = core,
            .find_provider = [this](std::string_view id) { return registry.find(id); },
            .directory = &held,
            .prices = &shelf,
            .version = &version,
            .events = &events},
           &sync_alarm, {.interval = settings->sync_interval, .after_round = [this] { return budgets.check(); }}) {}

/// What reads or writes the database before the first request.
Result<void> Application::Impl::prepare() {
  if (!endpoints) return std::unexpected(endpoints.error());
  Result<void> done = rekey.prepare();
  if (done) done = keys.prepare();
  if (done) done = installation.prepare();
  if (done) done = prices.prepare();
  if (done) done = prepare_customers();
  if (!done) return done;
  Result<std::optional<Secret>> password = identity.ensure_owner();
  if (!password) return std::unexpected(password.error());
  owner_password = std::move(*password);
  describe_services();
  router.emplace(api::make_routes(&services));
  return {};
}

void Application::Impl::follow(const service::SettingsShown& shown) {
  key_table.set_installation_zone(zone_named(shown.timezone));
  customer_keys.set_prefix(shown.key_prefix);
  sync.set_interval(std::chrono::seconds{shown.sync_interval_seconds});
  backup_schedule.wake();
}

/// In this order: zones, then keys and ledger, then rentals, which give places back to keys.
Result<void> Application::Impl::prepare_customers() {
  follow(installation.get());
  installation.when_changed([this](const service::SettingsShown& shown) { follow(shown); });
  webhook_queue.when_told([this] { webhook_alarm.ring(); });
  admission.when_refused([this](const service::Admitted& admitted) { limit_news.refused(admitted); });
  Result<void> done = admission.prepare();
  if (!done) return done;
  const auto zone_of_all = [this] { return key_table.zone_of(CustomerKeyId{}); };
  activity.emplace(core, &admission.ledger(), zone_of_all, [this](CustomerKeyId id) { return key_table.zone_of(id); });
  call_reports.emplace(core, &admission.ledger(), zone_of_all);
  return rentals.prepare();
}

void Application::Impl::describe_customers() {
  services.admission = &admission;
  services.verifier = &verifier;
  services.customers = &customers;
  services.customer_keys = &customer_keys;
  services.plans = &plans;
  services.subscriptions = &subscriptions;
  services.invoices = &invoices;
  services.customer_billings = &customer_billings;
  services.revenue_reports = &revenue_reports;
  services.activity = &*activity;
  services.call_reports = &*call_reports;
  services.rentals = &rentals;
  services.websites = &websites;
  services.rental_accounts = &rental_accounts;
  services.backups = &backups;
  services.backup_copies = &backup_copies;
  services.imports = &imports;
  services.webhooks = &webhook_endpoints;
  services.uploads = &uploads;
  services.metrics = &metrics;
  services.trusted_proxies = settings->trusted_proxies;
  services.public_url = settings->public_url;
}

void Application::Impl::describe_services() {
  services.identity = &identity;
  services.accounts = &accounts;
  services.keys = &keys;
  services.key_tests = &key_tests;
  services.audit = &audit;
  services.rekey = &rekey;
  services.idempotency = &idempotency;
  services.settings = &installation;
  services.events = &events;
  services.sync = &sync;
  services.reports = &reports;
  services.budgets = &budgets;
  services.prices = &prices;
  describe_customers();
  services.workers = workers.get();
  services.clock = &clock;
  services.version = KEYLEDGER_VERSION;
  services.about = about(*settings, clock.now());
  services.demo = settings->demo;
  services.ready = true;  // in this process; a server says so only while it serves
}

/// Forgets what has expired, once a minute, and every few minutes puts what the ledger has under a hash.
runtime::Task<> Application::Impl::upkeep() {
  for (int round = 1; !stopping; ++round) {
    co_await keep_subscriptions();
    co_await keep_invoices();
    const Result<std::int64_t> sessions = co_await identity.forget_old();
    const Result<std::int64_t> answers = co_await idempotency.forget_old();
    const Result<std::int64_t> texts = co_await customer_keys.forget_retired();
    if (!sessions || !answers || !texts) log::warn("what has expired could not be removed");
    const Result<void> packed = co_await rentals.pack_sheets();
    if (!packed) log::warn("rentals could not be packed for reports", {{"reason", packed.error().reason}});
    if (round % kRoundsToBlock == 0) co_await keep_ledger();
    if (!stopping) co_await keep_audit();
    co_await upkeep_alarm.wait(kUpkeepEvery);
  }
}

/// Plans that begin, change or end on a day that has begun somewhere.
runtime::Task<> Application::Impl::keep_subscriptions() {
  const Result<void> applied = co_await subscriptions.apply_due();
  if (!applied) log::warn("plans that are due could not be applied", {{"reason", applied.error().reason}});
}

/// Drafts of periods that are over, and who is suspended for what is overdue.
runtime::Task<> Application::Impl::keep_invoices() {
  const Result<std::int64_t> drafted = co_await invoices.draft_due();
  if (!drafted) log::warn("invoices could not be drafted", {{"reason", drafted.error().reason}});
  if (drafted && *drafted > 0) events.publish(service::EventKind::changed, {"invoices"});
  const Result<std::int64_t> changed = co_await customer_billings.check_arrears(installation.get().arrears_days);
  if (!changed) log::warn("customers in arrears could not be looked for", {{"reason", changed.error().reason}});
  if (changed && *changed > 0) events.publish(service::EventKind::changed, {"customers", "customer_keys", "billing"});
}

runtime::Task<> Application::Impl::keep_ledger() {
  const Result<void> closed = co_await admission.ledger().close_block();
  if (!closed) log::warn("the ledger's block could not be closed", {{"reason", closed.error().reason}});
  const std::int64_t months = installation.get().retention_months;
  if (months == 0) co_return;
  const Result<std::int64_t> dropped = co_await activity->drop_old(months);
  if (!dropped) {
    log::warn("old calls could not be dropped", {{"reason", dropped.error().reason}});
  } else if (*dropped > 0) {
    log::info("old calls were dropped", {{"events", *dropped}});
  }
}

/// Proves the audit log once a day.
runtime::Task<> Application::Impl::keep_audit() {
  const Result<std::optional<service::AuditState>> state = co_await audit.verify_if_due();
  if (!state) {
    log::warn("the audit log could not be verified", {{"reason", state.error().reason}});
    co_return;
  }
  if (!*state) co_return;
  if (!(*state)->whole) log::error("the audit log is damaged", {{"what", (*state)->what}});
  events.publish(service::EventKind::changed, {"audit"});
}

Application::Application(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Application::~Application() = default;

Result<std::unique_ptr<Application>> Application::open(const Settings& settings) {
  const Result<void> folder = prepare_folder(settings);
  if (!folder) return std::unexpected(folder.error());
  Result<store::FolderLock> lock = store::FolderLock::acquire(settings.data_dir);
  if (!lock) return std::unexpected(lock.error());
  Result<crypto::MasterKey> master = load_master_key(settings);
  if (!master) return std::unexpected(master.error());
  Result<std::unique_ptr<store::Store>> store = store::Store::open(database_file(settings));
  if (!store) return std::unexpected(store.error());
  auto impl = std::make_unique<Impl>(
      &settings, std::move(*lock), std::move(*master), std::move(*store),
      providers::EndpointSettings{settings.base_urls, settings.management_base_urls, settings.allow_private_addresses});
  const Result<void> prepared = impl->prepare();
  if (!prepared) return std::unexpected(prepared.error());
  return std::unique_ptr<Application>(new Application(std::move(impl)));
}

const net::Router& Application::router() const {
  return *impl_->router;
}

std::optional<Secret> Application::take_owner_password() {
  return std::exchange(impl_->owner_password, std::nullopt);
}

void Application::begin_serving(runtime::Executor executor) {
  runtime::spawn(executor, impl_->sync.run(), "sync");
  runtime::spawn(executor, impl_->rentals.run(), "rentals");
  runtime::spawn(executor, impl_->rotations.run(), "rotations");
  runtime::spawn(executor, impl_->webhook_endpoints.run(), "webhooks");
  runtime::spawn(executor, impl_->limit_news.run(), "limit news");
  runtime::spawn(executor, impl_->activity_news.run(), "activity news");
  runtime::spawn(executor, impl_->backup_schedule.run(), "backup schedule");
  runtime::spawn(executor, impl_->upkeep(), "upkeep");
}

runtime::Task<> Application::catch_up() {
  co_await impl_->keep_subscriptions();
  co_await impl_->keep_invoices();
}

void Application::count_connections(std::function<std::int64_t()> count) {
  impl_->services.connections = std::move(count);
}

void Application::listening_on(std::uint16_t port) {
  impl_->customer_keys.set_base_url(public_url_of(*impl_->settings, port));
}

void Application::begin_stop() {
  impl_->services.ready = false;
  impl_->stopping = true;
  impl_->sync.stop();
  impl_->key_tests.stop();
  impl_->rentals.stop();
  impl_->activity_news.stop();
  impl_->rotations.stop();
  impl_->webhook_endpoints.stop();
  impl_->limit_news.stop();
  impl_->rotation_caller.stop();
  impl_->backup_schedule.stop();
  impl_->backups.request_stop();
  impl_->imports.request_stop();
  impl_->upkeep_alarm.ring();
  impl_->events.close();
}

void Application::finish() {
  impl_->backups.stop();
  impl_->imports.stop();
  impl_->rotation_caller.finish();
  impl_->store.reset();
  impl_->workers.reset();
  impl_->pool.reset();
}

}  // namespace keyledger::app

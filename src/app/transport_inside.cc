#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_future.hpp>
#include <exception>
#include <future>

#include "app/application.h"
#include "app/background.h"
#include "app/transport.h"
#include "net/target.h"

namespace keyledger::app {
namespace {

using net::ClientReply;

constexpr std::chrono::minutes kAnswerTime{3};
constexpr std::chrono::seconds kStopTime{5};

net::Request make_request(net::Method method, net::Target target, std::string body, net::Headers headers) {
  net::Request request;
  request.method = method;
  request.path = std::move(target.path);
  request.query = std::move(target.query);
  request.headers = std::move(headers);
  request.body = std::move(body);
  request.peer.local_socket = true;
  request.deadline = std::chrono::steady_clock::now() + kAnswerTime;
  return request;
}

/// Waits for the router's answer on another thread's executor.
Result<ClientReply> ask(const net::Router& router, runtime::Executor executor, net::Request request) {
  std::promise<Result<ClientReply>> promise;
  std::future<Result<ClientReply>> answer = promise.get_future();
  boost::asio::co_spawn(executor, router.answer(std::move(request)),
                        [&promise](const std::exception_ptr& failure, net::Reply reply) {
                          if (failure) return promise.set_value(fail(Code::internal, "The call failed."));
                          promise.set_value(ClientReply{reply.status, std::move(reply.headers), std::move(reply.body)});
                        });
  return answer.get();
}

class RouterTransport final : public Transport {
 public:
  explicit RouterTransport(const net::Router* router) : router_(router) {}
  ~RouterTransport() override { background_.stop(kStopTime); }
  RouterTransport(const RouterTransport&) = delete;
  RouterTransport& operator=(const RouterTransport&) = delete;

  Result<ClientReply> call(net::Method method, std::string target, std::string body, net::Headers headers) override {
    std::expected<net::Target, net::Refusal> taken = net::parse_target(target);
    if (!taken) return fail(Code::invalid_argument, std::string{taken.error().detail}, std::string{taken.error().code});
    return ask(*router_, background_.executor(),
               make_request(method, std::move(*taken), std::move(body), std::move(headers)));
  }
  [[nodiscard]] Background& background() { return background_; }

 private:
  const net::Router* router_;
  Background background_{};
};

/// The program without its sockets.
class InsideTransport final : public Transport {
 public:
  explicit InsideTransport(std::unique_ptr<Application> application)
      : application_(std::move(application)), router_(&application_->router()) {}
  ~InsideTransport() override {
    application_->begin_stop();
    router_.background().stop(kStopTime);
    application_->finish();
  }
  InsideTransport(const InsideTransport&) = delete;
  InsideTransport& operator=(const InsideTransport&) = delete;

  Result<ClientReply> call(net::Method method, std::string target, std::string body, net::Headers headers) override {
    // Nothing asks the providers unless somebody wants it: then the sync is needed, which otherwise a server runs.
    if (method == net::Method::post && target == "/api/usage/refresh" && !serving_) {
      application_->begin_serving(router_.background().executor());
      serving_ = true;
    }
    // As a server would have drafted what is over before anybody asks.
    if (!caught_up_ && (target.starts_with("/api/invoices") || target.starts_with("/api/reports/"))) {
      boost::asio::co_spawn(router_.background().executor(), application_->catch_up(), boost::asio::use_future).get();
      caught_up_ = true;
    }
    return router_.call(method, std::move(target), std::move(body), std::move(headers));
  }

 private:
  std::unique_ptr<Application> application_;
  RouterTransport router_;  // goes first: its coroutines refer to the application
  bool serving_ = false, caught_up_ = false;
};

}  // namespace

std::unique_ptr<Transport> router_transport(const net::Router* router) {
  return std::make_unique<RouterTransport>(router);
}

Result<std::unique_ptr<Transport>> inside_transport(const Settings& settings,
                                                    const std::function<void(const Secret&)>& first_password) {
  Result<std::unique_ptr<Application>> application = Application::open(settings);
  if (!application) return std::unexpected(application.error());
  const std::optional<Secret> password = (*application)->take_owner_password();
  if (password) first_password(*password);
  return std::make_unique<InsideTransport>(std::move(*application));
}

}  // namespace keyledger::app

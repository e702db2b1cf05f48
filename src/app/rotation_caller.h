// app/rotation_caller.h: asks webhooks and the operator's command for new passwords of rental accounts.
#pragma once

#include <atomic>
#include <memory>
#include <string>
#include <vector>

#include "net/client.h"
#include "runtime/pool.h"
#include "service/rentals/rotations.h"

namespace keyledger::app {

class OutsideRotation final : public service::RotationCaller {
 public:
  /// `client` outlives it. `command` is a program with its arguments, or empty; `base_url` is where receivers reach
  /// this installation, empty where that is not known.
  OutsideRotation(const net::Client* client, std::vector<std::string> command, std::string base_url);

  [[nodiscard]] runtime::Task<Result<std::optional<Secret>>> call_webhook(std::string url, Secret secret,
                                                                          service::RotationOrder order) override;
  [[nodiscard]] runtime::Task<Result<Secret>> run_command(service::RotationOrder order, Secret password) override;

  void stop() { stopping_ = true; }  // ends commands that run
  void finish() { pool_.reset(); }   // nothing resumes a coroutine afterwards

 private:
  const net::Client* client_;
  std::vector<std::string> command_;
  std::string base_url_;
  std::atomic<bool> stopping_{false};
  std::unique_ptr<runtime::Pool> pool_;  // a command may take a minute; it must not hold up anything else
};

/// Words of a command line, separated by blanks: there is no shell, and there are no quotes.
[[nodiscard]] std::vector<std::string> words_of_command(std::string_view line);

/// What a webhook is sent: the message of the Standard Webhooks specification.
[[nodiscard]] std::string rotation_message(const service::RotationOrder& order, const std::string& base_url);
/// The same with the password so far, for a command's standard input.
[[nodiscard]] Secret rotation_input(const service::RotationOrder& order, const Secret& password);
/// What the receiver answered. Errors: unavailable, reasons webhook_refused, malformed_response.
[[nodiscard]] Result<std::optional<Secret>> read_rotation_answer(unsigned status, std::string& body);

}  // namespace keyledger::app

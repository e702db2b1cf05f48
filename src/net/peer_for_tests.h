// net/peer_for_tests.h: the other end of a connection, for tests: plain blocking sockets, not a line of ours in
// between.
#pragma once

#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <charconv>
#include <cstring>
#include <filesystem>
#include <string>
#include <string_view>
#include <utility>

namespace keyledger::net {

inline constexpr int kTestPatienceSeconds = 20;  // a test that hangs fails instead

/// A folder of the test's own that goes with it.
class TestFolder {
 public:
  TestFolder() {
    std::string pattern = (std::filesystem::temp_directory_path() / "keyledger-net-XXXXXX").string();
    path_ = ::mkdtemp(pattern.data());
  }
  ~TestFolder() { std::filesystem::remove_all(path_); }
  TestFolder(const TestFolder&) = delete;
  TestFolder& operator=(const TestFolder&) = delete;
  [[nodiscard]] std::filesystem::path operator/(std::string_view name) const { return path_ / name; }

 private:
  std::filesystem::path path_{};
};

class RawPeer {
 public:
  explicit RawPeer(int descriptor) : descriptor_(descriptor) {
    const timeval patience{kTestPatienceSeconds, 0};
    ::setsockopt(descriptor_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    ::setsockopt(descriptor_, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
  }
  ~RawPeer() { hang_up(); }
  RawPeer(RawPeer&& other) noexcept
      : descriptor_(std::exchange(other.descriptor_, -1)), held_(std::move(other.held_)) {}
  RawPeer(const RawPeer&) = delete;
  RawPeer& operator=(const RawPeer&) = delete;

  static RawPeer to_port(std::uint16_t port) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const int descriptor = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    EXPECT_EQ(::connect(descriptor, reinterpret_cast<sockaddr*>(&address), sizeof address), 0) << std::strerror(errno);
    return RawPeer(descriptor);
  }

  static RawPeer to_path(const std::filesystem::path& path) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::strncpy(address.sun_path, path.c_str(), sizeof address.sun_path - 1);
    const int descriptor = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    EXPECT_EQ(::connect(descriptor, reinterpret_cast<sockaddr*>(&address), sizeof address), 0) << std::strerror(errno);
    return RawPeer(descriptor);
  }

  /// False once the other end has gone.
  bool send(std::string_view text) {
    while (!text.empty()) {
      const ssize_t sent = ::send(descriptor_, text.data(), text.size(), MSG_NOSIGNAL);
      if (sent <= 0) return false;
      text.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
  }

  /// Up to and with `end`; what there was if the other end closed before.
  std::string read_until(std::string_view end) {
    for (;;) {
      const std::size_t found = held_.find(end);
      if (found != std::string::npos) return take(found + end.size());
      if (!read_more()) return take(held_.size());
    }
  }

  /// One answer with a Content-Length, or without a body.
  std::string read_reply() {
    std::string reply = read_until("\r\n\r\n");
    constexpr std::string_view kLength = "Content-Length: ";
    const std::size_t at = reply.find(kLength);
    if (at == std::string::npos) return reply;
    std::size_t length = 0;
    std::from_chars(reply.data() + at + kLength.size(), reply.data() + reply.size(), length);
    while (held_.size() < length && read_more()) {
    }
    return reply + take(std::min(length, held_.size()));
  }

  /// All until the other end closes.
  std::string read_all() {
    while (read_more()) {
    }
    return take(held_.size());
  }

  /// Whether the other end broke the connection off instead of closing it.
  [[nodiscard]] bool was_reset() const { return reset_; }

  void finish_sending() { ::shutdown(descriptor_, SHUT_WR); }
  void hang_up() {
    if (descriptor_ >= 0) ::close(std::exchange(descriptor_, -1));
  }

 private:
  bool read_more() {
    char bytes[16384];
    const ssize_t got = ::recv(descriptor_, bytes, sizeof bytes, 0);
    if (got <= 0) {
      reset_ = got < 0 && errno == ECONNRESET;
      EXPECT_FALSE(got < 0 && errno == EAGAIN) << "the other end neither answers nor closes";
      return false;
    }
    held_.append(bytes, static_cast<std::size_t>(got));
    return true;
  }

  std::string take(std::size_t bytes) {
    std::string text = held_.substr(0, bytes);
    held_.erase(0, bytes);
    return text;
  }

  int descriptor_;
  std::string held_{};
  bool reset_ = false;
};

/// A listening socket on a free loopback port.
class RawListener {
 public:
  RawListener() : descriptor_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    EXPECT_EQ(::bind(descriptor_, reinterpret_cast<sockaddr*>(&address), size), 0);
    EXPECT_EQ(::listen(descriptor_, 16), 0);
    EXPECT_EQ(::getsockname(descriptor_, reinterpret_cast<sockaddr*>(&address), &size), 0);
    port_ = ntohs(address.sin_port);
  }
  ~RawListener() { ::close(descriptor_); }
  RawListener(const RawListener&) = delete;
  RawListener& operator=(const RawListener&) = delete;

  [[nodiscard]] RawPeer accept() const { return RawPeer(::accept(descriptor_, nullptr, nullptr)); }
  [[nodiscard]] std::uint16_t port() const { return port_; }

 private:
  int descriptor_;
  std::uint16_t port_ = 0;
};

}  // namespace keyledger::net

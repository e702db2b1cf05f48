#include "domain/keys/linking.h"

#include <map>
#include <optional>
#include <set>

#include "crypto/hash.h"
#include "domain/keys/provider_key.h"

namespace keyledger::keys {
namespace {

/// What remains of a list whose pages may overlap: each id once, the first mention counts.
std::vector<const RemoteListed*> each_once(std::span<const RemoteListed> remote) {
  std::set<std::string_view> seen;
  std::vector<const RemoteListed*> listed;
  for (const RemoteListed& one : remote) {
    if (!one.id.empty() && seen.insert(one.id).second) listed.push_back(&one);
  }
  return listed;
}

/// The only remote key of each digest; null where two share one.
std::map<crypto::Bytes, const RemoteListed*> by_digest(const std::vector<const RemoteListed*>& listed) {
  std::map<crypto::Bytes, const RemoteListed*> index;
  for (const RemoteListed* one : listed) {
    const std::optional<crypto::Bytes> digest = crypto::from_hex(one->sha256_hex);
    if (!digest || digest->size() != crypto::Digest{}.size()) continue;
    const auto [place, fresh] = index.emplace(*digest, one);
    if (!fresh) place->second = nullptr;
  }
  return index;
}

struct Candidate {
  const RemoteListed* remote;
  RedactedForm form;
  std::size_t matches = 0;  // how many stored keys it fits
};

std::vector<Candidate> candidates_of(const std::vector<const RemoteListed*>& listed) {
  std::vector<Candidate> candidates;
  for (const RemoteListed* one : listed) {
    const std::optional<RedactedForm> form = parse_redacted(one->redacted);
    if (one->sha256_hex.empty() && form) candidates.push_back({one, *form});
  }
  return candidates;
}

/// For each stored key the one candidate that it fits; null if none or several.
std::vector<Candidate*> sole_matches(std::span<const StoredKey> stored, std::vector<Candidate>& candidates) {
  std::vector<Candidate*> sole(stored.size(), nullptr);
  for (std::size_t i = 0; i < stored.size(); ++i) {
    std::size_t found = 0;
    for (Candidate& candidate : candidates) {
      if (!matches(*stored[i].key, candidate.form)) continue;
      ++candidate.matches;
      sole[i] = ++found == 1 ? &candidate : nullptr;
    }
  }
  return sole;
}

}  // namespace

std::vector<Link> decide_links(std::span<const StoredKey> stored, std::span<const RemoteListed> remote) {
  const std::vector<const RemoteListed*> listed = each_once(remote);
  const std::map<crypto::Bytes, const RemoteListed*> digests = by_digest(listed);
  std::map<ProviderKeyId, Link> links;
  std::vector<StoredKey> open;
  for (const StoredKey& one : stored) {
    const crypto::Digest digest = crypto::sha256(one.key->reveal());
    const auto exact = digests.find(crypto::Bytes{digest.begin(), digest.end()});
    if (exact == digests.end()) {
      open.push_back(one);
    } else if (exact->second != nullptr) {
      links[one.id] = {one.id, exact->second->id, true};
    }
  }
  std::vector<Candidate> candidates = candidates_of(listed);
  const std::vector<Candidate*> sole = sole_matches(open, candidates);
  for (std::size_t i = 0; i < open.size(); ++i) {
    if (sole[i] != nullptr && sole[i]->matches == 1) links[open[i].id] = {open[i].id, sole[i]->remote->id, false};
  }
  std::vector<Link> ordered;
  for (const StoredKey& one : stored) {
    const auto link = links.find(one.id);
    if (link != links.end()) ordered.push_back(std::move(link->second));
  }
  return ordered;
}

}  // namespace keyledger::keys

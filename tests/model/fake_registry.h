#pragma once
#include <atomic>
#include <fmt/format.h>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "core/text.h"
#include "net/file_server.h"
#include "net/test_server.h"
#include "os/files.h"

namespace hearth::model::test {

// A registry of the Docker protocol with one repository, "someone/tiny", on 127.0.0.1. With `token` set it answers 401 to whoever has not
// got one from its realm.
class FakeRegistry {
public:
    // A blob and its layer in the manifest.
    void add(std::string_view type, const std::string& bytes) {
        const auto hash = os::sha256(bytes);
        blobs_[hash] = bytes;
        if (!layers_.empty()) layers_ += ",";
        layers_ +=
            fmt::format(R"({{"mediaType":"application/vnd.ollama.image.{}","digest":"sha256:{}","size":{}}})",
                        type, hash, bytes.size());
    }

    void clear_layers() { layers_.clear(); }

    // The bytes that are sent under the name of others.
    void falsify(const std::string& bytes, const std::string& other) { blobs_[os::sha256(bytes)] = other; }

    [[nodiscard]] std::string host() const { return server_.url("").substr(7); }

    [[nodiscard]] std::string name() const { return host() + "/someone/tiny:1b"; }

    [[nodiscard]] std::vector<std::string> asked() {
        const std::lock_guard lock(mutex_);
        return asked_;
    }

    // Everybody may ask again.
    void end_tokens() { token_ += "x"; }

    std::string token_;  // empty: none is wanted
    std::string realm_;  // empty: this registry's own
    // How many bytes of a blob are sent before the connection ends; 0: all.
    std::atomic<std::size_t> cut_after = 0;
    std::function<void()> before_blob;  // may block; set before the first request

private:
    void serve(net::test::Peer& peer) {
        for (;;) {
            const auto text = peer.read_request();
            if (text.empty() || !answer(peer, text)) return;
        }
    }

    bool answer(net::test::Peer& peer, const std::string& text) {
        const auto target = text.substr(4, text.find(' ', 4) - 4);
        {
            const std::lock_guard lock(mutex_);
            asked_.push_back(target);
        }
        if (target.starts_with("/token?"))
            return whole(peer, 200, fmt::format(R"({{"token":"{}"}})", token_));
        if (!token_.empty() && !text.contains("Authorization: Bearer " + token_ + "\r\n")) {
            const auto realm = realm_.empty() ? server_.url("/token") : realm_;
            return whole(
                peer, 401, "{}",
                fmt::format("WWW-Authenticate: Bearer realm=\"{}\",service=\"{}\",scope=\"repository:"
                            "someone/tiny:pull\"\r\n",
                            realm, "a registry"));
        }
        if (target == "/v2/someone/tiny/manifests/1b")
            return whole(peer, 200, R"({"schemaVersion":2,"layers":[)" + layers_ + "]}");
        constexpr std::string_view kBlobs = "/v2/someone/tiny/blobs/sha256:";
        const auto blob =
            target.starts_with(kBlobs) ? blobs_.find(target.substr(kBlobs.size())) : blobs_.end();
        if (blob == blobs_.end()) return whole(peer, 404, "{}");
        if (before_blob) before_blob();
        return part(peer, text, blob->second);
    }

    bool part(net::test::Peer& peer, const std::string& text, const std::string& content) {
        std::size_t begin = 0;
        std::size_t end = content.size();
        constexpr std::string_view kRange = "Range: bytes=";
        const auto at = text.find(kRange);
        if (at == std::string::npos) return whole(peer, 200, content);
        begin = std::stoull(text.substr(at + kRange.size()));
        end = std::min(end, std::size_t{std::stoull(text.substr(text.find('-', at) + 1))} + 1);
        const auto piece = content.substr(begin, end - begin);
        const auto head = fmt::format(
            "HTTP/1.1 206 Partial\r\nETag: \"one\"\r\nContent-Range: bytes {}-{}/{}\r\nContent-Length: "
            "{}\r\n\r\n",
            begin, end - 1, content.size(), piece.size());
        if (cut_after > 0 && piece.size() > cut_after) {
            peer.send(head + piece.substr(0, cut_after));
            peer.shut();
            return false;
        }
        return peer.send(head + piece);
    }

    static bool whole(net::test::Peer& peer, int status, std::string_view body,
                      std::string_view headers = {}) {
        return peer.send(fmt::format("HTTP/1.1 {} Word\r\n{}Content-Length: {}\r\n\r\n{}", status, headers,
                                     body.size(), body));
    }

    std::map<std::string, std::string> blobs_;
    std::string layers_;
    std::mutex mutex_;  // guards asked_
    std::vector<std::string> asked_;
    net::test::TestServer server_{[this](net::test::Peer& peer) { serve(peer); }};
};

}  // namespace hearth::model::test

#pragma once
#include <algorithm>
#include <atomic>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <utility>

#include "core/text.h"
#include "net/test_server.h"

namespace hearth::net::test {

struct FileRequest {
    int number = 0;  // 1 for the first that came
    std::string target;
    std::optional<std::pair<std::size_t, std::size_t>> range;  // begin, one past the end
};

// Serves one file over HTTP/1.1 with ranges, as the large hubs do, and misbehaves where a test says so.
struct FileSite {
    std::string content;
    std::string etag = "\"one\"";
    std::atomic<bool> ranges = true;
    std::atomic<bool> lengths = true;  // else the end of the connection is the end of the file
    // Asked before each answer; true when it has answered (or not) by itself and the connection is over.
    using Fault = std::function<bool(Peer&, const FileRequest&)>;
    Fault fault;
    // Told of the bytes that are about to be sent; may block.
    std::function<void(std::size_t)> pace;

    std::atomic<int> requests = 0;
    std::atomic<std::size_t> served = 0;
    std::mutex mutex;  // guards content, etag and fault; pace is set before the first request

    void set_fault(Fault wanted) {
        const std::lock_guard lock(mutex);
        fault = std::move(wanted);
    }

    void serve(Peer& peer) {
        for (;;) {
            const std::string text = peer.read_request();
            if (text.empty()) return;
            const FileRequest request = parse(text);
            Fault current;
            {
                const std::lock_guard lock(mutex);
                current = fault;
            }
            if (current && current(peer, request)) return;
            if (!answer(peer, request) || !lengths) return;
        }
    }

    bool answer(Peer& peer, const FileRequest& request) {
        const std::size_t begin = ranges && request.range ? request.range->first : 0;
        const std::size_t count = ranges && request.range ? request.range->second - begin : std::string::npos;
        std::string part;
        std::string tag;
        std::size_t total = 0;
        {
            const std::lock_guard lock(mutex);
            total = content.size();
            if (begin <= total) part = content.substr(begin, count);
            tag = etag;
        }
        std::string head = "HTTP/1.1 200 OK\r\n";
        if (ranges && request.range) {
            if (part.empty())
                return peer.send("HTTP/1.1 416 No\r\nContent-Range: bytes */" + std::to_string(total) +
                                 "\r\nContent-Length: 0\r\n\r\n");
            head = "HTTP/1.1 206 Partial Content\r\nContent-Range: bytes " + std::to_string(begin) + "-" +
                   std::to_string(begin + part.size() - 1) + "/" + std::to_string(total) + "\r\n";
        }
        if (!tag.empty()) head += "ETag: " + tag + "\r\n";
        if (lengths) head += "Content-Length: " + std::to_string(part.size()) + "\r\n";
        return peer.send(head + "\r\n") && send_body(peer, part);
    }

    bool send_body(Peer& peer, std::string_view part) {
        while (!part.empty()) {
            const std::string_view piece = part.substr(0, 65536);
            if (pace) pace(piece.size());
            if (!peer.send(piece)) return false;
            served += piece.size();
            part.remove_prefix(piece.size());
        }
        return true;
    }

    // The head of a 206 and half of what was asked, then the end of the connection.
    bool half_an_answer(Peer& peer, const FileRequest& request) {
        const auto [begin, end] = *request.range;
        const std::string_view part = std::string_view(content).substr(begin, end - begin);
        peer.send("HTTP/1.1 206 Partial Content\r\nETag: " + etag + "\r\nContent-Range: bytes " +
                  std::to_string(begin) + "-" + std::to_string(begin + part.size() - 1) + "/" +
                  std::to_string(content.size()) + "\r\nContent-Length: " + std::to_string(part.size()) +
                  "\r\n\r\n");
        send_body(peer, part.substr(0, part.size() / 2));
        peer.shut();
        return true;
    }

    FileRequest parse(const std::string& text) {
        FileRequest request{
            .number = ++requests, .target = text.substr(4, text.find(' ', 4) - 4), .range = {}};
        constexpr std::string_view kRange = "Range: bytes=";
        if (const std::size_t at = text.find(kRange); at != std::string::npos) {
            const std::size_t begin = at + kRange.size();
            const std::size_t dash = text.find('-', begin);
            request.range = {static_cast<std::size_t>(std::stoull(text.substr(begin, dash - begin))),
                             static_cast<std::size_t>(std::stoull(text.substr(dash + 1))) + 1};
        }
        return request;
    }
};

inline std::string status_answer(int status, std::string_view headers = "") {
    return "HTTP/1.1 " + std::to_string(status) + " Word\r\n" + std::string(headers) +
           "Content-Length: 5\r\nConnection: close\r\n\r\nsorry";
}

}  // namespace hearth::net::test

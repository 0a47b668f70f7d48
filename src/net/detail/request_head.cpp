#include "net/detail/request_head.h"

#include <algorithm>
#include <fmt/format.h>

#include "core/text.h"

namespace hearth::net::detail {
namespace {

bool is_control(char c) { return (static_cast<unsigned char>(c) < 0x20 && c != '\t') || c == 0x7F; }

bool is_token(std::string_view text) {
    constexpr std::string_view kMarks = "!#$%&'*+-.^_`|~";
    const auto fits = [&](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               kMarks.find(c) != std::string_view::npos;
    };
    return !text.empty() && std::ranges::all_of(text, fits);
}

bool is_length(std::string_view text) {
    constexpr std::size_t kMostDigits = 18;  // of 64 bits
    return !text.empty() && text.size() <= kMostDigits &&
           std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

// The fields that say where a request ends and for whom it is.
struct Framing {
    int hosts = 0;
    int lengths = 0;
    int codings = 0;
    std::string_view length;
    std::string_view coding;
};

std::optional<HeadFault> fault_of(const Framing& framing, bool http_11) {
    const auto bad = [](const char* words) { return HeadFault{.status = 400, .words = words}; };
    if (framing.hosts > 1) return bad("the request has several Host fields");
    if (framing.hosts == 0 && http_11) return bad("the request has no Host field");
    if (framing.lengths > 1) return bad("the request has several Content-Length fields");
    if (framing.lengths > 0 && framing.codings > 0)
        return bad("the request has both Content-Length and Transfer-Encoding");
    if (framing.lengths > 0 && !is_length(framing.length)) return bad("Content-Length is no number of bytes");
    if (framing.codings == 0) return {};
    if (!http_11) return bad("HTTP/1.0 has no Transfer-Encoding");
    if (framing.codings > 1) return bad("the request has several Transfer-Encoding fields");
    if (to_lower_ascii(framing.coding) != "chunked")
        return HeadFault{.status = 501, .words = "of Transfer-Encoding only chunked is understood"};
    return {};
}

}  // namespace

HeadScanner::Verdict HeadScanner::scan(std::string_view bytes) {
    for (; position_ < bytes.size(); ++position_) {
        const char c = bytes[position_];
        const bool after_return = position_ > 0 && bytes[position_ - 1] == '\r';
        if (c == '\n' && after_return) {
            const bool empty_line = position_ == line_ + 1;
            line_ = position_ + 1;
            if (!empty_line) continue;
            ++position_;
            return Verdict::kWhole;
        }
        if (after_return || (c != '\r' && is_control(c))) return Verdict::kBad;
    }
    return Verdict::kMore;
}

std::optional<HeadFault> head_fault(std::string_view head, std::size_t most_fields) {
    const auto bad = [](std::string words) { return HeadFault{.status = 400, .words = std::move(words)}; };
    const std::size_t first_end = head.find("\r\n");
    if (first_end == 0) return bad("the request begins with an empty line");
    const bool http_11 = head.substr(0, first_end).ends_with("HTTP/1.1");
    head.remove_prefix(first_end + 2);
    Framing framing;
    std::size_t fields = 0;
    for (std::size_t end = head.find("\r\n"); end > 0; end = head.find("\r\n")) {
        const std::string_view line = head.substr(0, end);
        head.remove_prefix(end + 2);
        if (++fields > most_fields)
            return HeadFault{.status = 431,
                             .words = fmt::format("the request has more than {} fields", most_fields)};
        if (line.front() == ' ' || line.front() == '\t')
            return bad("a field of the request is folded over several lines");
        const std::size_t colon = line.find(':');
        if (colon == std::string_view::npos || !is_token(line.substr(0, colon)))
            return bad(fmt::format("'{}' is no name of a field", printable(line.substr(0, colon))));
        const std::string name = to_lower_ascii(line.substr(0, colon));
        const std::string_view value = trim(line.substr(colon + 1));
        if (name == "host") ++framing.hosts;
        if (name == "content-length") {
            ++framing.lengths;
            framing.length = value;
        }
        if (name == "transfer-encoding") {
            ++framing.codings;
            framing.coding = value;
        }
    }
    return fault_of(framing, http_11);
}

}  // namespace hearth::net::detail

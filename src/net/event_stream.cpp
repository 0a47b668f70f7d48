#include "net/event_stream.h"

#include <algorithm>
#include <cstdint>
#include <fmt/format.h>
#include <optional>

#include <boost/crc.hpp>

namespace hearth::net {
namespace {

constexpr std::size_t kPrelude = 12;
constexpr std::size_t kLeast = kPrelude + 4;
constexpr std::size_t kMostHeaders = std::size_t{128} << 10U;  // as the format has it

// Types of headers' values, by their numbers in the format.
enum class ValueType : std::uint8_t {
    kTrue,
    kFalse,
    kByte,
    kShort,
    kInteger,
    kLong,
    kBytes,
    kText,
    kTime,
    kUuid,
};

std::uint32_t crc32(std::string_view bytes) {
    boost::crc_32_type sum;
    sum.process_bytes(bytes.data(), bytes.size());
    return sum.checksum();
}

// Of bytes that are there.
std::uint32_t number_at(std::string_view bytes, std::size_t at, std::size_t size = 4) {
    std::uint32_t number = 0;
    for (const char c : bytes.substr(at, size))
        number = (number << 8U) | static_cast<unsigned char>(c);
    return number;
}

Error wrong(std::string_view why) {
    return {Code::kCorrupt, fmt::format("the answer is no event stream of Amazon's: {}", why)};
}

// Takes bytes off the front; nothing where there are fewer.
std::optional<std::string_view> take(std::string_view& bytes, std::size_t size) {
    if (bytes.size() < size) return std::nullopt;
    const auto front = bytes.substr(0, size);
    bytes.remove_prefix(size);
    return front;
}

// Bytes behind their length, which has two bytes.
std::optional<std::string_view> take_counted(std::string_view& bytes) {
    const auto length = take(bytes, 2);
    if (!length) return std::nullopt;
    return take(bytes, number_at(*length, 0, 2));
}

std::optional<std::string_view> take_value(std::string_view& bytes, std::uint8_t type) {
    switch (static_cast<ValueType>(type)) {
        case ValueType::kTrue:
        case ValueType::kFalse: return std::string_view();
        case ValueType::kByte: return take(bytes, 1);
        case ValueType::kShort: return take(bytes, 2);
        case ValueType::kInteger: return take(bytes, 4);
        case ValueType::kLong:
        case ValueType::kTime: return take(bytes, 8);
        case ValueType::kUuid: return take(bytes, 16);
        case ValueType::kBytes:
        case ValueType::kText: return take_counted(bytes);
    }
    return std::nullopt;
}

Result<EventStreamMessage> read_message(std::string_view bytes) {
    const auto end = bytes.size() - 4;
    if (number_at(bytes, end) != crc32(bytes.substr(0, end)))
        return wrong("the checksum of a message is wrong");
    const auto headers_size = number_at(bytes, 4);
    auto headers = bytes.substr(kPrelude, headers_size);
    EventStreamMessage message;
    while (!headers.empty()) {
        const auto length = take(headers, 1);
        const auto name = take(headers, number_at(*length, 0, 1));
        const auto type = name ? take(headers, 1) : std::nullopt;
        const auto value =
            type ? take_value(headers, static_cast<std::uint8_t>(number_at(*type, 0, 1))) : std::nullopt;
        if (!value || name->empty()) return wrong("a header of a message is none");
        if (static_cast<ValueType>(number_at(*type, 0, 1)) == ValueType::kText)
            message.texts.emplace_back(*name, *value);
    }
    message.payload = bytes.substr(kPrelude + headers_size, end - kPrelude - headers_size);
    return message;
}

}  // namespace

std::string_view EventStreamMessage::text(std::string_view name) const {
    const auto found = std::ranges::find_if(texts, [&](const auto& each) { return each.first == name; });
    return found == texts.end() ? std::string_view() : std::string_view(found->second);
}

Result<std::size_t> EventStreamParser::length_of(std::string_view bytes) const {
    // First, so that no length of a stream that is none is believed.
    if (number_at(bytes, 8) != crc32(bytes.substr(0, 8))) return wrong("the checksum of a length is wrong");
    const std::size_t length = number_at(bytes, 0);
    const std::size_t headers = number_at(bytes, 4);
    if (length < kLeast || headers > kMostHeaders || headers > length - kLeast)
        return wrong("the lengths of a message do not fit together");
    if (length > max_message_)
        return Error(Code::kTooLarge,
                     fmt::format("a message of an event stream has more than {} bytes", max_message_));
    return length;
}

Status EventStreamParser::feed(std::string_view piece,
                               const std::function<void(const EventStreamMessage&)>& on_message) {
    if (broken_) return wrong("it is broken already");
    held_ += piece;
    std::size_t at = 0;
    const auto failed = [&](const Error& error) {
        broken_ = true;
        held_.clear();
        return error;
    };
    while (held_.size() - at >= kPrelude) {
        const auto rest = std::string_view(held_).substr(at);
        const auto length = length_of(rest);
        if (!length) return failed(length.error());
        if (rest.size() < *length) break;
        const auto message = read_message(rest.substr(0, *length));
        if (!message) return failed(message.error());
        on_message(*message);
        at += *length;
    }
    held_.erase(0, at);
    return {};
}

}  // namespace hearth::net

#include "model/gguf.h"

#include <algorithm>
#include <bit>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <fmt/format.h>
#include <set>
#include <sys/stat.h>

#include "model/front_bytes.h"
#include "model/ggml_type.h"
#include "os/fd.h"

namespace hearth::model {
namespace {

static_assert(std::endian::native == std::endian::little, "numbers are copied from the file as they are");

enum ValueType : std::uint32_t {
    kUint8,
    kInt8,
    kUint16,
    kInt16,
    kUint32,
    kInt32,
    kFloat32,
    kBool,
    kString,
    kArray,
    kUint64,
    kInt64,
    kFloat64,
};

constexpr std::uint64_t kMaxKey = 65'535;
constexpr std::uint64_t kMaxTensorName = 1024;
constexpr std::uint32_t kMaxDimensions = 4;
constexpr std::uint64_t kDefaultAlignment = 32;

// Bytes of one value of a fixed-size type; 0 for strings, arrays and unknown types.
std::uint64_t fixed_size(std::uint32_t type) {
    switch (type) {
        case kUint8:
        case kInt8:
        case kBool: return 1;
        case kUint16:
        case kInt16: return 2;
        case kUint32:
        case kInt32:
        case kFloat32: return 4;
        case kUint64:
        case kInt64:
        case kFloat64: return 8;
        default: return 0;
    }
}

Error corrupt(std::uint64_t offset, std::string_view what) {
    return Error(Code::kCorrupt, fmt::format("not a valid GGUF header: {} (at byte {})", what, offset));
}

// Walks the header once, from front to back.
class Parser {
public:
    Parser(FrontBytes& source, std::uint64_t file_size, const GgufLimits& limits)
        : source_(source), file_size_(file_size), limits_(limits) {}

    Result<GgufHeader> parse();

private:
    Status need(std::uint64_t count, std::string_view what) const;
    Result<std::string_view> peek(std::size_t count, std::string_view what);
    template <typename T>
    Result<T> number(std::string_view what);
    Result<std::string> text(std::uint64_t limit, std::string_view what);
    Status skip_text(std::string_view what);
    Status skip(std::uint64_t count, std::string_view what);

    Result<std::pair<std::uint64_t, std::uint64_t>> front(GgufHeader& header);
    Status metadata(GgufHeader& header, std::uint64_t count);
    Result<GgufValue> value(std::uint32_t type, std::string_view key);
    Result<std::int64_t> integer_value(std::uint32_t type, std::string_view key);
    Result<GgufArray> array(std::string_view key);
    Status tensors(GgufHeader& header, std::uint64_t count, std::uint64_t alignment);
    Result<GgufTensor> tensor(std::uint64_t alignment);
    Status size_of(GgufTensor& tensor, std::uint64_t at) const;
    Status check_extent(GgufHeader& header, std::uint64_t alignment) const;

    FrontBytes& source_;
    std::uint64_t file_size_;
    const GgufLimits& limits_;
    std::uint64_t position_ = 0;
    std::string_view window_;  // starts at window_start_; valid until the source gives another
    std::uint64_t window_start_ = 0;
};

Status Parser::need(std::uint64_t count, std::string_view what) const {
    if (count > file_size_ - position_) {
        return corrupt(position_, fmt::format("{} needs {} bytes, but the file ends at byte {}", what, count,
                                              file_size_));
    }
    if (position_ > limits_.max_header_bytes || count > limits_.max_header_bytes - position_) {
        return Error(Code::kTooLarge, fmt::format("GGUF header over the limit of {} bytes ({} at byte {})",
                                                  limits_.max_header_bytes, what, position_));
    }
    return {};
}

// `count` bytes at the position, which moves on past them.
Result<std::string_view> Parser::peek(std::size_t count, std::string_view what) {
    TRY(need(count, what));
    if (position_ < window_start_ || position_ - window_start_ > window_.size() ||
        window_.size() - (position_ - window_start_) < count) {
        window_ = TRY(source_.window(position_, count));
        window_start_ = position_;
    }
    const auto bytes = window_.substr(static_cast<std::size_t>(position_ - window_start_), count);
    position_ += count;
    return bytes;
}

template <typename T>
Result<T> Parser::number(std::string_view what) {
    const auto bytes = TRY(peek(sizeof(T), what));
    T result;
    std::memcpy(&result, bytes.data(), sizeof(T));
    return result;
}

Result<std::string> Parser::text(std::uint64_t limit, std::string_view what) {
    const auto length = TRY(number<std::uint64_t>(what));
    TRY(need(length, what));
    if (length > limit) {
        return Error(Code::kTooLarge, fmt::format("{} is {} bytes long, the limit is {} (at byte {})", what,
                                                  length, limit, position_));
    }
    std::string result;
    result.reserve(static_cast<std::size_t>(length));
    while (result.size() < length) {  // in windows, so that a long text is held once
        const auto piece = std::min<std::uint64_t>(length - result.size(), kFrontWindow);
        result += TRY(peek(static_cast<std::size_t>(piece), what));
    }
    return result;
}

Status Parser::skip_text(std::string_view what) {
    const auto length = TRY(number<std::uint64_t>(what));
    return skip(length, what);
}

Status Parser::skip(std::uint64_t count, std::string_view what) {
    TRY(need(count, what));
    position_ += count;
    return {};
}

// Checks magic and version; returns the numbers of tensors and of metadata entries.
Result<std::pair<std::uint64_t, std::uint64_t>> Parser::front(GgufHeader& header) {
    const auto magic = TRY(peek(4, "the magic number"));
    if (magic != "GGUF") return corrupt(0, "it does not start with the letters GGUF");
    header.version = TRY(number<std::uint32_t>("the version"));
    if (header.version == 0 || (header.version & 0xFFFFU) == 0) {
        return Error(Code::kUnsupported,
                     "this GGUF file is big-endian (version field at byte 4); convert it to "
                     "little-endian first");
    }
    if (header.version != 2 && header.version != 3) {
        return Error(
            Code::kUnsupported,
            fmt::format("GGUF version {} (at byte 4); versions 2 and 3 are supported", header.version));
    }
    const auto tensor_count = TRY(number<std::uint64_t>("the number of tensors"));
    const auto metadata_count = TRY(number<std::uint64_t>("the number of metadata entries"));
    if (tensor_count > limits_.max_tensors) {
        return Error(Code::kTooLarge, fmt::format("the header claims {} tensors, the limit is {} (at byte 8)",
                                                  tensor_count, limits_.max_tensors));
    }
    if (metadata_count > limits_.max_metadata) {
        return Error(Code::kTooLarge,
                     fmt::format("the header claims {} metadata entries, the limit is {} (at byte 16)",
                                 metadata_count, limits_.max_metadata));
    }
    return std::pair(tensor_count, metadata_count);
}

Status Parser::metadata(GgufHeader& header, std::uint64_t count) {
    for (std::uint64_t i = 0; i < count; ++i) {
        const auto at = position_;
        auto key = TRY(text(kMaxKey, "a metadata key"));
        if (key.empty()) return corrupt(at, "a metadata key is empty");
        const auto type = TRY(number<std::uint32_t>("the type of a metadata value"));
        auto entry = TRY(value(type, key));
        if (!header.metadata.emplace(std::move(key), std::move(entry)).second)
            return corrupt(at, "a metadata key comes twice");
    }
    return {};
}

Result<std::int64_t> Parser::integer_value(std::uint32_t type, std::string_view key) {
    switch (type) {
        case kUint8: return TRY(number<std::uint8_t>(key));
        case kInt8: return TRY(number<std::int8_t>(key));
        case kUint16: return TRY(number<std::uint16_t>(key));
        case kInt16: return TRY(number<std::int16_t>(key));
        case kUint32: return TRY(number<std::uint32_t>(key));
        case kInt32: return TRY(number<std::int32_t>(key));
        case kInt64: return TRY(number<std::int64_t>(key));
        case kBool: {
            const auto byte = TRY(number<std::uint8_t>(key));
            if (byte > 1) return corrupt(position_ - 1, fmt::format("a truth value is {}, not 0 or 1", byte));
            return byte;
        }
        default: return corrupt(position_, fmt::format("value type {} is no integer", type));
    }
}

Result<GgufValue> Parser::value(std::uint32_t type, std::string_view key) {
    switch (type) {
        case kUint8:
        case kUint16:
        case kUint32: return GgufValue(static_cast<std::uint64_t>(TRY(integer_value(type, key))));
        case kInt8:
        case kInt16:
        case kInt32:
        case kInt64: return GgufValue(TRY(integer_value(type, key)));
        case kUint64: return GgufValue(TRY(number<std::uint64_t>(key)));
        case kBool: return GgufValue(TRY(integer_value(type, key)) == 1);
        case kFloat32: return GgufValue(static_cast<double>(TRY(number<float>(key))));
        case kFloat64: return GgufValue(TRY(number<double>(key)));
        case kString: return GgufValue(TRY(text(limits_.max_string, "a metadata text")));
        case kArray: return GgufValue(TRY(array(key)));
        default: return corrupt(position_ - 4, fmt::format("unknown metadata value type {}", type));
    }
}

Result<GgufArray> Parser::array(std::string_view key) {
    const auto at = position_;
    GgufArray result;
    result.element_type = TRY(number<std::uint32_t>(key));
    result.count = TRY(number<std::uint64_t>(key));
    if (result.element_type == kArray)
        return Error(Code::kUnsupported,
                     fmt::format("an array of arrays in the GGUF header (at byte {})", at));
    if (result.element_type == kString) {
        // Eight bytes of length each, so that a false count fails here and not after a long walk.
        if (result.count > (file_size_ - position_) / 8)
            return corrupt(at, "an array is longer than the file");
        for (std::uint64_t i = 0; i < result.count; ++i)
            TRY(skip_text("a text of an array"));
        return result;
    }
    const auto size = fixed_size(result.element_type);
    if (size == 0) return corrupt(at, fmt::format("unknown array element type {}", result.element_type));
    if (result.count > (file_size_ - position_) / size)
        return corrupt(at, "an array is longer than the file");
    const bool integers =
        result.element_type != kFloat32 && result.element_type != kFloat64 && result.element_type != kUint64;
    if (!integers || result.count > limits_.max_kept_elements) {
        TRY(skip(result.count * size, "an array"));
        return result;
    }
    result.integers.reserve(static_cast<std::size_t>(result.count));
    for (std::uint64_t i = 0; i < result.count; ++i)
        result.integers.push_back(TRY(integer_value(result.element_type, key)));
    return result;
}

Status Parser::tensors(GgufHeader& header, std::uint64_t count, std::uint64_t alignment) {
    std::set<std::string_view> names;
    // The smallest entry takes 32 bytes; a false count reserves nothing.
    if (count > (file_size_ - position_) / 32)
        return corrupt(position_, fmt::format("the file is too short for {} tensor entries", count));
    header.tensors.reserve(static_cast<std::size_t>(count));
    for (std::uint64_t i = 0; i < count; ++i) {
        const auto at = position_;
        header.tensors.push_back(TRY(tensor(alignment)));
        if (!names.insert(header.tensors.back().name).second) return corrupt(at, "a tensor name comes twice");
    }
    return {};
}

Result<GgufTensor> Parser::tensor(std::uint64_t alignment) {
    const auto at = position_;
    GgufTensor result;
    result.name = TRY(text(kMaxTensorName, "a tensor name"));
    const auto dimensions = TRY(number<std::uint32_t>("the dimensions of a tensor"));
    if (dimensions == 0 || dimensions > kMaxDimensions)
        return corrupt(position_ - 4,
                       fmt::format("a tensor has {} dimensions, 1 to 4 are possible", dimensions));
    for (std::uint32_t i = 0; i < dimensions; ++i)
        result.shape.push_back(TRY(number<std::uint64_t>("the shape of a tensor")));
    result.type = TRY(number<std::uint32_t>("the type of a tensor"));
    result.offset = TRY(number<std::uint64_t>("the offset of a tensor"));
    if (result.offset % alignment != 0) {
        return corrupt(position_ - 8, fmt::format("a tensor starts at {}, which is no multiple of {}",
                                                  result.offset, alignment));
    }
    TRY(size_of(result, at));
    return result;
}

Status Parser::size_of(GgufTensor& tensor, std::uint64_t at) const {
    const auto type = ggml_type(tensor.type);
    if (!type) {
        return Error(
            Code::kUnsupported,
            fmt::format("a tensor has element type {}, which this version of hearth does not know (entry "
                        "at byte {}); a newer version may",
                        tensor.type, at));
    }
    if (tensor.shape.front() % type->block != 0) {
        return corrupt(at, fmt::format("a row of {} elements does not divide into {} blocks of {}",
                                       tensor.shape.front(), type->name, type->block));
    }
    std::uint64_t bytes = tensor.shape.front() / type->block;
    bool overflow = __builtin_mul_overflow(bytes, std::uint64_t{type->bytes}, &bytes);
    for (std::size_t i = 1; i < tensor.shape.size(); ++i)
        overflow = __builtin_mul_overflow(bytes, tensor.shape[i], &bytes) || overflow;
    if (overflow) return corrupt(at, "the size of a tensor is over 2^64 bytes");
    if (bytes == 0) return corrupt(at, "a tensor has no elements");
    tensor.bytes = bytes;
    return {};
}

// Sets header_bytes and file_bytes, and refuses tensors that overlap or lie outside the file.
Status Parser::check_extent(GgufHeader& header, std::uint64_t alignment) const {
    header.header_bytes = position_;
    header.file_bytes = position_;
    if (header.tensors.empty()) return {};
    if (__builtin_add_overflow(position_, (alignment - position_ % alignment) % alignment,
                               &header.header_bytes))
        return corrupt(position_, "the start of the tensors is over 2^64");
    std::vector<const GgufTensor*> order;
    order.reserve(header.tensors.size());
    for (const auto& tensor : header.tensors)
        order.push_back(&tensor);
    std::sort(order.begin(), order.end(), [](const auto* a, const auto* b) { return a->offset < b->offset; });
    std::uint64_t end = 0;
    for (const auto* tensor : order) {
        if (tensor->offset < end) return corrupt(position_, "two tensors overlap");
        if (__builtin_add_overflow(tensor->offset, tensor->bytes, &end))
            return corrupt(position_, "a tensor ends over 2^64");
    }
    if (__builtin_add_overflow(header.header_bytes, end, &header.file_bytes))
        return corrupt(position_, "the tensors end over 2^64");
    if (header.file_bytes > file_size_) {
        return Error(
            Code::kCorrupt,
            fmt::format("the file is cut off: its header says at least {} bytes, it has {} (header ends at "
                        "byte {})",
                        header.file_bytes, file_size_, position_));
    }
    return {};
}

Result<GgufHeader> Parser::parse() {
    GgufHeader header;
    const auto [tensor_count, metadata_count] = TRY(front(header));
    TRY(metadata(header, metadata_count));
    std::uint64_t alignment = kDefaultAlignment;
    if (header.metadata.contains("general.alignment")) {
        const auto given = header.integer("general.alignment").value_or(0);
        if (given <= 0 || given > (std::int64_t{1} << 30) ||
            !std::has_single_bit(static_cast<std::uint64_t>(given)))
            return corrupt(position_, "general.alignment is no power of two up to 2^30");
        alignment = static_cast<std::uint64_t>(given);
    }
    TRY(tensors(header, tensor_count, alignment));
    TRY(check_extent(header, alignment));
    return header;
}

}  // namespace

std::optional<std::int64_t> GgufHeader::integer(std::string_view key) const {
    const auto found = metadata.find(key);
    if (found == metadata.end()) return std::nullopt;
    if (const auto* positive = std::get_if<std::uint64_t>(&found->second)) {
        if (*positive > static_cast<std::uint64_t>(INT64_MAX)) return std::nullopt;
        return static_cast<std::int64_t>(*positive);
    }
    if (const auto* any = std::get_if<std::int64_t>(&found->second)) return *any;
    return std::nullopt;
}

std::optional<std::string_view> GgufHeader::string(std::string_view key) const {
    const auto found = metadata.find(key);
    if (found == metadata.end()) return std::nullopt;
    if (const auto* text = std::get_if<std::string>(&found->second)) return *text;
    return std::nullopt;
}

Result<GgufHeader> parse_gguf(std::string_view bytes, std::uint64_t file_size, const GgufLimits& limits) {
    FrontOfMemory source(bytes);
    return Parser(source, file_size, limits).parse();
}

Result<GgufHeader> read_gguf(const std::filesystem::path& path, const GgufLimits& limits) {
    // A pipe or a device must not block the open.
    const os::Fd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
    if (!file) return errno_error(errno, fmt::format("opening {}", path.string()));
    struct stat status = {};
    if (::fstat(file.get(), &status) != 0)
        return errno_error(errno, fmt::format("reading {}", path.string()));
    if (!S_ISREG(status.st_mode))
        return Error(Code::kInvalidInput, fmt::format("{} is not a regular file", path.string()));
    FrontOfFile source(file.get());
    return Parser(source, static_cast<std::uint64_t>(status.st_size), limits).parse().context(path.string());
}

}  // namespace hearth::model

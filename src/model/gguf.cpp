#include "model/gguf.h"

#include <algorithm>
#include <bit>
#include <cerrno>
#include <fcntl.h>
#include <fmt/format.h>
#include <set>
#include <sys/stat.h>

#include "model/detail/gguf_bytes.h"
#include "model/front_bytes.h"
#include "model/ggml_type.h"
#include "os/fd.h"

namespace hearth::model {
namespace {

using detail::corrupt_gguf;

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

// Walks the header once, from front to back.
class Parser {
public:
    Parser(FrontBytes& source, std::uint64_t file_size, const GgufLimits& limits)
        : bytes_(source, file_size, limits.max_header_bytes), limits_(limits) {}

    Result<GgufHeader> parse();

private:
    Result<std::pair<std::uint64_t, std::uint64_t>> front(GgufHeader& header);
    Status metadata(GgufHeader& header, std::uint64_t count);
    Result<GgufValue> value(std::uint32_t type, std::string_view key);
    Result<std::int64_t> integer_value(std::uint32_t type, std::string_view key);
    Result<GgufArray> array(std::string_view key);
    Status tensors(GgufHeader& header, std::uint64_t count, std::uint64_t alignment);
    Result<GgufTensor> tensor(std::uint64_t alignment);
    Status size_of(GgufTensor& tensor, std::uint64_t at) const;
    Status check_extent(GgufHeader& header, std::uint64_t alignment) const;

    detail::GgufBytes bytes_;
    const GgufLimits& limits_;
};

// Checks magic and version; returns the numbers of tensors and of metadata entries.
Result<std::pair<std::uint64_t, std::uint64_t>> Parser::front(GgufHeader& header) {
    const auto magic = TRY(bytes_.take(4, "the magic number"));
    if (magic != "GGUF") return corrupt_gguf(0, "it does not start with the letters GGUF");
    header.version = TRY(bytes_.number<std::uint32_t>("the version"));
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
    const auto tensor_count = TRY(bytes_.number<std::uint64_t>("the number of tensors"));
    const auto metadata_count = TRY(bytes_.number<std::uint64_t>("the number of metadata entries"));
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
        const auto at = bytes_.position();
        auto key = TRY(bytes_.text(kMaxKey, "a metadata key"));
        if (key.empty()) return corrupt_gguf(at, "a metadata key is empty");
        const auto type = TRY(bytes_.number<std::uint32_t>("the type of a metadata value"));
        auto entry = TRY(value(type, key));
        if (!header.metadata.emplace(std::move(key), std::move(entry)).second)
            return corrupt_gguf(at, "a metadata key comes twice");
    }
    return {};
}

Result<std::int64_t> Parser::integer_value(std::uint32_t type, std::string_view key) {
    switch (type) {
        case kUint8: return TRY(bytes_.number<std::uint8_t>(key));
        case kInt8: return TRY(bytes_.number<std::int8_t>(key));
        case kUint16: return TRY(bytes_.number<std::uint16_t>(key));
        case kInt16: return TRY(bytes_.number<std::int16_t>(key));
        case kUint32: return TRY(bytes_.number<std::uint32_t>(key));
        case kInt32: return TRY(bytes_.number<std::int32_t>(key));
        case kInt64: return TRY(bytes_.number<std::int64_t>(key));
        case kBool: {
            const auto byte = TRY(bytes_.number<std::uint8_t>(key));
            if (byte > 1)
                return corrupt_gguf(bytes_.position() - 1,
                                    fmt::format("a truth value is {}, not 0 or 1", byte));
            return byte;
        }
        default: return corrupt_gguf(bytes_.position(), fmt::format("value type {} is no integer", type));
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
        case kUint64: return GgufValue(TRY(bytes_.number<std::uint64_t>(key)));
        case kBool: return GgufValue(TRY(integer_value(type, key)) == 1);
        case kFloat32: return GgufValue(static_cast<double>(TRY(bytes_.number<float>(key))));
        case kFloat64: return GgufValue(TRY(bytes_.number<double>(key)));
        case kString: return GgufValue(TRY(bytes_.text(limits_.max_string, "a metadata text")));
        case kArray: return GgufValue(TRY(array(key)));
        default:
            return corrupt_gguf(bytes_.position() - 4, fmt::format("unknown metadata value type {}", type));
    }
}

Result<GgufArray> Parser::array(std::string_view key) {
    const auto at = bytes_.position();
    GgufArray result;
    result.element_type = TRY(bytes_.number<std::uint32_t>(key));
    result.count = TRY(bytes_.number<std::uint64_t>(key));
    if (result.element_type == kArray)
        return Error(Code::kUnsupported,
                     fmt::format("an array of arrays in the GGUF header (at byte {})", at));
    if (result.element_type == kString) {
        // Eight bytes of length each, so that a false count fails here and not after a long walk.
        if (result.count > bytes_.left() / 8) return corrupt_gguf(at, "an array is longer than the file");
        for (std::uint64_t i = 0; i < result.count; ++i)
            TRY(bytes_.skip_text("a text of an array"));
        return result;
    }
    const auto size = fixed_size(result.element_type);
    if (size == 0) return corrupt_gguf(at, fmt::format("unknown array element type {}", result.element_type));
    if (result.count > bytes_.left() / size) return corrupt_gguf(at, "an array is longer than the file");
    const bool integers =
        result.element_type != kFloat32 && result.element_type != kFloat64 && result.element_type != kUint64;
    if (!integers || result.count > limits_.max_kept_elements) {
        TRY(bytes_.skip(result.count * size, "an array"));
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
    if (count > bytes_.left() / 32)
        return corrupt_gguf(bytes_.position(),
                            fmt::format("the file is too short for {} tensor entries", count));
    header.tensors.reserve(static_cast<std::size_t>(count));
    for (std::uint64_t i = 0; i < count; ++i) {
        const auto at = bytes_.position();
        header.tensors.push_back(TRY(tensor(alignment)));
        if (!names.insert(header.tensors.back().name).second)
            return corrupt_gguf(at, "a tensor name comes twice");
    }
    return {};
}

Result<GgufTensor> Parser::tensor(std::uint64_t alignment) {
    const auto at = bytes_.position();
    GgufTensor result;
    result.name = TRY(bytes_.text(kMaxTensorName, "a tensor name"));
    const auto dimensions = TRY(bytes_.number<std::uint32_t>("the dimensions of a tensor"));
    if (dimensions == 0 || dimensions > kMaxDimensions)
        return corrupt_gguf(bytes_.position() - 4,
                            fmt::format("a tensor has {} dimensions, 1 to 4 are possible", dimensions));
    for (std::uint32_t i = 0; i < dimensions; ++i)
        result.shape.push_back(TRY(bytes_.number<std::uint64_t>("the shape of a tensor")));
    result.type = TRY(bytes_.number<std::uint32_t>("the type of a tensor"));
    result.offset = TRY(bytes_.number<std::uint64_t>("the offset of a tensor"));
    if (result.offset % alignment != 0) {
        return corrupt_gguf(
            bytes_.position() - 8,
            fmt::format("a tensor starts at {}, which is no multiple of {}", result.offset, alignment));
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
        return corrupt_gguf(at, fmt::format("a row of {} elements does not divide into {} blocks of {}",
                                            tensor.shape.front(), type->name, type->block));
    }
    std::uint64_t bytes = tensor.shape.front() / type->block;
    bool overflow = __builtin_mul_overflow(bytes, std::uint64_t{type->bytes}, &bytes);
    for (std::size_t i = 1; i < tensor.shape.size(); ++i)
        overflow = __builtin_mul_overflow(bytes, tensor.shape[i], &bytes) || overflow;
    if (overflow) return corrupt_gguf(at, "the size of a tensor is over 2^64 bytes");
    if (bytes == 0) return corrupt_gguf(at, "a tensor has no elements");
    tensor.bytes = bytes;
    return {};
}

// Sets header_bytes and file_bytes, and refuses tensors that overlap or lie outside the file.
Status Parser::check_extent(GgufHeader& header, std::uint64_t alignment) const {
    header.header_bytes = bytes_.position();
    header.file_bytes = bytes_.position();
    if (header.tensors.empty()) return {};
    if (__builtin_add_overflow(bytes_.position(), (alignment - bytes_.position() % alignment) % alignment,
                               &header.header_bytes))
        return corrupt_gguf(bytes_.position(), "the start of the tensors is over 2^64");
    std::vector<const GgufTensor*> order;
    order.reserve(header.tensors.size());
    for (const auto& tensor : header.tensors)
        order.push_back(&tensor);
    std::sort(order.begin(), order.end(), [](const auto* a, const auto* b) { return a->offset < b->offset; });
    std::uint64_t end = 0;
    for (const auto* tensor : order) {
        if (tensor->offset < end) return corrupt_gguf(bytes_.position(), "two tensors overlap");
        if (__builtin_add_overflow(tensor->offset, tensor->bytes, &end))
            return corrupt_gguf(bytes_.position(), "a tensor ends over 2^64");
    }
    if (__builtin_add_overflow(header.header_bytes, end, &header.file_bytes))
        return corrupt_gguf(bytes_.position(), "the tensors end over 2^64");
    if (header.file_bytes > bytes_.file_size()) {
        return Error(
            Code::kCorrupt,
            fmt::format("the file is cut off: its header says at least {} bytes, it has {} (header ends at "
                        "byte {})",
                        header.file_bytes, bytes_.file_size(), bytes_.position()));
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
            return corrupt_gguf(bytes_.position(), "general.alignment is no power of two up to 2^30");
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

bool template_thinks(const GgufHeader& header) {
    const auto text = header.string("tokenizer.chat_template");
    return text && (text->contains("enable_thinking") || text->contains("<think>"));
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

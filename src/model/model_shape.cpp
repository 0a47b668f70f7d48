#include "model/model_shape.h"

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <fcntl.h>
#include <fmt/format.h>
#include <set>
#include <type_traits>

#include "core/text.h"
#include "model/ggml_type.h"
#include "os/fd.h"
#include "os/files.h"

namespace hearth::model {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMostTensors = 100'000;
constexpr std::uint64_t kAlignment = 32;
constexpr std::size_t kMostShapeBytes = std::size_t{1} << 20U;

// Value types of the file format that shapes use.
constexpr std::uint32_t kUint32 = 4;
constexpr std::uint32_t kInt32 = 5;
constexpr std::uint32_t kFloat32 = 6;
constexpr std::uint32_t kBool = 7;
constexpr std::uint32_t kString = 8;
constexpr std::uint32_t kArray = 9;
constexpr std::uint32_t kUint64 = 10;

std::vector<std::string_view> words_of(std::string_view line) {
    std::vector<std::string_view> words;
    for (const std::string_view word : split(line, ' '))
        if (!word.empty()) words.push_back(word);
    return words;
}

Result<std::int64_t> whole(std::string_view word) {
    const auto number = parse_number(word);
    if (!number) return Error(Code::kInvalidInput, fmt::format("'{}' is no whole number", printable(word)));
    return *number;
}

// "0-3,6" as 0, 1, 2, 3, 6.
Result<std::vector<std::int64_t>> layers_of(std::string_view list) {
    std::vector<std::int64_t> layers;
    for (const std::string_view part : split(list, ',')) {
        const std::size_t dash = part.find('-');
        const std::int64_t first = TRY(whole(part.substr(0, dash)));
        const std::int64_t last = dash == std::string_view::npos ? first : TRY(whole(part.substr(dash + 1)));
        if (last < first || last > 4096)
            return Error(Code::kInvalidInput, fmt::format("'{}' is no range of layers", printable(part)));
        for (std::int64_t layer = first; layer <= last; ++layer)
            layers.push_back(layer);
    }
    return layers;
}

std::optional<GgmlType> type_named(std::string_view name) {
    for (std::uint32_t number = 0; number < 64; ++number)
        if (const auto type = ggml_type(number); type && type->name == name) return type;
    return std::nullopt;
}

class ShapeReader {
public:
    Status line(std::string_view text) {
        const std::vector<std::string_view> words = words_of(text);
        if (words.empty() || words.front().starts_with('#')) return {};
        if (words.size() < 3) return Error(Code::kInvalidInput, "a kind, a name and a value are needed");
        if (words[0] == "tensor") return tensors(words);
        return metadata(words);
    }

    Result<GgufHeader> finish() {
        header_.version = 3;
        header_.file_bytes = next_;
        std::set<std::string_view> names;
        for (const GgufTensor& tensor : header_.tensors)
            if (!names.insert(tensor.name).second)
                return Error(Code::kInvalidInput,
                             fmt::format("the tensor {} comes twice", printable(tensor.name)));
        return std::move(header_);
    }

private:
    Status metadata(const std::vector<std::string_view>& words) {
        const std::string key(words[1]);
        if (words[0] == "text") {
            header_.metadata[key] = std::string(words[2]);
        } else if (words[0] == "int") {
            header_.metadata[key] = static_cast<std::uint64_t>(TRY(whole(words[2])));
        } else if (words[0] == "float") {
            double value = 0;
            const auto [end, error] =
                std::from_chars(words[2].data(), words[2].data() + words[2].size(), value);
            if (error != std::errc() || end != words[2].data() + words[2].size())
                return Error(Code::kInvalidInput, fmt::format("'{}' is no number", printable(words[2])));
            header_.metadata[key] = value;
        } else if (words[0] == "ints" || words[0] == "bools") {
            GgufArray array;
            array.element_type = words[0] == "ints" ? kInt32 : kBool;
            for (std::size_t i = 2; i < words.size(); ++i)
                array.integers.push_back(TRY(whole(words[i])));
            array.count = array.integers.size();
            header_.metadata[key] = std::move(array);
        } else {
            return Error(Code::kInvalidInput, fmt::format("'{}' is no kind of entry", printable(words[0])));
        }
        return {};
    }

    Status tensors(const std::vector<std::string_view>& words) {
        if (words.size() < 4 || words.size() > 7)
            return Error(Code::kInvalidInput, "a tensor has a name, a type and 1 to 4 extents");
        const auto type = type_named(words[2]);
        if (!type)
            return Error(Code::kInvalidInput, fmt::format("'{}' is no element type", printable(words[2])));
        GgufTensor tensor;
        tensor.type = type->number;
        tensor.bytes = type->bytes;
        for (std::size_t i = 3; i < words.size(); ++i) {
            auto extent = static_cast<std::uint64_t>(TRY(whole(words[i])));
            tensor.shape.push_back(extent);
            if (i == 3 && extent % type->block != 0)
                return Error(Code::kInvalidInput, fmt::format("a row of {} does not divide into blocks of {}",
                                                              extent, type->block));
            if (i == 3) extent /= type->block;
            if (extent == 0 || __builtin_mul_overflow(tensor.bytes, extent, &tensor.bytes) ||
                tensor.bytes > std::uint64_t{1} << 50U)
                return Error(Code::kInvalidInput, "a tensor has no size that can be");
        }
        const std::string_view name = words[1];
        if (!name.starts_with("blk.")) return add(std::move(tensor), std::string(name));
        const std::size_t dot = name.find('.', 4);
        if (dot == std::string_view::npos) return Error(Code::kInvalidInput, "a layer's tensor has no name");
        const std::vector<std::int64_t> layers = TRY(layers_of(name.substr(4, dot - 4)));
        for (const std::int64_t layer : layers)
            TRY(add(tensor, fmt::format("blk.{}{}", layer, name.substr(dot))));
        return {};
    }

    Status add(GgufTensor tensor, std::string name) {
        if (header_.tensors.size() >= kMostTensors)
            return Error(Code::kTooLarge, fmt::format("a shape has at most {} tensors", kMostTensors));
        tensor.name = std::move(name);
        tensor.offset = next_;
        next_ += (tensor.bytes + kAlignment - 1) / kAlignment * kAlignment;
        header_.tensors.push_back(std::move(tensor));
        return {};
    }

    GgufHeader header_;
    std::uint64_t next_ = 0;
};

template <typename T>
void put(std::string& out, T value) {
    char bytes[sizeof(T)];
    std::memcpy(bytes, &value, sizeof(T));
    out.append(bytes, sizeof(T));
}

void put_text(std::string& out, std::string_view text) {
    put<std::uint64_t>(out, text.size());
    out += text;
}

void put_array(std::string& out, const GgufArray& array) {
    const bool truths = array.element_type == kBool;
    put<std::uint32_t>(out, kArray);
    put<std::uint32_t>(out, truths ? kBool : kInt32);
    put<std::uint64_t>(out, array.integers.size());
    for (const std::int64_t number : array.integers) {
        if (truths) {
            put<std::uint8_t>(out, number != 0 ? 1 : 0);
        } else {
            put<std::int32_t>(out, static_cast<std::int32_t>(number));
        }
    }
}

void put_value(std::string& out, const GgufValue& value) {
    std::visit(
        [&](const auto& held) {
            using T = std::decay_t<decltype(held)>;
            if constexpr (std::is_same_v<T, std::string>) {
                put<std::uint32_t>(out, kString);
                put_text(out, held);
            } else if constexpr (std::is_same_v<T, GgufArray>) {
                put_array(out, held);
            } else if constexpr (std::is_same_v<T, bool>) {
                put<std::uint32_t>(out, kBool);
                put<std::uint8_t>(out, held ? 1 : 0);
            } else if constexpr (std::is_same_v<T, double>) {
                put<std::uint32_t>(out, kFloat32);
                put<float>(out, static_cast<float>(held));
            } else if (static_cast<std::uint64_t>(held) <= UINT32_MAX) {
                put<std::uint32_t>(out, kUint32);
                put<std::uint32_t>(out, static_cast<std::uint32_t>(held));
            } else {
                put<std::uint32_t>(out, kUint64);
                put<std::uint64_t>(out, static_cast<std::uint64_t>(held));
            }
        },
        value);
}

}  // namespace

Result<GgufHeader> parse_shape(std::string_view text) {
    ShapeReader reader;
    std::size_t number = 0;
    for (const std::string_view line : split_lines(text))
        TRY(reader.line(line).context(fmt::format("line {}", ++number)));
    return reader.finish();
}

Status write_hollow_gguf(const GgufHeader& header, const fs::path& path) {
    std::string out = "GGUF";
    put<std::uint32_t>(out, 3);
    put<std::uint64_t>(out, header.tensors.size());
    put<std::uint64_t>(out, header.metadata.size());
    for (const auto& [key, value] : header.metadata) {
        put_text(out, key);
        put_value(out, value);
    }
    std::uint64_t end = 0;
    for (const GgufTensor& tensor : header.tensors) {
        put_text(out, tensor.name);
        put<std::uint32_t>(out, static_cast<std::uint32_t>(tensor.shape.size()));
        for (const std::uint64_t extent : tensor.shape)
            put<std::uint64_t>(out, extent);
        put<std::uint32_t>(out, tensor.type);
        put<std::uint64_t>(out, tensor.offset);
        end = std::max(end, tensor.offset + tensor.bytes);
    }
    out.resize((out.size() + kAlignment - 1) / kAlignment * kAlignment, '\0');
    const os::Fd file(::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
    if (!file) return errno_error(errno, fmt::format("making {}", path.string()));
    TRY(os::write_all(file.get(), out, path.string()));
    if (::ftruncate(file.get(), static_cast<off_t>(out.size() + end)) != 0)
        return errno_error(errno, fmt::format("making {} as long as its tensors", path.string()));
    return {};
}

Result<GgufHeader> find_shape(std::string_view name, const std::vector<fs::path>& catalogue_folders) {
    const bool plain = !name.empty() && name.find('/') == std::string_view::npos && !name.starts_with('.');
    for (auto folder = catalogue_folders.rbegin(); plain && folder != catalogue_folders.rend(); ++folder) {
        const fs::path file = *folder / "shapes" / (std::string(name) + ".shape");
        std::error_code ignored;
        if (!fs::exists(file, ignored)) continue;
        const std::string text = TRY(os::read_file(file, kMostShapeBytes));
        return parse_shape(text).context(file.string());
    }
    return Error(Code::kNotFound, fmt::format("no model shape is named '{}'", printable(name)));
}

std::vector<std::string> shape_names(const std::vector<fs::path>& catalogue_folders) {
    std::set<std::string> names;
    for (const fs::path& folder : catalogue_folders) {
        std::error_code error;
        for (fs::directory_iterator each(folder / "shapes", error), end; !error && each != end;
             each.increment(error))
            if (each->path().extension() == ".shape") names.insert(each->path().stem().string());
    }
    return {names.begin(), names.end()};
}

}  // namespace hearth::model

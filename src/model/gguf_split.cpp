#include "model/gguf_split.h"

#include <algorithm>
#include <fmt/format.h>
#include <set>
#include <system_error>

#include "core/text.h"

namespace hearth::model {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kEnding = ".gguf";
constexpr std::string_view kOf = "-of-";
constexpr std::size_t kDigits = 5;

// The five digits of a number that ends where the text does.
std::optional<int> digits_at_end(std::string_view text) {
    if (text.size() < kDigits) return std::nullopt;
    const auto digits = text.substr(text.size() - kDigits);
    if (digits.find_first_not_of("0123456789") != std::string_view::npos) return std::nullopt;
    return static_cast<int>(*parse_number(digits));
}

// Where the name ends in an address. A path may hold these signs itself.
std::size_t end_of_name(std::string_view text) {
    const bool address = text.contains("://");
    return address ? std::min(text.find_first_of("?#"), text.size()) : text.size();
}

// What a header says of its place; one that says nothing is a whole model.
struct Place {
    std::int64_t number = 0;  // from 0
    std::int64_t count = 1;
    std::int64_t tensors = 0;
};

Place place_of(const GgufHeader& header) {
    return {.number = header.integer("split.no").value_or(0),
            .count = header.integer("split.count").value_or(1),
            .tensors = header.integer("split.tensors.count").value_or(0)};
}

Error foreign(const std::string& name, std::size_t number, std::size_t count, const Place& says) {
    if (says.count <= 1)
        return {Code::kCorrupt,
                fmt::format("{} is a model by itself and not part {} of {}", name, number, count)};
    return {
        Code::kCorrupt,
        fmt::format(
            "{} is not part {} of this model of {} parts: its header says part {} of {}, {} tensors in all",
            name, number, count, says.number + 1, says.count, says.tensors)};
}

}  // namespace

std::optional<SplitName> parse_split_name(std::string_view text) {
    text = text.substr(0, end_of_name(text));
    if (!text.ends_with(kEnding)) return std::nullopt;
    text.remove_suffix(kEnding.size());
    const auto count = digits_at_end(text);
    if (!count) return std::nullopt;
    text.remove_suffix(kDigits);
    if (!text.ends_with(kOf)) return std::nullopt;
    text.remove_suffix(kOf.size());
    const auto number = digits_at_end(text);
    if (!number) return std::nullopt;
    text.remove_suffix(kDigits);
    if (!text.ends_with('-') || *number < 1 || *number > *count || *count > kMostParts) return std::nullopt;
    text.remove_suffix(1);
    if (text.empty() || text.ends_with('/')) return std::nullopt;
    return SplitName{std::string(text), *number, *count};
}

std::string split_name(std::string_view front, int number, int count) {
    return fmt::format("{}-{:05}-of-{:05}.gguf", front, number, count);
}

std::vector<std::string> all_parts(std::string_view text) {
    const auto name = parse_split_name(text);
    if (!name) return {std::string(text)};
    const auto rest = text.substr(end_of_name(text));
    std::vector<std::string> parts;
    for (int number = 1; number <= name->count; ++number)
        parts.push_back(split_name(name->front, number, name->count) + std::string(rest));
    return parts;
}

Result<GgufHeader> join_parts(std::vector<GgufHeader> headers, const std::vector<std::string>& names) {
    HEARTH_ASSERT(!headers.empty() && headers.size() == names.size());
    const auto first = place_of(headers.front());
    const auto count = headers.size();
    std::set<std::string, std::less<>> tensors;
    GgufHeader joined = std::move(headers.front());
    for (std::size_t i = 0; i < count; ++i) {
        const auto& header = i == 0 ? joined : headers[i];
        const auto place = i == 0 ? first : place_of(header);
        if (place.number != static_cast<std::int64_t>(i) || place.count != static_cast<std::int64_t>(count) ||
            place.tensors != first.tensors)
            return foreign(names[i], i + 1, count, place);
        for (const auto& tensor : header.tensors)
            if (!tensors.insert(tensor.name).second)
                return Error(Code::kCorrupt,
                             fmt::format("{} holds the tensor {}, which another part holds too", names[i],
                                         printable(tensor.name)));
    }
    for (std::size_t i = 1; i < count; ++i) {
        joined.file_bytes += headers[i].file_bytes;
        for (auto& tensor : headers[i].tensors) {
            tensor.part = static_cast<std::uint32_t>(i);
            joined.tensors.push_back(std::move(tensor));
        }
    }
    if (count > 1 && static_cast<std::int64_t>(tensors.size()) != first.tensors)
        return Error(Code::kCorrupt,
                     fmt::format("the {} parts of {} hold {} tensors together, their headers say {}", count,
                                 names.front(), tensors.size(), first.tensors));
    return joined;
}

Status check_whole(const GgufHeader& header) {
    const auto count = place_of(header).count;
    if (count <= 1) return {};
    return Error(
        Code::kUnsupported,
        fmt::format("it is one of {} parts of a model; the others are found where its name ends like "
                    "-00001-of-00003.gguf",
                    count));
}

Result<WholeModel> read_model(const fs::path& path) {
    auto header = TRY(read_gguf(path));
    std::error_code error;
    const auto place = place_of(header);
    if (place.count <= 1) {
        const auto size = fs::file_size(path, error);
        if (error) return errno_error(error.value(), fmt::format("reading {}", path.string()));
        return WholeModel{std::move(header), {path}, Bytes{static_cast<std::int64_t>(size)}};
    }
    const auto name = parse_split_name(path.string());
    if (!name || name->count != place.count)
        return Error(
            Code::kInvalidInput,
            fmt::format(
                "{} is part {} of {} of a model, and the others are found by their names: keep all in "
                "one folder, named {} and so on",
                path.string(), place.number + 1, place.count,
                split_name("NAME", 1,
                           static_cast<int>(std::clamp<std::int64_t>(place.count, 1, kMostParts)))));
    WholeModel model;
    const auto names = all_parts(path.string());
    std::vector<GgufHeader> headers(names.size());
    const auto own = static_cast<std::size_t>(name->number) - 1;
    headers[own] = std::move(header);
    for (std::size_t i = 0; i < names.size(); ++i) {
        const auto size = fs::file_size(names[i], error);
        if (error == std::errc::no_such_file_or_directory)
            return Error(Code::kNotFound, fmt::format("part {} of {} is missing: there is no file {}", i + 1,
                                                      names.size(), names[i]));
        if (error) return errno_error(error.value(), fmt::format("reading {}", names[i]));
        if (i != own) headers[i] = TRY(read_gguf(names[i]));
        model.files.emplace_back(names[i]);
        model.size += Bytes{static_cast<std::int64_t>(size)};
    }
    model.header = TRY(join_parts(std::move(headers), names));
    return model;
}

Bytes size_with_parts(const fs::path& path) {
    Bytes size{0};
    for (const auto& part : all_parts(path.string())) {
        std::error_code error;
        const auto bytes = fs::file_size(part, error);
        if (error) return Bytes{0};
        size += Bytes{static_cast<std::int64_t>(bytes)};
    }
    return size;
}

}  // namespace hearth::model

#pragma once
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

#include "model/gguf.h"

namespace hearth::model::test {

// Splits a GGUF file the way the engine's own tool does: the first part has the metadata, each has some of the tensors, and all say which
// part they are. `parts` is at most the number of tensors. Only for right files.
class GgufSplitter {
public:
    explicit GgufSplitter(std::string_view bytes) : bytes_(bytes), header_(*parse_gguf(bytes, bytes.size())) {
        at_ = 8;
        skip(8);
        metadata_count_ = number<std::uint64_t>();
        metadata_begin_ = at_;
        for (std::uint64_t i = 0; i < metadata_count_; ++i) {
            skip(number<std::uint64_t>());
            skip_value(number<std::uint32_t>());
        }
        metadata_end_ = at_;
    }

    [[nodiscard]] std::vector<std::string> split(std::size_t parts) const {
        std::vector<std::string> files;
        const auto& tensors = header_.tensors;
        for (std::size_t part = 0; part < parts; ++part) {
            const auto begin = tensors.size() * part / parts;
            const auto end = tensors.size() * (part + 1) / parts;
            std::string infos;
            std::string data;
            for (auto i = begin; i < end; ++i) {
                const auto& tensor = tensors[i];
                infos += put(std::uint64_t{tensor.name.size()}) + tensor.name +
                         put(static_cast<std::uint32_t>(tensor.shape.size()));
                for (const auto extent : tensor.shape)
                    infos += put(extent);
                infos += put(tensor.type) + put(std::uint64_t{data.size()});
                data += bytes_.substr(header_.header_bytes + tensor.offset, tensor.bytes);
                data.resize((data.size() + kAlignment - 1) / kAlignment * kAlignment, '\0');
            }
            std::string file = "GGUF" + put(header_.version) + put(std::uint64_t{end - begin}) +
                               put(std::uint64_t{(part == 0 ? metadata_count_ : 0) + 3});
            if (part == 0) file += bytes_.substr(metadata_begin_, metadata_end_ - metadata_begin_);
            file += entry("split.no", 2, put(static_cast<std::uint16_t>(part)));
            file += entry("split.count", 2, put(static_cast<std::uint16_t>(parts)));
            file += entry("split.tensors.count", 5, put(static_cast<std::int32_t>(tensors.size())));
            file += infos;
            file.resize((file.size() + kAlignment - 1) / kAlignment * kAlignment, '\0');
            files.push_back(file + data);
        }
        return files;
    }

private:
    static constexpr std::size_t kAlignment = 32;

    template <typename Number>
    static std::string put(Number value) {
        std::string bytes(sizeof value, '\0');
        std::memcpy(bytes.data(), &value, sizeof value);
        return bytes;
    }

    static std::string entry(std::string_view key, std::uint32_t type, const std::string& value) {
        return put(std::uint64_t{key.size()}) + std::string(key) + put(type) + value;
    }

    void skip(std::uint64_t count) { at_ += static_cast<std::size_t>(count); }

    template <typename Number>
    Number number() {
        Number value{};
        std::memcpy(&value, bytes_.data() + at_, sizeof value);
        at_ += sizeof value;
        return value;
    }

    void skip_value(std::uint32_t type) {
        constexpr std::size_t kSizes[] = {1, 1, 2, 2, 4, 4, 4, 1, 0, 0, 8, 8, 8};
        if (type == 8) {
            skip(number<std::uint64_t>());
        } else if (type == 9) {
            const auto of = number<std::uint32_t>();
            const auto count = number<std::uint64_t>();
            for (std::uint64_t i = 0; i < count; ++i)
                skip_value(of);
        } else {
            skip(kSizes[type]);
        }
    }

    std::string_view bytes_;
    GgufHeader header_;
    std::size_t at_ = 0;
    std::uint64_t metadata_count_ = 0;
    std::size_t metadata_begin_ = 0;
    std::size_t metadata_end_ = 0;
};

[[nodiscard]] inline std::vector<std::string> split_gguf(std::string_view bytes, std::size_t parts) {
    return GgufSplitter(bytes).split(parts);
}

}  // namespace hearth::model::test

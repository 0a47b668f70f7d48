#pragma once
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <fmt/format.h>
#include <fstream>
#include <gtest/gtest.h>
#include <minizip/zip.h>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "os/files.h"

namespace hearth::model::test {

// Writes GGUF files by hand, right ones and wrong ones.
class GgufBuilder {
public:
    std::uint32_t version = 3;
    std::uint64_t alignment = 32;

    GgufBuilder& text(std::string_view key, std::string_view value);
    GgufBuilder& number(std::string_view key, std::uint32_t value);
    GgufBuilder& numbers(std::string_view key, const std::vector<std::int32_t>& values);
    GgufBuilder& texts(std::string_view key, const std::vector<std::string>& values);

    // A metadata entry with the bytes of type and value as they are given.
    GgufBuilder& raw(std::string_view key, std::string_view type_and_value);

    GgufBuilder& tensor(std::string_view name, const std::vector<std::uint64_t>& shape, std::uint32_t type,
                        std::uint64_t offset);

    // Header, padding to the alignment, `data` bytes of tensors.
    [[nodiscard]] std::string build(std::size_t data) const;

private:
    std::string metadata_;
    std::uint64_t metadata_count_ = 0;
    std::string tensors_;
    std::uint64_t tensor_count_ = 0;
};

// Numbers as the file has them: little-endian.
[[nodiscard]] std::string le32(std::uint32_t value);
[[nodiscard]] std::string le64(std::uint64_t value);
[[nodiscard]] std::string counted(std::string_view text);

// A whole small model, valid for every reader here; files of other `seed`s differ in their weights.
[[nodiscard]] std::string small_model(char seed = 'a');

// A wheel that pip accepts, with these files beside its dist-info.
void write_wheel(const std::filesystem::path& path, std::string_view package, std::string_view version,
                 const std::vector<std::pair<std::string, std::string>>& files);

void write_file(const std::filesystem::path& path, std::string_view content);
[[nodiscard]] std::string read_all(const std::filesystem::path& path);

inline std::string le32(std::uint32_t value) {
    std::string bytes(sizeof(value), '\0');
    std::memcpy(bytes.data(), &value, sizeof(value));
    return bytes;
}

inline std::string le64(std::uint64_t value) {
    std::string bytes(sizeof(value), '\0');
    std::memcpy(bytes.data(), &value, sizeof(value));
    return bytes;
}

inline std::string counted(std::string_view text) { return le64(text.size()) + std::string(text); }

inline GgufBuilder& GgufBuilder::raw(std::string_view key, std::string_view type_and_value) {
    metadata_ += counted(key) + std::string(type_and_value);
    ++metadata_count_;
    return *this;
}

inline GgufBuilder& GgufBuilder::text(std::string_view key, std::string_view value) {
    return raw(key, le32(8) + counted(value));
}

inline GgufBuilder& GgufBuilder::number(std::string_view key, std::uint32_t value) {
    return raw(key, le32(4) + le32(value));
}

inline GgufBuilder& GgufBuilder::numbers(std::string_view key, const std::vector<std::int32_t>& values) {
    std::string bytes = le32(9) + le32(5) + le64(values.size());
    for (const auto value : values)
        bytes += le32(static_cast<std::uint32_t>(value));
    return raw(key, bytes);
}

inline GgufBuilder& GgufBuilder::texts(std::string_view key, const std::vector<std::string>& values) {
    std::string bytes = le32(9) + le32(8) + le64(values.size());
    for (const auto& value : values)
        bytes += counted(value);
    return raw(key, bytes);
}

inline GgufBuilder& GgufBuilder::tensor(std::string_view name, const std::vector<std::uint64_t>& shape,
                                        std::uint32_t type, std::uint64_t offset) {
    tensors_ += counted(name) + le32(static_cast<std::uint32_t>(shape.size()));
    for (const auto extent : shape)
        tensors_ += le64(extent);
    tensors_ += le32(type) + le64(offset);
    ++tensor_count_;
    return *this;
}

inline std::string GgufBuilder::build(std::size_t data) const {
    std::string bytes =
        "GGUF" + le32(version) + le64(tensor_count_) + le64(metadata_count_) + metadata_ + tensors_;
    while (bytes.size() % alignment != 0)
        bytes += '\0';
    return bytes + std::string(data, 'w');
}

inline std::string small_model(char seed) {
    auto bytes = GgufBuilder()
                     .text("general.architecture", "llama")
                     .text("general.name", "Small")
                     .text("general.license", "mit")
                     .number("general.file_type", 15)
                     .number("llama.context_length", 4096)
                     .number("llama.block_count", 2)
                     .number("llama.embedding_length", 256)
                     .number("llama.attention.head_count", 4)
                     .numbers("llama.attention.head_count_kv", {2, 1})
                     .texts("tokenizer.ggml.tokens", {"<s>", "a", "b"})
                     .text("tokenizer.chat_template", "{{ messages }}")
                     .tensor("token_embd.weight", {256, 3}, 12, 0)
                     .tensor("output_norm.weight", {256}, 0, 448)
                     .build(448 + 1024);
    for (std::size_t i = bytes.size() - 1024; i < bytes.size(); ++i)
        bytes[i] = static_cast<char>(seed + static_cast<char>(i % 23));
    return bytes;
}

inline void write_wheel(const std::filesystem::path& path, std::string_view package, std::string_view version,
                        const std::vector<std::pair<std::string, std::string>>& files) {
    zipFile archive = zipOpen64(path.c_str(), APPEND_STATUS_CREATE);
    ASSERT_NE(archive, nullptr);
    const auto info = fmt::format("{}-{}.dist-info", package, version);
    auto all = files;
    all.emplace_back(info + "/METADATA",
                     fmt::format("Metadata-Version: 2.1\nName: {}\nVersion: {}\n", package, version));
    all.emplace_back(info + "/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n");
    all.emplace_back(info + "/RECORD", "");
    for (const auto& [name, content] : all) {
        zip_fileinfo details = {};
        ASSERT_EQ(
            zipOpenNewFileInZip64(archive, name.c_str(), &details, nullptr, 0, nullptr, 0, nullptr, 8, 6, 0),
            ZIP_OK);
        ASSERT_EQ(zipWriteInFileInZip(archive, content.data(), static_cast<unsigned>(content.size())),
                  ZIP_OK);
        ASSERT_EQ(zipCloseFileInZip(archive), ZIP_OK);
    }
    ASSERT_EQ(zipClose(archive, nullptr), ZIP_OK);
}

// Not synced: tests need no file after a power loss.
inline void write_file(const std::filesystem::path& path, std::string_view content) {
    std::filesystem::create_directories(path.parent_path());
    std::ofstream file(path, std::ios::binary);
    file.write(content.data(), static_cast<std::streamsize>(content.size()));
    file.close();
    EXPECT_TRUE(file) << path;
}

inline std::string read_all(const std::filesystem::path& path) {
    auto content = os::read_file(path);
    return content ? *std::move(content) : std::string();
}

}  // namespace hearth::model::test

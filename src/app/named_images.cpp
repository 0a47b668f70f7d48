#include "app/named_images.h"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <fstream>
#include <optional>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include "chat/image.h"
#include "core/text.h"
#include "os/files.h"
#include "os/paths.h"

namespace hearth::app {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kBlank = " \t\r\n";
constexpr std::string_view kMarks = ".,;:!?)]}'\"";
constexpr std::size_t kMostWords = 100;  // that are looked for as files

// The paths behind each '@' that begins a word, as they are written.
std::vector<std::string> named_paths(std::string_view text) {
    std::vector<std::string> out;
    for (std::size_t at = text.find('@'); at != std::string_view::npos && out.size() < kMostWords;
         at = text.find('@', at + 1)) {
        if (at > 0 && kBlank.find(text[at - 1]) == std::string_view::npos) continue;
        const auto rest = text.substr(at + 1);
        if (rest.starts_with('"')) {
            if (const auto end = rest.find('"', 1); end != std::string_view::npos)
                out.emplace_back(rest.substr(1, end - 1));
        } else if (const auto word = rest.substr(0, rest.find_first_of(kBlank)); !word.empty()) {
            out.emplace_back(word);
        }
    }
    return out;
}

// Only a regular file is opened: any other may not end, or wait.
bool is_image(const fs::path& file) {
    std::error_code failure;
    if (!fs::is_regular_file(file, failure)) return false;
    std::array<char, chat::kImageHeadBytes> head{};
    std::ifstream stream(file, std::ios::binary);
    stream.read(head.data(), head.size());
    return chat::image_type({head.data(), static_cast<std::size_t>(stream.gcount())}).has_value();
}

// The image that a word names, with or without what ends a sentence.
std::optional<fs::path> image_file(std::string_view word, const fs::path& folder, const fs::path& home) {
    while (!word.empty()) {
        auto file = os::written_path(std::string(word), folder, home);
        if (is_image(file)) return file;
        if (kMarks.find(word.back()) == std::string_view::npos) break;
        word.remove_suffix(1);
    }
    return std::nullopt;
}

Result<chat::Image> read_image(const fs::path& file) {
    const auto bytes = TRY(os::read_file(file));
    return chat::make_image(bytes).context(printable(file.string()));
}

}  // namespace

Result<agent::UserMessage> with_named_images(std::string text, const fs::path& folder, const fs::path& home) {
    agent::UserMessage said;
    std::vector<fs::path> files;
    for (const auto& word : named_paths(text)) {
        auto file = image_file(word, folder, home);
        if (!file || std::ranges::find(files, *file) != files.end()) continue;
        said.images.push_back(TRY(read_image(*file)));
        files.push_back(*std::move(file));
    }
    TRY(chat::check_images(said.images));
    said.text = std::move(text);
    return said;
}

}  // namespace hearth::app

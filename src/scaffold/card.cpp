#include "scaffold/card.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <fmt/format.h>
#include <map>
#include <system_error>
#include <utility>

#include "core/text.h"
#include "os/files.h"
#include "resources/front_matter.h"

namespace hearth::scaffold {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMostBody = 1'000;  // bytes
constexpr std::size_t kMostFile = std::size_t{16} << 10U;
constexpr std::size_t kMostFiles = 500;  // of a folder

constexpr std::array<std::string_view, 4> kKeys = {"title", "kind", "tool", "words"};

// The line of the header on which a key stands, from 1; the first where it is not there.
std::size_t line_of(std::string_view text, std::string_view key) {
    const auto lines = split_lines(text);
    const auto found = std::find_if(lines.begin(), lines.end(), [&](std::string_view line) {
        return line.starts_with(key) && line.substr(key.size()).starts_with(':');
    });
    return found == lines.end() ? 1 : static_cast<std::size_t>(found - lines.begin()) + 1;
}

Error wrong(std::string_view text, std::string_view key, std::string_view what) {
    return {Code::kInvalidInput, fmt::format("line {}: {}", line_of(text, key), what)};
}

Status check_keys(const resources::FrontMatter& file, std::string_view text) {
    for (const auto& [key, value] : file.fields) {
        if (std::find(kKeys.begin(), kKeys.end(), key) == kKeys.end())
            return wrong(
                text, key,
                fmt::format("'{}' is nothing that a card has (title, kind, tool, words)", printable(key)));
    }
    return {};
}

void read_folder(const fs::path& folder, std::map<std::string, Card>& cards,
                 std::vector<std::string>& notices) {
    std::error_code error;
    std::vector<fs::path> files;
    for (fs::directory_iterator at(folder, error), end; !error && at != end; at.increment(error)) {
        if (at->path().extension() == ".md") files.push_back(at->path());
    }
    std::sort(files.begin(), files.end());
    if (files.size() > kMostFiles) {
        notices.push_back(fmt::format("{}: {} cards; the limit is {}, and the others are left out",
                                      folder.string(), files.size(), kMostFiles));
        files.resize(kMostFiles);
    }
    for (const auto& file : files) {
        const auto name = file.stem().string();
        const auto text = os::read_file(file, kMostFile);
        auto card = text ? parse_card(*text, name) : Result<Card>(text.error());
        if (card) {
            cards.insert_or_assign(name, *std::move(card));
        } else {
            notices.push_back(fmt::format("{}: {}", file.string(), card.error().message()));
        }
    }
}

}  // namespace

Result<Card> parse_card(std::string_view text, std::string_view name) {
    const auto file = TRY(resources::parse_front_matter(text));
    TRY(check_keys(file, text));
    const auto of = [&](std::string_view key) { return std::string(trim(file.find(key).value_or(""))); };
    Card card{.name = std::string(name),
              .title = of("title"),
              .tool = of("tool"),
              .words = of("words"),
              .body = std::string(trim(file.body))};
    if (card.title.empty()) return wrong(text, "title", "a card needs \"title: …\" in its header");
    const auto kind = of("kind");
    if (!kind.empty() && kind != "knowledge" && kind != "tool")
        return wrong(text, "kind", fmt::format("'kind' is knowledge or tool, not '{}'", printable(kind)));
    if (kind == "tool") card.kind = CardKind::kTool;
    if (card.kind == CardKind::kTool && card.tool.empty())
        return wrong(text, "kind", "a card of a tool needs \"tool: …\", the tool's name");
    if (card.kind != CardKind::kTool && !card.tool.empty())
        return wrong(text, "tool", "'tool' belongs to a card with \"kind: tool\"");
    if (card.body.empty()) return wrong(text, "title", "nothing stands behind the header");
    if (card.body.size() > kMostBody) {
        return Error(Code::kInvalidInput,
                     fmt::format("the text behind the header has {} bytes; the limit is {}", card.body.size(),
                                 kMostBody));
    }
    return card;
}

std::string card_text(const Card& card) {
    return fmt::format("A hint, where it fits: {}.\n{}", card.title, card.body);
}

FoundCards read_cards(const std::vector<fs::path>& folders) {
    std::map<std::string, Card> cards;
    FoundCards out;
    for (const auto& folder : folders)
        read_folder(folder, cards, out.notices);
    for (auto& [name, card] : cards)
        out.cards.push_back(std::move(card));
    return out;
}

}  // namespace hearth::scaffold

#include "app/code_cards.h"

#include <cstddef>
#include <system_error>
#include <utility>

#include "app/code_config.h"

namespace hearth::app {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMostPlaces = 3;
constexpr std::size_t kShortPrompt = 200;  // bytes: what to do stands elsewhere
constexpr std::size_t kShortText = 6'000;  // bytes of a text that says what to do
constexpr std::size_t kMostTexts = 3;

}  // namespace

std::vector<fs::path> card_folders(const fs::path& program_folder, const os::Paths& paths) {
    std::vector<fs::path> folders;
    for (const auto& shipped : {program_folder / "../share/hearth/cards", program_folder / "cards",
                                fs::path(HEARTH_SOURCE_CARDS)}) {
        std::error_code error;
        if (!fs::is_directory(shipped, error)) continue;
        folders.push_back(shipped.lexically_normal());
        break;
    }
    folders.push_back(paths.config / "cards");
    return folders;
}

Result<std::unique_ptr<scaffold::CardKeeper>> open_cards(CardParts parts) {
    if (!parts.asked && !TRY(read_code_config(parts.paths.config)).cards)
        return std::unique_ptr<scaffold::CardKeeper>();
    auto found = scaffold::read_cards(card_folders(os::executable_path(), parts.paths));
    for (const auto& notice : found.notices)
        parts.warn(notice);
    return std::make_unique<scaffold::CardKeeper>(
        scaffold::CardKeeper::Setup{.cards = scaffold::CardIndex(std::move(found.cards)),
                                    .form = parts.form,
                                    .about = std::move(parts.about),
                                    .count = std::move(parts.count),
                                    .told = std::move(parts.told)});
}

std::string known_of_task(const scaffold::Workbench& bench) {
    std::string out;
    std::size_t places = 0;
    for (const auto& target : bench.targets()) {
        if (++places > kMostPlaces) break;
        out += target.file + "\n" + target.definition + "\n" + target.missing + "\n";
    }
    out += bench.baseline().digest;
    if (bench.task().size() > kShortPrompt) return out;
    std::size_t texts = 0;
    for (const auto* file : bench.project().with_role(scaffold::FileRole::kText)) {
        if (file->content.size() > kShortText) continue;
        if (++texts > kMostTexts) break;
        out += "\n" + file->content;
    }
    return out;
}

}  // namespace hearth::app

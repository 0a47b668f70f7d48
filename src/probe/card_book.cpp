#include "probe/card_book.h"

#include <algorithm>
#include <fmt/format.h>
#include <system_error>
#include <utility>

#include "os/files.h"

namespace hearth::probe {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMostBytes = std::size_t{256} << 10U;
constexpr std::size_t kModelDigits = 24;
constexpr std::size_t kBuildDigits = 12;

// A key may be a path, which is no file name.
std::string digits(std::string_view key, std::size_t count) { return os::sha256(key).substr(0, count); }

std::optional<Card> read_card(const fs::path& file, std::string_view model) {
    const auto text = os::read_file(file, kMostBytes);
    if (!text) return std::nullopt;
    auto card = decode_card(*text);
    if (!card || card->model != model) return std::nullopt;
    return *std::move(card);
}

}  // namespace

fs::path CardBook::file_of(std::string_view model, std::string_view engine_build) const {
    return folder_ /
           fmt::format("{}-{}.json", digits(model, kModelDigits), digits(engine_build, kBuildDigits));
}

std::vector<fs::path> CardBook::files_of(std::string_view model) const {
    std::vector<fs::path> files;
    const auto prefix = digits(model, kModelDigits) + "-";
    std::error_code error;
    for (fs::directory_iterator each(folder_, error), end; !error && each != end; each.increment(error)) {
        const auto name = each->path().filename().string();
        if (name.starts_with(prefix) && name.ends_with(".json")) files.push_back(each->path());
    }
    std::sort(files.begin(), files.end());
    return files;
}

std::optional<Card> CardBook::newest(std::string_view model) const {
    std::optional<Card> newest;
    for (const auto& file : files_of(model)) {
        auto card = read_card(file, model);
        if (card && (!newest || card->unix_time > newest->unix_time)) newest = std::move(card);
    }
    return newest;
}

Status CardBook::keep(const Card& card) const {
    return os::write_file_atomic(file_of(card.model, card.engine_build), encode_card(card))
        .context("keeping the card of the model");
}

Result<int> CardBook::forget(std::string_view model) const {
    int removed = 0;
    for (const auto& file : files_of(model)) {
        TRY(os::remove_tree(file));
        ++removed;
    }
    return removed;
}

}  // namespace hearth::probe

#include "engine/slot_files.h"

#include <algorithm>
#include <charconv>
#include <fmt/format.h>

#include <boost/json.hpp>

#include "core/json.h"
#include "core/text.h"

namespace hearth::engine {
namespace {

namespace fs = std::filesystem;

constexpr std::chrono::seconds kLongest{20};  // of saving or restoring a slot; a gigabyte takes two or three
constexpr std::chrono::seconds kQuick{2};     // of a question
constexpr std::int64_t kMostSlots = 4096;

Result<std::string> ask(const net::Address& engine, const net::HttpRequest& request,
                        std::chrono::milliseconds longest) {
    const net::HttpLimits limits{.idle_timeout = {}, .total_timeout = longest};
    net::HttpResponse response = TRY(net::exchange(engine, request, limits));
    if (response.status != 200)
        return Error(Code::kUnsupported,
                     fmt::format("the engine answered {} to {}", response.status, request.target));
    return std::move(response.body);
}

net::HttpRequest slot_action(int slot, std::string_view action, const std::string& name) {
    return {.method = "POST",
            .target = fmt::format("/slots/{}?action={}", slot, action),
            .headers = {{"Content-Type", "application/json"}},
            .body = json::serialize(json::object{{"filename", name}})};
}

// "llamacpp:prompt_seconds_total 1.25"
double metric(std::string_view metrics, std::string_view name) {
    for (const std::string_view line : split_lines(metrics)) {
        if (!line.starts_with(name) || line.substr(name.size(), 1) != " ") continue;
        const std::string_view number = trim(line.substr(name.size()));
        double value = 0;
        const auto read = std::from_chars(number.data(), number.data() + number.size(), value);
        if (read.ec == std::errc() && value > 0) return value;
    }
    return 0;
}

Status save_slot(const net::Address& engine, const PromptFiles& files, const PromptUse& use,
                 const HeldPrompt& held, double pace) {
    const fs::path folder = TRY(files.folder());
    const std::string name = PromptFiles::fresh_name();
    const auto saved = ask(engine, slot_action(held.slot, "save", name), kLongest);
    std::error_code error;
    const auto bytes = fs::file_size(folder / name, error);
    const bool whole = saved && !error;
    if (!whole || !prompt_pays(held.tokens, pace, Bytes{static_cast<std::int64_t>(bytes)})) {
        fs::remove(folder / name, error);
        if (!saved) return Error(saved.error());
        return Error(Code::kUnsupported, "reading that prompt again takes no longer than reading its cache");
    }
    return files.keep(name, use, held.tokens);
}

}  // namespace

std::vector<HeldPrompt> held_prompts(std::string_view slots) {
    std::vector<HeldPrompt> held;
    const auto value = parse_json(slots);
    if (!value || !value->is_array()) return held;
    for (const json::value& each : value->get_array()) {
        const auto slot = integer_member(each, "id");
        const auto tokens = integer_member(each, "n_prompt_tokens");
        if (!slot || *slot < 0 || *slot >= kMostSlots || !tokens || *tokens <= 0) continue;
        if (bool_member(each, "is_processing").value_or(true)) continue;
        held.push_back({.slot = static_cast<int>(*slot), .tokens = Tokens{*tokens}});
    }
    return held;
}

double prompt_pace(std::string_view metrics) {
    const double seconds = metric(metrics, "llamacpp:prompt_seconds_total");
    return seconds > 0 ? metric(metrics, "llamacpp:prompt_tokens_total") / seconds : 0;
}

int save_slots(const net::Address& engine, const PromptFiles& files, const PromptUse& use) {
    std::error_code error;
    // A model that was removed meanwhile took its prompts with it.
    if (!fs::exists(use.model, error) || !files.has_room()) return 0;
    const auto slots = ask(engine, {.target = "/slots"}, kQuick);
    if (!slots) return 0;
    const auto metrics = ask(engine, {.target = "/metrics"}, kQuick);
    if (!metrics) return 0;
    const double pace = prompt_pace(*metrics);
    int saved = 0;
    for (const HeldPrompt& held : held_prompts(*slots)) {
        if (!prompt_pays(held.tokens, pace, Bytes{0})) continue;
        if (save_slot(engine, files, use, held, pace)) ++saved;
    }
    return saved;
}

Result<int> restore_slots(const net::Address& engine, const PromptFiles& files, const PromptUse& use,
                          int slots) {
    // A prompt that goes on with none of them takes the last slot.
    int slot = 0;
    for (const fs::path& file : files.find(use, static_cast<std::size_t>(std::max(slots, 0)))) {
        const auto done = ask(engine, slot_action(slot, "restore", file.filename().string()), kLongest);
        if (done) {
            ++slot;
            continue;
        }
        std::error_code ignored;
        fs::remove(file, ignored);
        if (done.error().code() == Code::kUnsupported) continue;  // it said no, and goes on
        return Error(Code::kUnavailable,
                     "the engine did not take a saved prompt cache: " + done.error().message());
    }
    return slot;
}

}  // namespace hearth::engine

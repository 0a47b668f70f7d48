#include "resources/settings.h"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <iterator>
#include <utility>

#include <boost/json.hpp>

#include "core/json.h"
#include "core/text.h"
#include "os/files.h"
#include "os/paths.h"

namespace hearth::resources {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMaxFile = std::size_t{1} << 20U;
constexpr std::int64_t kMostRetries = 10;
constexpr std::int64_t kMostDelayMs = 3'600'000;
// With these a project could run programs, trust itself, or have sessions kept elsewhere.
constexpr std::array<std::string_view, 3> kOfPersons = {"externalEditor", "defaultProjectTrust",
                                                        "sessionDir"};

std::size_t line_at(std::string_view text, std::size_t offset) {
    const auto before = text.substr(0, offset);
    return 1 + static_cast<std::size_t>(std::count(before.begin(), before.end(), '\n'));
}

// Line of the last of these keys, each looked for behind the one before.
std::size_t line_of(std::string_view text, std::string_view key) {
    std::size_t at = 0;
    for (const auto part : split(key, '.')) {
        const auto found = text.find(json_quote(part), at);
        if (found == std::string_view::npos) break;
        at = found;
    }
    return line_at(text, at);
}

// The parser says at which byte it stopped.
std::size_t line_of(std::string_view text, const Error& error) {
    constexpr std::string_view kAt = "at byte ";
    const std::string_view message = error.message();
    const auto at = message.find(kAt);
    if (at == std::string_view::npos) return 1;
    const auto digits = message.substr(at + kAt.size());
    return line_at(text,
                   static_cast<std::size_t>(
                       parse_number(digits.substr(0, digits.find_first_not_of("0123456789"))).value_or(0)));
}

class Reader {
public:
    Reader(std::string_view text, const fs::path& file, SettingsOf whose)
        : text_(text), file_(file), whose_(whose) {}

    Result<Settings> read(const json::value& value) {
        for (const auto& each : value.get_object()) {
            const std::string_view key = each.key();
            if (key == "compaction" || key == "retry" || key == "images") {
                TRY(group(key, each.value()));
            } else {
                TRY(one(key, each.value()));
            }
        }
        return std::move(out_);
    }

private:
    [[nodiscard]] Error wrong(std::string_view key, std::string_view what) const {
        return {Code::kInvalidInput,
                fmt::format("{}:{}: '{}' has to be {}", file_.string(), line_of(text_, key), key, what)};
    }

    Status group(std::string_view name, const json::value& value) {
        if (!value.is_object()) return wrong(name, "an object");
        for (const auto& each : value.get_object())
            TRY(one(fmt::format("{}.{}", name, std::string_view(each.key())), each.value()));
        return {};
    }

    Status one(std::string_view key, const json::value& value) {
        const bool of_persons = std::find(kOfPersons.begin(), kOfPersons.end(), key) != kOfPersons.end();
        if (of_persons && whose_ == SettingsOf::kProject) {
            out_.unused.push_back({std::string(key), file_});
            return {};
        }
        if (key == "defaultProvider") return text(key, value, out_.default_provider);
        if (key == "defaultModel") return text(key, value, out_.default_model);
        if (key == "theme") return text(key, value, out_.theme);
        if (key == "steeringMode") return mode(key, value, out_.steer_all);
        if (key == "followUpMode") return mode(key, value, out_.follow_up_all);
        if (key == "compaction.enabled") return flag(key, value, out_.compaction);
        if (key == "retry.enabled") return flag(key, value, out_.retry);
        if (key == "retry.maxRetries") return number(key, value, kMostRetries, out_.retries);
        if (key == "retry.baseDelayMs") return number(key, value, kMostDelayMs, out_.delay_ms);
        return more(key, value);
    }

    Status more(std::string_view key, const json::value& value) {
        if (key == "hideThinkingBlock") return flag(key, value, out_.hide_thinking);
        if (key == "quietStartup") return flag(key, value, out_.quiet);
        if (key == "enableSkillCommands") return flag(key, value, out_.skill_commands);
        if (key == "images.blockImages") return flag(key, value, out_.block_images);
        if (key == "externalEditor") return text(key, value, out_.editor);
        if (key == "sessionDir") return text(key, value, out_.session_dir);
        if (key == "defaultProjectTrust") return trust(key, value);
        if (key == "skills") return texts(key, value, out_.skills);
        if (key == "prompts") return texts(key, value, out_.prompts);
        out_.unused.push_back({std::string(key), file_});
        return {};
    }

    [[nodiscard]] static bool is_word(const json::value& value) {
        const auto* text = value.if_string();
        return text != nullptr && !text->empty() && text->find('\0') == json::string::npos;
    }

    Status text(std::string_view key, const json::value& value, MaybeSetting<std::string>& into) const {
        if (!is_word(value)) return wrong(key, "a text");
        into = Setting<std::string>{std::string(value.get_string()), file_};
        return {};
    }

    Status mode(std::string_view key, const json::value& value, MaybeSetting<bool>& into) const {
        const auto* given = value.if_string();
        if (given == nullptr || (*given != "all" && *given != "one-at-a-time"))
            return wrong(key, "\"all\" or \"one-at-a-time\"");
        into = Setting<bool>{*given == "all", file_};
        return {};
    }

    Status flag(std::string_view key, const json::value& value, MaybeSetting<bool>& into) const {
        if (!value.is_bool()) return wrong(key, "true or false");
        into = Setting<bool>{value.get_bool(), file_};
        return {};
    }

    Status number(std::string_view key, const json::value& value, std::int64_t most,
                  MaybeSetting<std::int64_t>& into) const {
        const auto* given = value.if_int64();
        if (given == nullptr || *given < 0 || *given > most)
            return wrong(key, fmt::format("a whole number from 0 to {}", most));
        into = Setting<std::int64_t>{*given, file_};
        return {};
    }

    Status trust(std::string_view key, const json::value& value) {
        const auto* given = value.if_string();
        if (given == nullptr || (*given != "ask" && *given != "always" && *given != "never"))
            return wrong(key, R"("ask", "always" or "never")");
        out_.project_trust = Setting<std::string>{std::string(*given), file_};
        return {};
    }

    Status texts(std::string_view key, const json::value& value,
                 std::vector<Setting<std::string>>& into) const {
        const auto* list = value.if_array();
        if (list == nullptr) return wrong(key, "a list of paths");
        for (const auto& each : *list) {
            if (!is_word(each)) return wrong(key, "a list of paths");
            into.push_back({std::string(each.get_string()), file_});
        }
        return {};
    }

    std::string_view text_;
    const fs::path& file_;
    SettingsOf whose_;
    Settings out_;
};

template <typename T>
void take(MaybeSetting<T>& under, MaybeSetting<T>&& over) {
    if (over) under = std::move(over);
}

void append(std::vector<Setting<std::string>>& under, std::vector<Setting<std::string>> over) {
    // What counts more comes first.
    std::swap(under, over);
    under.insert(under.end(), std::make_move_iterator(over.begin()), std::make_move_iterator(over.end()));
}

}  // namespace

Result<Settings> parse_settings(std::string_view text, const fs::path& file, SettingsOf whose) {
    const auto value = parse_json(text, {.max_bytes = kMaxFile});
    if (!value) {
        return Error(Code::kInvalidInput, fmt::format("{}:{}: {}", file.string(),
                                                      line_of(text, value.error()), value.error().message()));
    }
    if (!value->is_object())
        return Error(Code::kInvalidInput, fmt::format("{}:1: it is no JSON object", file.string()));
    return Reader(text, file, whose).read(*value);
}

Result<Settings> read_settings(const fs::path& file, SettingsOf whose) {
    const auto text = os::read_file(file, kMaxFile);
    if (!text && text.error().code() == Code::kNotFound) return Settings();
    if (!text) return text.error();
    return parse_settings(*text, file, whose);
}

Settings merge(Settings under, Settings over) {
    take(under.default_provider, std::move(over.default_provider));
    take(under.default_model, std::move(over.default_model));
    take(under.theme, std::move(over.theme));
    take(under.steer_all, std::move(over.steer_all));
    take(under.follow_up_all, std::move(over.follow_up_all));
    take(under.compaction, std::move(over.compaction));
    take(under.retry, std::move(over.retry));
    take(under.retries, std::move(over.retries));
    take(under.delay_ms, std::move(over.delay_ms));
    take(under.hide_thinking, std::move(over.hide_thinking));
    take(under.quiet, std::move(over.quiet));
    take(under.skill_commands, std::move(over.skill_commands));
    take(under.block_images, std::move(over.block_images));
    take(under.editor, std::move(over.editor));
    take(under.session_dir, std::move(over.session_dir));
    take(under.project_trust, std::move(over.project_trust));
    append(under.skills, std::move(over.skills));
    append(under.prompts, std::move(over.prompts));
    append(under.unused, std::move(over.unused));
    return under;
}

fs::path path_of(const Setting<std::string>& setting, const fs::path& home) {
    return os::written_path(setting.value, setting.file.parent_path(), home);
}

}  // namespace hearth::resources

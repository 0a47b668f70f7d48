#pragma once
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"

namespace hearth::extend {

// Something that a person is asked on behalf of an extension.
struct Dialog {
    enum class Kind : std::uint8_t { kSelect, kConfirm, kInput, kEditor };
    Kind kind = Kind::kConfirm;
    std::string title;
    std::string message;               // kConfirm
    std::vector<std::string> options;  // kSelect
    std::string placeholder;           // kInput
    std::string prefill;               // kEditor
    std::int64_t timeout_ms = 0;       // after which the extension asks no more, to be shown; 0: none
};

// Something that is shown.
struct Notice {
    enum class Kind : std::uint8_t { kNotify, kStatus, kWidget, kTitle, kEditorText };
    enum class Level : std::uint8_t { kInfo, kWarning, kError };
    Kind kind = Kind::kNotify;
    Level level = Level::kInfo;       // kNotify
    std::string key;                  // kStatus, kWidget: which one
    std::optional<std::string> text;  // kNotify, kStatus, kTitle, kEditorText; nothing: is taken away
    std::vector<std::string> lines;   // kWidget; none: is taken away
    bool below = false;               // kWidget: below the editor
};

// What became of a dialog.
struct DialogAnswer {
    bool cancelled = false;  // it was closed, or nobody is there to ask
    bool confirmed = false;  // kConfirm
    std::string value;       // else
};

// Whoever can ask a person, if there is one.
// Threads: any.
class Ui {
public:
    using Reply = std::function<void(const DialogAnswer&)>;

    Ui() = default;
    Ui(const Ui&) = delete;
    Ui& operator=(const Ui&) = delete;
    virtual ~Ui() = default;

    // Dialogs are answered by a person.
    [[nodiscard]] virtual bool has_dialogs() const = 0;

    // `reply` is called once, from any thread, never by this call itself. `id` names the dialog.
    virtual void ask(const std::string& id, const Dialog& dialog, Reply reply) = 0;

    // Nobody waits for the answer any more; `reply` is not called.
    virtual void withdraw(const std::string& id) = 0;

    // `extension` is its name.
    virtual void show(const std::string& extension, const Notice& notice) = 0;
};

// The params of a "ui" message. Errors: kInvalidInput. Pure.
[[nodiscard]] Result<Dialog> parse_dialog(std::string_view params);
[[nodiscard]] Result<Notice> parse_notice(std::string_view params);

// The result that an extension gets, as JSON. Pure.
[[nodiscard]] std::string dialog_answer_json(const DialogAnswer& answer, Dialog::Kind kind);

// The records of pi's RPC protocol for a client that shows them (extension_ui_request). Pure.
[[nodiscard]] std::string dialog_record(std::string_view id, const Dialog& dialog);
[[nodiscard]] std::string notice_record(std::string_view id, const Notice& notice);

}  // namespace hearth::extend

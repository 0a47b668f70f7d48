#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"
#include "core/units.h"

namespace hearth::probe {

// What was found out about one model file by asking it, on one machine with one engine. A part that was not measured is absent.

// Of `asked` answers `right` were so.
struct Share {
    int right = 0;
    int asked = 0;

    [[nodiscard]] double rate() const { return asked > 0 ? static_cast<double>(right) / asked : 0; }

    friend bool operator==(const Share&, const Share&) = default;
};

// In which form it calls tools that it is offered. Each answer counts once.
struct Calls {
    int native = 0;         // the engine found the call, by the chat template
    int as_text = 0;        // written out as text, which chat/text_calls.h reads
    int malformed = 0;      // a call that neither can use, or arguments that fit no schema
    int none = 0;           // no call
    Share right;            // the wanted tool with the wanted arguments, in whatever form
    std::string text_form;  // the form of most of `as_text`, in words; empty without any

    [[nodiscard]] int asked() const { return native + as_text + malformed + none; }

    friend bool operator==(const Calls&, const Calls&) = default;
};

// Whether it thinks before it answers.
struct Thinking {
    bool thinks = false;
    // Where it stands: "field" (the engine tells it apart), or the tag that opens it in the text ("<think>"). Empty without any.
    std::string where;
    bool can_be_off = true;  // a request that asks for none gets none
    Tokens tokens{0};        // of the thinking, mean over the questions; an estimate by its length

    friend bool operator==(const Thinking&, const Thinking&) = default;
};

enum class EditFormat : std::uint8_t {
    kWholeFile,  // the whole new file in a code block
    kFunction,   // just the function in a code block
    kReplace,    // a call of the tool `edit`, with the old text and the new
};

inline constexpr EditFormat kEditFormats[] = {EditFormat::kWholeFile, EditFormat::kFunction,
                                              EditFormat::kReplace};

// "whole file", "function", "search and replace".
[[nodiscard]] std::string_view format_words(EditFormat format);

struct EditShare {
    EditFormat format = EditFormat::kWholeFile;
    Share usable;       // answers that could be made into an edit
    Share right;        // answers after which the file was exactly what was asked for
    double tokens = 0;  // of one answer, mean

    friend bool operator==(const EditShare&, const EditShare&) = default;
};

// Things that stand at several depths of a text of that length, and were asked for.
struct WindowStep {
    Tokens tokens{0};  // of the whole prompt
    Share found;

    friend bool operator==(const WindowStep&, const WindowStep&) = default;
};

// Why no longer texts were tried.
enum class WindowEnd : std::uint8_t { kContext, kFailed, kTime };

struct Window {
    std::vector<WindowStep> steps;  // growing
    WindowEnd end = WindowEnd::kTime;

    friend bool operator==(const Window&, const Window&) = default;
};

// Several answers to one prompt at once.
struct BatchStep {
    int answers = 1;
    double tokens_per_second = 0;  // of all together

    friend bool operator==(const BatchStep&, const BatchStep&) = default;
};

struct Fill {
    bool supported = false;  // the engine knows how to ask this model
    Share right;

    friend bool operator==(const Fill&, const Fill&) = default;
};

// Answers to one small task of editing, sampled at a temperature.
struct SpreadStep {
    double temperature = 0;
    Share distinct;  // different answers, of all
    Share right;

    friend bool operator==(const SpreadStep&, const SpreadStep&) = default;
};

struct Card {
    std::string model;         // engine::model_key(): the file's hash
    std::string name;          // as it was asked for; says nothing about which model it is
    std::string engine;        // "llama.cpp 0.5.0 (zen4)"
    std::string engine_build;  // engine::build_fingerprint()
    std::string machine;       // capacity::machine_identity()
    std::string hearth;        // version that asked
    std::int64_t unix_time = 0;
    double seconds = 0;
    bool quick = false;  // a small sample
    Tokens context{0};   // window that it was served with

    std::optional<Calls> calls;
    std::optional<Thinking> thinking;
    std::vector<EditShare> edits;  // at most one a format
    std::optional<Window> window;
    std::vector<BatchStep> batch;
    std::optional<Fill> fill;
    std::vector<SpreadStep> spread;

    friend bool operator==(const Card&, const Card&) = default;
};

// The card as a JSON document, with Wilson's 95 % interval beside each share, and back (intervals are not read). Pure.
// Errors: kCorrupt, kTooLarge; kUnsupported for a card of another version; kInvalidInput for numbers that no probe gives.
[[nodiscard]] std::string encode_card(const Card& card);
[[nodiscard]] Result<Card> decode_card(std::string_view text);

}  // namespace hearth::probe

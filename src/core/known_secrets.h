#pragma once
#include <array>
#include <bitset>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace hearth {

struct Redacted {
    std::string text;
    std::size_t removed = 0;  // places that were replaced
};

// Overwrites all bytes that a text holds and empties it. Copies that were made of it are their owners'.
void wipe(std::string& text);

// Secrets whose values are known, found in texts in the forms in which programs write them: as they are; in base64, wherever in what was
// encoded they stand; in hexadecimal; percent-encoded; escaped for JSON and HTML; and any of these with lines broken within. What was
// compressed, encrypted or spelled otherwise is not found.
// Threads: any, once nothing more is added. Cost: linear. Their bytes are wiped at the end.
class KnownSecrets {
public:
    // Shorter ones would be found in what is none, so that add() leaves them out.
    static constexpr std::size_t kLeast = 8;

    KnownSecrets() = default;
    ~KnownSecrets();
    KnownSecrets(const KnownSecrets&) = delete;
    KnownSecrets& operator=(const KnownSecrets&) = delete;
    KnownSecrets(KnownSecrets&&) noexcept = default;
    KnownSecrets& operator=(KnownSecrets&&) = delete;

    // What stands in place of it is `instead`, or "[secret NAME]" where that is empty. False for one that is too short.
    bool add(std::string_view name, std::string_view value, std::string_view instead = {});

    [[nodiscard]] bool empty() const { return secrets_.empty(); }

    [[nodiscard]] Redacted without(std::string_view text) const;

    // The same for JSON, which stays JSON.
    [[nodiscard]] Redacted without_in_json(std::string_view json) const;

    // The name of the first one in a text; empty when there is none.
    [[nodiscard]] std::string_view find(std::string_view text) const;

    // A text in pieces. What could be the beginning of a secret is held back until it is known to be none. Outlived by its KnownSecrets.
    class Stream {
    public:
        explicit Stream(const KnownSecrets& known) : known_(known) {}

        // What can be passed on.
        [[nodiscard]] std::string take(std::string_view piece);

        // The rest, at the end.
        [[nodiscard]] std::string finish();

    private:
        const KnownSecrets& known_;
        std::string held_;
    };

private:
    struct Secret {
        std::string name;
        std::string instead;
    };

    struct Form {
        std::string bytes;
        std::size_t secret = 0;
        bool whole_in_json = false;  // no part of it is cut out of an escape
    };

    enum class Kind : std::uint8_t { kText, kJson, kOpenEnd };

    // What was found: text before `end` is done with.
    struct Found {
        std::size_t begin = std::string_view::npos;  // npos: nothing
        std::size_t length = 0;                      // 0: the text ends within what may be one
        std::size_t secret = 0;
    };

    [[nodiscard]] Found find_from(std::string_view text, std::size_t from, Kind kind) const;
    [[nodiscard]] Found longest_at(std::string_view text, std::size_t at, Kind kind) const;
    [[nodiscard]] bool may_begin(std::string_view text, std::size_t at) const;
    // Replaces up to where `text` is done with; returns how far that is.
    std::size_t replace(std::string_view text, Kind kind, Redacted& into) const;
    void add_form(std::string bytes, bool is_json = false);

    std::vector<Secret> secrets_;
    std::vector<Form> forms_;
    std::array<std::vector<std::uint32_t>, 256> by_first_;  // forms that begin with this byte
    std::bitset<65536> pairs_;                              // with which two bytes one can begin
};

}  // namespace hearth

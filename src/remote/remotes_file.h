#pragma once
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"
#include "core/units.h"
#include "remote/base_url.h"

namespace hearth::remote {

// A model of a remote: as it is called in this server, and there.
struct OfferedName {
    std::string here;
    std::string there;

    bool operator==(const OfferedName&) const = default;
};

// A server elsewhere that answers requests of this one.
struct Remote {
    std::string name;
    BaseUrl url;
    std::string secret;               // its name in the store of secrets; empty: it needs none
    bool secret_in_clear = false;     // the secret may go over plain HTTP into a network that is not private
    std::vector<OfferedName> models;  // none: all that it lists, under their names there
    int slots = 4;                    // requests of each of its models at once
    Tokens context{0};                // window of its models; 0: as it reports
    std::size_t line = 0;             // in its file, from 1; 0: in none

    bool operator==(const Remote&) const = default;
};

inline constexpr int kMostSlots = 1024;
inline constexpr std::int64_t kMostContext = 1'000'000'000;

// Errors: kInvalidInput with what is wrong: a name that is none (1 to 64 letters, digits, '-', '_', '.'), numbers that are out of their
// range, a model twice, a secret that would go over plain HTTP into a network that is not private. Pure.
[[nodiscard]] Status check_remote(const Remote& remote);

// "qwen3:8b", or "small=gpt-5-mini": HERE=THERE. Errors: kInvalidInput. Pure.
[[nodiscard]] Result<OfferedName> parse_offered_name(std::string_view text);
[[nodiscard]] std::string offered_name_text(const OfferedName& name);

// The text of a remotes.toml (docs/serve.md, "Engines elsewhere"). Errors: kInvalidInput with file and line. Pure.
[[nodiscard]] Result<std::vector<Remote>> parse_remotes(std::string_view text,
                                                        const std::filesystem::path& file);

// The text with one more remote at its end, or without one. What else is in it stays, comments too: those right above a remote are its
// own. Pure.
[[nodiscard]] std::string with_remote(std::string text, const Remote& remote);
[[nodiscard]] std::string without_remote(std::string_view text, const std::vector<Remote>& remotes,
                                         std::string_view name);

// All of the file; none when there is no file. Errors: as parse_remotes(), and of reading.
[[nodiscard]] Result<std::vector<Remote>> load_remotes(const std::filesystem::path& file);

// Change the file (0600) in one step; processes that do so at once wait for each other.
// Errors: as load_remotes(); kConflict for a name that is there already, or while another process changes the file; kNotFound.
[[nodiscard]] Status add_remote(const std::filesystem::path& file, const Remote& remote);
[[nodiscard]] Status remove_remote(const std::filesystem::path& file, std::string_view name);

}  // namespace hearth::remote

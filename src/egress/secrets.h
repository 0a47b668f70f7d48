#pragma once
#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/known_secrets.h"
#include "core/result.h"
#include "egress/rule.h"
#include "net/http_server.h"

namespace hearth::egress {

// A secret, and what programs in the sandbox have in its place.
struct HeldSecret {
    std::string name;
    std::string value;
    std::string placeholder;  // that nobody can guess
};

// The secrets of a proxy: they are put into requests to where a rule has them go, and taken out of answers.
// Threads: any; never changed. The values are wiped at the end.
class Secrets {
public:
    Secrets() = default;
    ~Secrets();
    Secrets(const Secrets&) = delete;
    Secrets& operator=(const Secrets&) = delete;
    Secrets(Secrets&&) noexcept = default;
    Secrets& operator=(Secrets&&) = delete;

    // Errors: kInvalidInput for a value that is too short to be found in an answer, and for a rule that names none of them.
    static Result<Secrets> create(std::vector<HeldSecret> held, std::span<const Rule> rules);

    // Puts values in the place of placeholders in the fields of a request that the rules of these numbers allow. Returns the numbers
    // of those whose secrets it carries now.
    // Errors: kPermission for a request that carries a placeholder, or a value, anywhere else.
    [[nodiscard]] Result<std::vector<std::size_t>> put_in(std::span<const Rule> rules,
                                                          std::span<const std::size_t> allowing,
                                                          net::ServedRequest& request) const;

    // A text that comes from elsewhere with placeholders in place of values.
    [[nodiscard]] const KnownSecrets& values() const { return values_; }

private:
    [[nodiscard]] std::string_view carried_in(std::string_view text) const;
    [[nodiscard]] const HeldSecret* named(std::string_view name) const;
    [[nodiscard]] const Rule* rule_for(std::span<const Rule> rules, std::span<const std::size_t> allowing,
                                       std::string_view header, std::string_view value) const;

    std::vector<HeldSecret> held_;
    KnownSecrets values_;
    KnownSecrets placeholders_;
};

// Whether a rule has a secret go to this host: what comes back from there may hold it.
[[nodiscard]] bool knows_a_secret(std::span<const Rule> rules, const Asked& asked);

}  // namespace hearth::egress

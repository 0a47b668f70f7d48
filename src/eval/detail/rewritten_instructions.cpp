#include "eval/detail/rewritten_instructions.h"

#include <algorithm>
#include <map>

#include "core/text.h"
#include "eval/detail/markdown_parts.h"

namespace hearth::eval::detail {
namespace {

constexpr std::size_t kMaxGap = 60;  // bytes between the constants of one example

struct Region {
    std::size_t from = 0;
    std::size_t to = 0;
};

bool has_digit(std::string_view text) {
    return std::ranges::any_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

std::vector<Region> code_regions(std::string_view text) {
    std::vector<Region> regions;
    for (const auto& part : markdown_parts(text))
        if (part.is_code) regions.push_back({part.at, part.at + part.text.size()});
    return regions;
}

// Paragraphs and points of a list.
std::vector<Region> blocks_of(std::string_view text) {
    std::vector<Region> blocks;
    std::size_t at = 0;
    Region block;
    while (at < text.size()) {
        const auto end = std::min(text.find('\n', at), text.size());
        const auto line = text.substr(at, end - at);
        const bool point = line.starts_with("- ") || line.starts_with("* ") || line.starts_with("#");
        if (trim(line).empty() || point) {
            if (block.to > block.from) blocks.push_back(block);
            block = {at, at};
        }
        block.to = end;
        at = end + 1;
    }
    if (block.to > block.from) blocks.push_back(block);
    return blocks;
}

bool is_example(std::string_view block) { return block.contains("xample") || block.contains("e.g."); }

class Rewriter {
public:
    Rewriter(std::string_view text, const InstructionChanges& changes)
        : text_(text), changes_(changes), atoms_(atoms_of_text(text)), code_(code_regions(text)) {}

    std::optional<std::string> rewrite() {
        for (const auto& block : blocks_of(text_))
            if (!rewrite(block)) return std::nullopt;
        std::string result;
        std::size_t at = 0;
        for (const auto& [from, edit] : edits_) {
            if (from < at) continue;
            result += text_.substr(at, from - at);
            result += edit.text;
            at = from + edit.size;
        }
        result += text_.substr(at);
        return result;
    }

private:
    struct Edit {
        std::size_t size = 0;
        std::string text;
    };

    using Edits = std::map<std::size_t, Edit>;

    bool rewrite(Region block) {
        const auto text = text_.substr(block.from, block.to - block.from);
        Edits linked;
        for (const auto& example : changes_.examples)
            link(example, block, linked);
        const bool example = is_example(text) || !linked.empty();
        if (!linked.empty() && is_stale(block, linked)) {
            if (changes_.computed_anew) return false;
            linked.clear();
        }
        if (changes_.computed_anew && !is_explained(block, linked, example)) return false;
        edits_.insert(linked.begin(), linked.end());
        const bool whole = !example || !is_stale(block, linked);
        for (const auto& atom : atoms_) {
            if (!is_in(atom, block) || covered(atom, linked)) continue;
            const auto key = key_of(atom);
            const bool code = in_code(atom.at);
            const auto* value = value_in(changes_.specification, key);
            if (value != nullptr && !atom.number && !code) value = nullptr;
            if (value == nullptr && whole && (example || (code && !atom.number)))
                value = value_in(changes_.in_examples, key);
            if (value != nullptr) edits_[atom.at] = {atom.text.size(), in_form_of(atom.text, *value)};
        }
        return true;
    }

    static const std::string* value_in(const Draw& draw, const std::string& key) {
        const auto found = draw.find(key);
        return found == draw.end() ? nullptr : &found->second;
    }

    static bool is_in(const Atom& atom, Region block) { return atom.at >= block.from && atom.at < block.to; }

    [[nodiscard]] bool in_code(std::size_t at) const {
        return std::ranges::any_of(code_,
                                   [at](Region region) { return at >= region.from && at < region.to; });
    }

    static bool covered(const Atom& atom, const Edits& edits) {
        auto next = edits.upper_bound(atom.at);
        return next != edits.begin() && atom.at < std::prev(next)->first + std::prev(next)->second.size;
    }

    // An old value would stand beside the new ones.
    [[nodiscard]] bool is_stale(Region block, const Edits& linked) const {
        return std::ranges::any_of(atoms_, [&](const Atom& atom) {
            return is_in(atom, block) && !covered(atom, linked) && changes_.old.contains(key_of(atom));
        });
    }

    // No result of the old specification may be left.
    [[nodiscard]] bool is_explained(Region block, const Edits& linked, bool example) const {
        return std::ranges::all_of(atoms_, [&](const Atom& atom) {
            if (!is_in(atom, block) || !atom.number || covered(atom, linked)) return true;
            const auto key = key_of(atom);
            if (changes_.specification.contains(key) || key.size() == 1) return true;
            if (changes_.numbers.contains(key)) return true;
            return !example && !changes_.old.contains(key);
        });
    }

    void link(const ProvenExample& example, Region block, Edits& edits) const {
        if (example.function.empty() || example.changes.empty()) return;
        std::size_t at = block.from;
        while ((at = text_.find(example.function, at)) < block.to) {
            const auto end = at + example.function.size();
            const bool whole =
                (at == 0 || !is_part_of_name(text_[at - 1])) && end < text_.size() && text_[end] == '(';
            if (whole) {
                if (auto found = chain(example, {end, block.to})) edits.insert(found->begin(), found->end());
            }
            at = end;
        }
    }

    // All constants in order, with nothing of another example between them.
    [[nodiscard]] std::optional<Edits> chain(const ProvenExample& example, Region rest) const {
        Edits edits;
        auto at = rest.from;
        for (const auto& change : example.changes) {
            if (change.before.empty()) continue;
            const auto found = find(change, {at, rest.to});
            if (!found || *found - at > kMaxGap || has_digit(text_.substr(at, *found - at)))
                return std::nullopt;
            at = *found + change.before.size();
            edits[*found] = {change.before.size(), change.after};
        }
        return edits;
    }

    [[nodiscard]] std::optional<std::size_t> find(const ProvenExample::Change& change, Region rest) const {
        std::size_t at = rest.from;
        while ((at = text_.find(change.before, at)) < rest.to) {
            const auto end = at + change.before.size();
            const bool front = at == 0 || !is_part_of_name(text_[at - 1]) || !is_part_of_name(text_[at]);
            const bool back =
                end >= text_.size() || !is_part_of_name(text_[end]) || !is_part_of_name(text_[end - 1]);
            const bool more = change.number && end + 1 < text_.size() && text_[end] == '.' &&
                              has_digit(text_.substr(end + 1, 1));
            const bool negative =
                change.number && change.before.front() != '-' && at > 0 && text_[at - 1] == '-';
            if (front && back && !more && !negative && end <= rest.to) return at;
            ++at;
        }
        return std::nullopt;
    }

    std::string_view text_;
    const InstructionChanges& changes_;
    std::vector<Atom> atoms_;
    std::vector<Region> code_;
    Edits edits_;
};

}  // namespace

std::optional<std::string> rewritten_instructions(std::string_view text, const InstructionChanges& changes) {
    return Rewriter(text, changes).rewrite();
}

InstructionWords words_of_instructions(std::string_view text) {
    InstructionWords words;
    const auto code = code_regions(text);
    for (const auto& atom : atoms_of_text(text)) {
        const bool in_code = std::ranges::any_of(
            code, [&](Region region) { return atom.at >= region.from && atom.at < region.to; });
        if (atom.number)
            words.numbers.insert(key_of(atom));
        else
            (in_code ? words.code : words.prose).insert(key_of(atom));
    }
    return words;
}

}  // namespace hearth::eval::detail

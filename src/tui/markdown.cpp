#include "tui/markdown.h"

#include <algorithm>
#include <fmt/format.h>
#include <memory>
#include <string>
#include <utility>

#include <cmark-gfm-core-extensions.h>
#include <cmark-gfm-extension_api.h>
#include <cmark-gfm.h>

#include "core/text.h"
#include "tui/lines.h"
#include "tui/width.h"

namespace hearth::tui {
namespace {

constexpr int kNarrowest = 8;           // a nested block is not made narrower
constexpr int kDeepest = 40;            // of nested blocks and styles
constexpr std::size_t kMostCells = 64;  // columns of a table

using Node = std::unique_ptr<cmark_node, void (*)(cmark_node*)>;

Node parse(std::string_view text) {
    cmark_gfm_core_extensions_ensure_registered();
    auto* parser = cmark_parser_new(CMARK_OPT_DEFAULT);
    for (const auto* name : {"table", "strikethrough", "tasklist"}) {
        if (auto* extension = cmark_find_syntax_extension(name))
            cmark_parser_attach_syntax_extension(parser, extension);
    }
    cmark_parser_feed(parser, text.data(), text.size());
    Node document(cmark_parser_finish(parser), cmark_node_free);
    cmark_parser_free(parser);
    return document;
}

std::string_view literal(cmark_node* node) {
    const char* text = cmark_node_get_literal(node);
    return text == nullptr ? "" : text;
}

bool is_kind(cmark_node* node, std::string_view name) { return name == cmark_node_get_type_string(node); }

class Renderer {
public:
    explicit Renderer(const Theme& theme) : theme_(theme) {}

    // The blocks in a node, an empty line between each two where they are not `tight`.
    void blocks(cmark_node* parent, int width, bool tight, int depth, std::vector<Line>& out) const {
        bool first = true;
        for (auto* node = cmark_node_first_child(parent); node != nullptr; node = cmark_node_next(node)) {
            if (!first && !tight) out.emplace_back();
            first = false;
            block(node, std::max(width, kNarrowest), depth, out);
        }
    }

private:
    void block(cmark_node* node, int width, int depth, std::vector<Line>& out) const {
        if (depth > kDeepest) return add(wrap("\u2026", theme_.muted, width), out);
        switch (cmark_node_get_type(node)) {
            case CMARK_NODE_HEADING: return heading(node, width, out);
            case CMARK_NODE_CODE_BLOCK: return code(node, width, out);
            case CMARK_NODE_BLOCK_QUOTE: return quote(node, width, depth, out);
            case CMARK_NODE_LIST: return list(node, width, depth, out);
            case CMARK_NODE_HTML_BLOCK:
                return add(wrap(without_end(literal(node)), theme_.plain, width), out);
            case CMARK_NODE_THEMATIC_BREAK: {
                std::string rule;
                for (int i = 0; i < std::min(width, 40); ++i)
                    rule += "\u2500";
                out.push_back(clip({{rule, theme_.marker}}, width));
                return;
            }
            default: break;
        }
        if (is_kind(node, "table")) return table(node, width, out);
        Line line;
        inlines(node, theme_.plain, depth, line);
        add(wrap(line, width), out);
    }

    static void add(std::vector<Line> lines, std::vector<Line>& out) {
        std::move(lines.begin(), lines.end(), std::back_inserter(out));
    }

    static std::string_view without_end(std::string_view text) {
        while (text.ends_with('\n'))
            text.remove_suffix(1);
        return text;
    }

    void heading(cmark_node* node, int width, std::vector<Line>& out) const {
        auto style = theme_.heading;
        if (cmark_node_get_heading_level(node) == 1) style.underline = true;
        Line line;
        inlines(node, style, 0, line);
        add(wrap(line, width), out);
    }

    void code(cmark_node* node, int width, std::vector<Line>& out) const {
        const char* info = cmark_node_get_fence_info(node);
        const std::string language = info == nullptr ? "" : info;
        add(wrap("```" + language, theme_.muted, width), out);
        const auto text = without_end(literal(node));
        for (const auto line : split(text, '\n')) {
            for (auto& each : wrap(line, theme_.code_block, width - 2))
                out.push_back(prefixed({{"  ", {}}}, std::move(each)));
        }
        add(wrap("```", theme_.muted, width), out);
    }

    void quote(cmark_node* node, int width, int depth, std::vector<Line>& out) const {
        std::vector<Line> inner;
        blocks(node, width - 2, false, depth + 1, inner);
        for (auto& each : inner)
            out.push_back(prefixed({{"\u2502 ", theme_.quote}}, std::move(each)));
    }

    void list(cmark_node* node, int width, int depth, std::vector<Line>& out) const {
        const bool tight = cmark_node_get_list_tight(node) != 0;
        const bool ordered = cmark_node_get_list_type(node) == CMARK_ORDERED_LIST;
        int number = cmark_node_get_list_start(node);
        bool first = true;
        for (auto* item = cmark_node_first_child(node); item != nullptr; item = cmark_node_next(item)) {
            if (!first && !tight) out.emplace_back();
            first = false;
            auto mark = ordered ? fmt::format("{}. ", number++) : std::string("\u2022 ");
            if (is_kind(item, "tasklist"))
                mark = cmark_gfm_extensions_get_tasklist_item_checked(item) ? "[x] " : "[ ] ";
            const auto indent = text_width(mark);
            std::vector<Line> inner;
            blocks(item, width - indent, tight, depth + 1, inner);
            if (inner.empty()) inner.emplace_back();
            for (std::size_t i = 0; i < inner.size(); ++i) {
                const Span before = i == 0 ? Span{mark, theme_.marker}
                                           : Span{std::string(static_cast<std::size_t>(indent), ' '), {}};
                // A deep list in a narrow window ends at the edge.
                out.push_back(clip(prefixed({before}, std::move(inner[i])), width));
            }
        }
    }

    struct Grid {
        std::vector<std::vector<Line>> rows;  // cells on one line each
        std::vector<int> widths;
    };

    [[nodiscard]] Grid grid_of(cmark_node* table) const {
        Grid grid;
        for (auto* row = cmark_node_first_child(table); row != nullptr; row = cmark_node_next(row)) {
            auto& cells = grid.rows.emplace_back();
            auto style = theme_.plain;
            style.bold = grid.rows.size() == 1;
            for (auto* cell = cmark_node_first_child(row); cell != nullptr && cells.size() < kMostCells;
                 cell = cmark_node_next(cell)) {
                inlines(cell, style, 0, cells.emplace_back());
                if (grid.widths.size() < cells.size()) grid.widths.push_back(1);
                auto& width = grid.widths[cells.size() - 1];
                width = std::max(width, line_width(cells.back()));
            }
        }
        return grid;
    }

    // The widest columns give until the table fits; cells are then broken into several lines.
    void table(cmark_node* node, int width, std::vector<Line>& out) const {
        auto grid = grid_of(node);
        if (grid.widths.empty()) return;
        const auto columns = static_cast<int>(grid.widths.size());
        const int room = std::max(width - 3 * (columns - 1), columns);
        const auto total = [&] {
            int sum = 0;
            for (const auto each : grid.widths)
                sum += each;
            return sum;
        };
        for (int over = total() - room; over > 0; --over)
            --*std::max_element(grid.widths.begin(), grid.widths.end());
        for (std::size_t row = 0; row < grid.rows.size(); ++row) {
            table_row(grid, row, width, out);
            if (row > 0) continue;
            std::string rule;
            for (std::size_t i = 0; i < grid.widths.size(); ++i) {
                rule += i > 0 ? "\u2500\u253C\u2500" : "";
                for (int n = 0; n < grid.widths[i]; ++n)
                    rule += "\u2500";
            }
            out.push_back(clip({{rule, theme_.table_line}}, width));
        }
    }

    void table_row(const Grid& grid, std::size_t row, int width, std::vector<Line>& out) const {
        std::vector<std::vector<Line>> cells;
        std::size_t height = 1;
        for (std::size_t i = 0; i < grid.widths.size(); ++i) {
            const bool there = i < grid.rows[row].size();
            cells.push_back(wrap(there ? grid.rows[row][i] : Line(), grid.widths[i]));
            height = std::max(height, cells.back().size());
        }
        for (std::size_t n = 0; n < height; ++n) {
            Line line;
            for (std::size_t i = 0; i < cells.size(); ++i) {
                if (i > 0) line.push_back({" \u2502 ", theme_.table_line});
                auto piece = padded(n < cells[i].size() ? cells[i][n] : Line(), grid.widths[i], {});
                line.insert(line.end(), piece.begin(), piece.end());
            }
            out.push_back(clip(line, width));
        }
    }

    void inlines(cmark_node* parent, const Style& style, int depth, Line& out) const {
        for (auto* node = cmark_node_first_child(parent); node != nullptr; node = cmark_node_next(node))
            inline_of(node, style, depth + 1, out);
    }

    void inline_of(cmark_node* node, Style style, int depth, Line& out) const {
        if (depth > kDeepest) return;
        const auto type = cmark_node_get_type(node);
        if (type == CMARK_NODE_TEXT || type == CMARK_NODE_HTML_INLINE) {
            out.push_back({std::string(literal(node)), style});
        } else if (type == CMARK_NODE_CODE) {
            auto code = theme_.code;
            code.bold = style.bold;
            out.push_back({std::string(literal(node)), code});
        } else if (type == CMARK_NODE_SOFTBREAK) {
            out.push_back({" ", style});
        } else if (type == CMARK_NODE_LINEBREAK) {
            out.push_back({"\n", style});
        } else if (type == CMARK_NODE_LINK || type == CMARK_NODE_IMAGE) {
            link(node, depth, out);
        } else {
            if (type == CMARK_NODE_STRONG) style.bold = true;
            if (type == CMARK_NODE_EMPH) style.italic = true;
            if (is_kind(node, "strikethrough")) style.strike = true;
            inlines(node, style, depth, out);
        }
    }

    // Where a link leads is always seen, so that its text cannot say otherwise.
    void link(cmark_node* node, int depth, Line& out) const {
        const auto begin = out.size();
        inlines(node, theme_.link, depth, out);
        const char* url = cmark_node_get_url(node);
        if (url == nullptr || *url == '\0') return;
        if (out.size() == begin + 1 && out.back().text == url) return;
        out.push_back({fmt::format(" ({})", url), theme_.muted});
    }

    const Theme& theme_;
};

}  // namespace

std::vector<Line> render_markdown(std::string_view text, int width, const Theme& theme) {
    const auto document = parse(text);
    std::vector<Line> out;
    Renderer(theme).blocks(document.get(), width, false, 0, out);
    for (auto& line : out) {
        if (line_width(line) > width) line = clip(line, width);
    }
    return out;
}

std::size_t closed_blocks(std::string_view text) {
    const auto document = parse(text);
    auto* last = cmark_node_last_child(document.get());
    if (last == nullptr || cmark_node_previous(last) == nullptr) return 0;
    const int line = cmark_node_get_start_line(last);
    std::size_t at = 0;
    for (int n = 1; n < line; ++n) {
        const auto end = text.find('\n', at);
        if (end == std::string_view::npos) return 0;
        at = end + 1;
    }
    return at;
}

}  // namespace hearth::tui

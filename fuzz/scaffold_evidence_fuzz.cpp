#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "core/text.h"
#include "scaffold/evidence.h"
#include "scaffold/evidence_source.h"

// Any bytes as the data of an entry: what is accepted keeps to the limits and is the same when it is written and read again. Before and behind
// the first line end any bytes as a snippet and its source: what is found stands there but for white space.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace hearth::scaffold;
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    if (const auto piece = parse_evidence(text)) {
        if (piece->snippet.size() > kMostSnippet || evidence_id(piece->id) != piece->id) std::abort();
        const auto again = parse_evidence(evidence_json(*piece));
        if (!again || again->snippet != piece->snippet || again->id != piece->id) std::abort();
        std::vector<hearth::agent::Entry> log(1);
        log[0].id = "a";
        log[0].type = "custom";
        log[0].custom_type = kEvidenceEntry;
        log[0].custom_data = text;
        if (evidence_of(log, "").size() != 1) std::abort();
        (void)evidence_lines(evidence_of(log, "a"), kMostToldEvidence);
    }
    const auto end = text.find('\n');
    if (end == std::string_view::npos) return 0;
    const auto snippet = text.substr(0, end);
    const auto source = text.substr(end + 1);
    const auto quote = find_quote(source, snippet);
    if (quote && single_spaced(*quote) != single_spaced(snippet)) std::abort();
    if (quote && single_spaced(source).find(single_spaced(*quote)) == std::string::npos) std::abort();
    if (nearest_lines(source, snippet).size() > 1'000) std::abort();
    return 0;
}

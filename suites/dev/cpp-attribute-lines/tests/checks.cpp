#include "attributes.h"
#include "checks.h"

#include <stdexcept>

static std::string shown(const std::string& line) {
    std::string out;
    try {
        for (const auto& entry : parse(line)) out += "<" + entry.first + "|" + entry.second + ">";
    } catch (const std::runtime_error&) {
        return "error";
    }
    return out;
}

int main() {
    checks::same("empty line", shown("  "), "");
    checks::same("plain values", shown("family = Rosaceae;genus=Rosa"), "<family|Rosaceae><genus|Rosa>");
    checks::same("blanks", shown(" \tfamily\t=  dog rose \t; x = 1 "), "<family|dog rose><x|1>");
    checks::same("flags", shown("pressed; dried_2"), "<pressed|yes><dried_2|yes>");
    checks::same("empty attributes", shown(";a=1;;b=2; ;"), "<a|1><b|2>");
    checks::same("empty value", shown("a=;b= "), "<a|><b|>");
    checks::same("equals sign in a value", shown("formula=a=b"), "<formula|a=b>");
    checks::same("quoted", shown(R"(note="dry; \"old\""; x)"), "<note|dry; \"old\"><x|yes>");
    checks::same("escapes", shown(R"(a="\\x\n=")"), "<a|\\x\n=>");
    checks::same("quoted blanks stay", shown(R"(a = "  b " ;c)"), "<a|  b ><c|yes>");
    checks::same("quoted empty", shown(R"(a="")"), "<a|>");
    checks::same("text after a quote", shown(R"(a="b" c)"), "error");
    checks::same("unclosed quote", shown(R"(a="b;c)"), "error");
    checks::same("a quote inside a value", shown(R"(a=b"c")"), "error");
    checks::same("unknown escape", shown(R"(a="\t")"), "error");
    checks::same("bad name", shown("a-b=1"), "error");
    checks::same("two words", shown("very dry"), "error");
    checks::same("no name", shown("=1"), "error");
    checks::same("a name twice", shown("a=1;b;a=2"), "error");
    return checks::finish();
}

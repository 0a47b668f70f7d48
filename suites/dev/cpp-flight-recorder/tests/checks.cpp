#include "checks.h"
#include "recorder.h"

using Texts = std::vector<std::string>;

static Recorder filled(std::size_t capacity, const std::string& letters) {
    Recorder recorder(capacity);
    for (char letter : letters) recorder.record(std::string(1, letter));
    return recorder;
}

int main() {
    checks::same("a new recorder", filled(3, "").entries(), Texts{});
    checks::same("partly filled", filled(3, "ab").entries(), Texts{"a", "b"});
    checks::same("just full", filled(3, "abc").entries(), Texts{"a", "b", "c"});
    checks::same("one over", filled(3, "abcd").entries(), Texts{"b", "c", "d"});
    checks::same("twice round", filled(3, "abcdefgh").entries(), Texts{"f", "g", "h"});
    checks::same("capacity one", filled(1, "xyz").entries(), Texts{"z"});
    checks::same("lost while it fills", filled(3, "abc").lost(), 0u);
    checks::same("lost when new", filled(3, "").lost(), 0u);
    checks::same("lost later", filled(3, "abcdefgh").lost(), 5u);
    checks::same("capacity zero keeps nothing", filled(0, "ab").entries(), Texts{});
    checks::same("capacity zero loses all", filled(0, "ab").lost(), 2u);

    Recorder recorder = filled(2, "abc");
    recorder.clear();
    checks::same("entries after clear", recorder.entries(), Texts{});
    checks::same("lost after clear", recorder.lost(), 0u);
    recorder.record("n");
    checks::same("recording after clear", recorder.entries(), Texts{"n"});
    return checks::finish();
}

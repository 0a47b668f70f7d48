#include "checks.h"
#include "folder.h"

#include <cctype>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <new>

static long living = 0;

void* operator new(std::size_t size) {
    ++living;
    if (void* memory = std::malloc(size)) return memory;
    throw std::bad_alloc();
}
void operator delete(void* memory) noexcept {
    if (memory != nullptr) --living;
    std::free(memory);
}
void operator delete(void* memory, std::size_t) noexcept { operator delete(memory); }

static long words(const std::string& path) {
    std::ifstream file(path);
    const std::string text((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
    long count = 0;
    std::string word;
    for (char c : text + " ") {
        if (std::isalnum(static_cast<unsigned char>(c)) || c == '_') {
            word += c;
            continue;
        }
        count += word == "new" || word == "delete" || word == "malloc" || word == "free";
        word.clear();
    }
    return count;
}

using Names = std::vector<std::string>;

int main() {
    {
        Folder root("root");
        Folder& music = root.add("music");
        music.add("old").add("vinyl");
        root.add("text");
        checks::same("names", root.list(), Names{"music", "text"});
        checks::same("count", root.count(), 5);
        checks::same("find the folder itself", root.find("") == &root, true);
        checks::same("find below", root.find("music/old/vinyl") != nullptr, true);
        checks::same("find nothing", root.find("music/vinyl") == nullptr, true);
        for (int i = 0; i < 100; ++i) root.add("f" + std::to_string(i));
        checks::same("references stay valid", root.find("music") == &music, true);
        checks::same("replaced in its place", root.add("music").list(), Names{});
        checks::same("order after replacing", root.list().front(), "music");
        checks::same("count after replacing", root.count(), 103);
        checks::same("remove", root.remove("text"), true);
        checks::same("remove again", root.remove("text"), false);
        checks::same("count after removing", root.count(), 102);
    }
    const long before = living;
    { Folder("root").add("a").add("b").add("c"); }
    checks::same("allocations left after the root has gone", living - before, 0L);
    {
        Folder root("root");
        root.add("keep");
        root.add("go");
        const long low = living;
        root.find("go")->add("a folder with quite a long name").add("another folder with a long name");
        root.remove("go");
        checks::same("a removed subtree is freed at once", living < low, true);
        root.find("keep")->add("a folder with quite a long name");
        const long high = living;
        root.add("keep");
        checks::same("a replaced subtree is freed at once", living < high, true);
    }
    checks::same("words in folder.h", words("folder.h"), 0L);
    checks::same("words in folder.cpp", words("folder.cpp"), 0L);
    return checks::finish();
}

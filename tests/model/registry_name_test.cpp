#include "model/registry_name.h"

#include <gtest/gtest.h>

namespace hearth::model {
namespace {

struct Row {
    const char* text;
    const char* url;
    const char* tag;
    const char* name;  // here
};

TEST(RegistryName, IsReadAsOllamaReadsIt) {
    const Row rows[] = {
        {"llama3.2:1b", "https://registry.ollama.ai/v2/library/llama3.2", "1b", "llama3.2:1b"},
        {"llama3.2", "https://registry.ollama.ai/v2/library/llama3.2", "latest", "llama3.2:latest"},
        {"someone/model:q4", "https://registry.ollama.ai/v2/someone/model", "q4", "someone/model:q4"},
        {"Hub.example/User/Repo-GGUF:Q4_K_M", "https://hub.example/v2/User/Repo-GGUF", "Q4_K_M",
         "hub.example/user/repo-gguf:q4_k_m"},
        {"desk.example:5000/a/b", "https://desk.example:5000/v2/a/b", "latest",
         "desk.example:5000/a/b:latest"},
        {"127.0.0.1:5000/a/b:c", "http://127.0.0.1:5000/v2/a/b", "c", "127.0.0.1:5000/a/b:c"},
        {"127.example/a/b:c", "https://127.example/v2/a/b", "c", "127.example/a/b:c"},
    };
    for (const auto& row : rows) {
        const auto name = parse_registry_name(row.text);
        ASSERT_TRUE(name) << row.text;
        EXPECT_EQ(name->url(false), row.url);
        EXPECT_EQ(name->tag, row.tag);
        EXPECT_EQ(name->short_text(), row.name);
    }
}

TEST(RegistryName, IsNoAddress) {
    for (const char* text :
         {"", "a/b/c/d", "a b", "../x", "host:0/a/b", "host:99999/a/b", "x?y", "a//b", "http://x/y"})
        EXPECT_FALSE(parse_registry_name(text)) << text;
}

TEST(RegistryName, PlainHttpIsAskedFor) {
    EXPECT_EQ(parse_registry_name("desk.example/a/b")->url(true), "http://desk.example/v2/a/b");
}

}  // namespace
}  // namespace hearth::model

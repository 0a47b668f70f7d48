#include "scaffold/context_pack.h"

#include "scaffold/prompt_pack.h"

namespace hearth::scaffold {

Status ContextPack::on_prompt(std::string& text, std::stop_token /*stop*/) {
    text = build_pack({.project = bench_.project(),
                       .task = text,
                       .test_command = bench_.test_command(),
                       .baseline = bench_.baseline(),
                       .targets = bench_.targets(),
                       .max_bytes = max_bytes_});
    return {};
}

}  // namespace hearth::scaffold

#pragma once
#include <set>
#include <string>
#include <vector>

#include "eval/detail/code_tokens.h"

namespace hearth::eval::detail {

// Names of one source file, found by the words around them and not by a compiler.
struct CodeNames {
    std::set<std::string> defined;  // functions, classes, parameters, variables, fields, enumerators, macros
    std::set<std::string>
        foreign;  // imported from modules that are not the task's own, or qualified with std
    std::set<std::string> literal;  // words of strings that may be used to look something up
};

// `own_modules` are the stems of the task's own files. Pure.
[[nodiscard]] CodeNames code_names(const std::vector<CodeToken>& tokens, CodeLanguage language,
                                   const std::set<std::string>& own_modules);

// Keywords and what the language's library calls its functions, types and members: never renamed.
[[nodiscard]] bool is_library_name(const std::string& word, CodeLanguage language);

}  // namespace hearth::eval::detail

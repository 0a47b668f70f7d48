#pragma once
#include <string>
#include <string_view>

#include "core/result.h"
#include "scaffold/source_outline.h"

namespace hearth::scaffold {

// Turns code that a model wrote for a file into the file's new content.
//
// A model asked for a whole file often returns just the function it changed, or a class with only some methods. An existing
// file is never silently replaced by less: when the code holds every definition and constant of the file and most of its
// imports, it becomes the file; else its definitions take the place of those with the same name (methods of a partial class one
// by one; indentation and "Class::" adjusted); new methods go to the end of their class, new functions in front of the first
// definition replaced, or behind the last one when none is. Functions whose body was left out ("...") stay as they are. Constants, imports and includes that the file
// lacks are added. CRLF files keep their ends.
// `wanted` is the definition that was asked for: of several with one short name it is the one that a bare name means. It may be new to the file.
// Errors: kInvalidInput when the code has nothing to do with the file (no definition in common) or is empty. Pure.
[[nodiscard]] Result<std::string> splice(std::string_view file, std::string_view code, Syntax syntax,
                                         std::string_view wanted = {});

}  // namespace hearth::scaffold

#include "policy/command_words.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <string>
#include <vector>

namespace hearth::policy {
namespace {

using testing::Contains;
using testing::ElementsAreArray;

using Names = std::vector<std::string>;

TEST(CommandWords, TheFirstWordOfEachCommandIsAProgram) {
    const struct {
        const char* command;
        Names programs;
    } rows[] = {
        {"", {}},
        {"  # only a comment; rm x", {}},
        {"ls -la src", {"ls"}},
        {"cat a | grep b && wc -l; ls || head\ntail & sort",
         {"cat", "grep", "wc", "ls", "head", "tail", "sort"}},
        {"(cd src; make)", {"cd", "make"}},
        {"{ make; }", {"make"}},
        {"! grep -q x y", {"grep"}},
        {"if test -f x; then cat x; else ls; fi", {"test", "cat", "ls"}},
        {"while grep x; do ls; done", {"grep", "ls"}},
        {"echo 'a; rm b' \"c | rm d\" e\\;f", {"echo"}},
        {"'l's \"x\"", {"ls"}},
        {"\\rm x", {"rm"}},
        {"r\\\nm x", {"rm"}},
        {"\\\nif test x; then rm y; fi", {"test", "rm"}},
        {"src/ x", {"src/"}},
        {"/bin/rm x; ./ls", {"/bin/rm", "rm", "./ls", "ls"}},
        {"ls; ls; ls", {"ls"}},
        {"echo a#b # c", {"echo"}},
        {"echo $HOME ${x} \"$y\"", {"echo"}},
        {"[ -f x ] && cat x", {"[", "cat"}},
        {"2>/dev/null ls", {"ls"}},
        {"ls 2>&1 >&2 <in", {"ls"}},
        {"find . -name '*.py'", {"find"}},
        {"find . -name \\*.c -o -name \"?.h\"", {"find"}},
        {"find src/* lib{a,b} -name x", {"find"}},
        {"ls * -e*", {"ls"}},
    };

    for (const auto& row : rows)
        EXPECT_THAT(command_words(row.command).programs, ElementsAreArray(row.programs)) << row.command;
}

TEST(CommandWords, WhatCannotBeFollowedIsAnUnknownProgram) {
    for (const char* command : {"$x",
                                "\"$x\" y",
                                "`rm x`",
                                "echo `rm x`",
                                "echo $(rm x)",
                                "echo \"$(rm x)\"",
                                "echo \"`rm x`\"",
                                "cat <(rm x)",
                                "tee >(rm x)",
                                "eval rm",
                                ". ./x",
                                "source x",
                                "exec rm x",
                                "env rm x",
                                "/usr/bin/env rm x",
                                "sh -c 'rm x'",
                                "bash x",
                                "xargs rm",
                                "find . -exec rm {} +",
                                "find . -delete",
                                "find . $x",
                                "find . -e*",
                                "find . \"-\"e*",
                                "find *",
                                "find . ?exec rm x +",
                                "find . [-]delete",
                                "find . {-exec,rm,x,+}",
                                "find . -{exec,name} rm x +",
                                "timeout 5 rm x",
                                "nohup rm x",
                                "sudo rm x",
                                "f() { rm x; }; f",
                                "ls() { rm x; }; ls",
                                "case x in x) rm y;; esac",
                                "for i in a; do ls; done",
                                "r* x",
                                "r? x",
                                "r[m] x",
                                "{rm,x}",
                                "~/x",
                                "A=b make",
                                "PATH=. ls",
                                "A=b",
                                "export PATH=.",
                                "ls 'x",
                                "ls \"x",
                                "cat <<EOF\nrm x\nEOF",
                                "cat <<<x",
                                "echo $'a'",
                                "echo ${x:-$(rm y)}",
                                "echo ${x@P}",
                                "[[ -f x ]]",
                                "'' x",
                                "alias ls=rm",
                                "trap 'rm x' EXIT",
                                "time rm x"}) {
        const auto words = command_words(command);
        EXPECT_THAT(words.programs, Contains(std::string(kUnknownProgram))) << command;
        EXPECT_TRUE(words.redirects) << command;
    }
    EXPECT_THAT(command_words(std::string("ls\0rm", 5)).programs, Contains(std::string(kUnknownProgram)));
}

TEST(CommandWords, AProgramBehindAnythingIsNamed) {
    for (const char* command : {"ls;rm x",
                                "ls&&rm x",
                                "ls|rm x",
                                "ls&rm x",
                                "ls\nrm x",
                                "(rm x)",
                                "ls; (rm x)",
                                "if rm x; then ls; fi",
                                "for i in a b; do rm $i; done",
                                "A=b rm x",
                                "A=$(rm x) ls",
                                "> y rm x",
                                ">y rm x",
                                "2>&1 rm x",
                                "ls # c\nrm x",
                                "ls 'a\nb'; rm x",
                                "ls \\\n; rm x",
                                "while true; do rm x; done",
                                "{ rm x; }",
                                "! rm x",
                                "echo a >b; rm x",
                                "\"A=b\" rm x; rm x",
                                "ls <<EOF\na\nEOF\nrm x",
                                "ls &>y; rm x",
                                "ls >&y; rm x",
                                "a=1;rm x"})
        EXPECT_THAT(command_words(command).programs, Contains("rm")) << command;
    // A quoted word that looks like an assignment is a program.
    EXPECT_THAT(command_words("\"A=b\" rm x").programs, Contains("A=b"));
    EXPECT_THAT(command_words("1=x rm y").programs, Contains("1=x"));
}

TEST(CommandWords, ARedirectionWritesAFile) {
    for (const char* command :
         {"echo a > b", "echo a >> b", "echo a >| b", "echo a &> b", "echo a >& b", "echo a <> b",
          "echo a >&1b", "echo a >& 1b", "echo a >&-b", "echo a >&1$x", "echo a >&1'b'", "echo a >&{1,2}",
          "echo a 2> b", "echo a > \"$x\"", "> b", "echo a >", "cat < a > b"})
        EXPECT_TRUE(command_words(command).redirects) << command;
    for (const char* command :
         {"cat < a", "ls 2>&1", "ls >&2", "ls 2>&1;", "ls >&12 -l", "ls 2>&-", "ls > /dev/null 2>&1",
          "ls 2>/dev/null", "echo 'a > b'", "echo a \\> b", "ls # > b"})
        EXPECT_FALSE(command_words(command).redirects) << command;
}

}  // namespace
}  // namespace hearth::policy

#include "policy/command_words.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <utility>

#include "core/text.h"

namespace hearth::policy {
namespace {

// Run what their arguments name or what they read, or change what later words mean.
constexpr auto kRunners = std::to_array<std::string_view>(
    {".",       "alias",    "bash",     "builtin", "busybox", "chroot", "chrt",    "command", "coproc",
     "dash",    "declare",  "doas",     "enable",  "entr",    "env",    "eval",    "exec",    "export",
     "fc",      "fish",     "flock",    "gdb",     "hash",    "ionice", "ksh",     "local",   "nice",
     "nohup",   "parallel", "readonly", "script",  "set",     "setsid", "sh",      "source",  "ssh",
     "stdbuf",  "strace",   "su",       "sudo",    "taskset", "time",   "timeout", "trap",    "typeset",
     "unshare", "watch",    "xargs",    "zsh"});
// Stand before a command that follows.
constexpr auto kKeywords = std::to_array<std::string_view>(
    {"!", "{", "}", "if", "then", "else", "elif", "fi", "while", "until", "do", "done"});
// Begin what is not followed here.
constexpr auto kHard =
    std::to_array<std::string_view>({"case", "esac", "function", "select", "[[", "for", "in"});
// Of find, which runs programs, removes and writes files by them.
constexpr auto kActions = std::to_array<std::string_view>(
    {"-delete", "-exec", "-execdir", "-fls", "-fprint", "-fprint0", "-fprintf", "-ok", "-okdir"});

// Unquoted, the shell may make other words of a word that has one of them.
constexpr std::string_view kPatterns = "*?[{";

template <typename List>
bool has(const List& list, std::string_view word) {
    return std::find(list.begin(), list.end(), word) != list.end();
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// What a shell takes for a descriptor behind `>&`: all else names a file.
bool is_descriptor(std::string_view word) {
    return word == "-" || (!word.empty() && std::all_of(word.begin(), word.end(), is_digit));
}

class Reader {
public:
    explicit Reader(std::string_view text) : text_(text) {}

    CommandWords read() {
        if (text_.find('\0') != std::string_view::npos) unknown();
        while (at_ < text_.size())
            step();
        end_word();
        out_.redirects = out_.redirects || writes_;
        return std::move(out_);
    }

private:
    [[nodiscard]] char peek(std::size_t ahead = 0) const {
        return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0';
    }

    void step() {
        const char c = peek();
        switch (c) {
            case ' ':
            case '\t': end_word(); break;
            case '\n':
            case ';':
            case '&':
            case '|':
            case '(':
            case ')': return operation(c);
            case '<':
            case '>': return redirection(c);
            case '#':
                if (!in_word_) return comment();
                put(c);
                break;
            case '\'': return single_quoted();
            case '"': return double_quoted();
            case '\\': return escaped();
            case '$':
            case '`': return expansion();
            default: put(c);
        }
        ++at_;
    }

    void put(char c) {
        word_ += c;
        pattern_ = pattern_ || kPatterns.find(c) != kNowhere;
        in_word_ = true;
    }

    void operation(char c) {
        end_word();
        out_.redirects = out_.redirects || writes_;
        // "name()" makes a function, which may have the name of a program.
        if (c == '(' && command_begun_) unknown();
        command_begun_ = skips_file_ = writes_ = copies_ = false;
        ++at_;
    }

    void redirection(char c) {
        // A number before it is a descriptor.
        const bool descriptor = in_word_ && quoted_from_ == kNowhere &&
                                word_.find_first_not_of("0123456789") == std::string::npos;
        if (descriptor) {
            word_.clear();
            in_word_ = false;
        }
        end_word();
        ++at_;
        if (peek() == '(') return unknown();  // a process
        if (c == '<' && (peek() == '<' || peek() == '>')) {
            if (peek() == '<') unknown();  // what follows is text, up to a word
            out_.redirects = true;
            ++at_;
        }
        copies_ = peek() == '&';  // of a descriptor, or a file in bash
        if (copies_ || peek() == '>' || peek() == '|') ++at_;
        skips_file_ = true;
        writes_ = c == '>';
    }

    void comment() {
        while (at_ < text_.size() && peek() != '\n')
            ++at_;
    }

    void single_quoted() {
        quote();
        const auto end = text_.find('\'', at_ + 1);
        if (end == std::string_view::npos) {
            unknown();
            at_ = text_.size();
            return;
        }
        word_ += text_.substr(at_ + 1, end - at_ - 1);
        at_ = end + 1;
    }

    void double_quoted() {
        quote();
        ++at_;
        while (at_ < text_.size() && peek() != '"') {
            if (peek() == '\\') {
                escaped();
            } else if (peek() == '$' || peek() == '`') {
                expansion();
            } else {
                word_ += text_[at_++];
            }
        }
        if (at_ == text_.size()) unknown();  // it does not end
        ++at_;
    }

    void quote() {
        in_word_ = true;
        quoted_from_ = std::min(quoted_from_, word_.size());
    }

    void escaped() {
        if (peek(1) == '\n') {  // the line goes on
            at_ += 2;
            return;
        }
        quote();
        if (at_ + 1 < text_.size()) word_ += peek(1);
        at_ += 2;
    }

    // A variable alone runs nothing; what it holds may be a program, where a program stands.
    void expansion() {
        in_word_ = true;
        expands_ = true;
        const char next = peek(1);
        if (peek() == '`' || next == '(' || next == '\'' || next == '"') unknown();
        if (next == '{') {
            // Only the plain form is followed: others run commands and end in many ways.
            const auto end = text_.find('}', at_);
            const auto name =
                end == std::string_view::npos ? std::string_view() : text_.substr(at_ + 2, end - at_ - 2);
            if (!is_variable_name(name)) unknown();
        }
        word_ += peek();
        ++at_;
    }

    void end_word() {
        if (!in_word_) return;
        const std::string word = std::exchange(word_, {});
        in_word_ = false;
        const bool expands = std::exchange(expands_, false);
        const bool pattern = std::exchange(pattern_, false);
        const auto quoted_from = std::exchange(quoted_from_, kNowhere);
        if (std::exchange(skips_file_, false)) {
            const bool descriptor =
                std::exchange(copies_, false) && quoted_from == kNowhere && is_descriptor(word);
            const bool nowhere = descriptor || (word == "/dev/null" && !expands);
            if (std::exchange(writes_, false) && !nowhere) out_.redirects = true;
            return;
        }
        if (command_begun_) return argument(word, expands, pattern);
        if (!expands && quoted_from == kNowhere && has(kKeywords, word)) return;
        const auto equals = word.find('=');
        auto name = std::string_view(word).substr(0, std::min(equals, word.size()));
        if (name.ends_with('+')) name.remove_suffix(1);
        // A variable may say which programs run, and what they do.
        if (equals != std::string::npos && quoted_from > equals && is_variable_name(name)) return unknown();
        command_begun_ = true;
        program(word, expands);
    }

    void argument(std::string_view word, bool expands, bool pattern) {
        if (!finds_) return;
        // An option may be hidden in a variable, and be the name of a file that a pattern fits: "-e*", "*", but not "src/*".
        const bool hidden =
            expands || (pattern && (word.front() == '-' || kPatterns.find(word.front()) != kNowhere));
        if (hidden || has(kActions, word)) unknown();
    }

    void program(const std::string& word, bool expands) {
        const auto name = word.substr(word.rfind('/') + 1);
        finds_ = name == "find";
        // Patterns are file names that only the shell knows.
        const bool pattern = word != "[" && word.find_first_of("*?[{~") != std::string::npos;
        if (expands || pattern || word.empty() || has(kHard, word)) return unknown();
        add(word);
        if (name != word && !name.empty()) add(name);
        if (has(kRunners, name)) unknown();
    }

    void add(const std::string& program) {
        if (!has(out_.programs, program)) out_.programs.push_back(program);
    }

    void unknown() {
        add(std::string(kUnknownProgram));
        out_.redirects = true;
    }

    static constexpr std::size_t kNowhere = std::string_view::npos;

    std::string_view text_;
    std::size_t at_ = 0;
    CommandWords out_;
    std::string word_;
    bool in_word_ = false;
    std::size_t quoted_from_ = kNowhere;  // in the word: its first quoted part
    bool expands_ = false;                // the word has a variable or a substitution
    bool pattern_ = false;                // the word has one of kPatterns unquoted
    bool command_begun_ = false;          // the program was named, arguments follow
    bool skips_file_ = false;             // the next word is a file of a redirection
    bool writes_ = false;                 // … that is written
    bool copies_ = false;                 // … or a descriptor, which is not
    bool finds_ = false;                  // the program is find
};

}  // namespace

CommandWords command_words(std::string_view command) { return Reader(command).read(); }

}  // namespace hearth::policy

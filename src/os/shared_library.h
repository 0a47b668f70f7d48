#pragma once
#include <initializer_list>

#include "core/result.h"

namespace hearth::os {

// A library of the system that is loaded only when it is needed, because it costs every start or may be absent. Never closed: such
// libraries register what runs at exit. Threads: one owner.
class SharedLibrary {
public:
    // The first of these names that can be loaded. Errors: kUnavailable with the loader's reason.
    static Result<SharedLibrary> open(std::initializer_list<const char*> names);

    // A function of it by its name. `Function` is a pointer to its type, which nothing checks.
    template <typename Function>
    void find(const char* name, Function& function) {
        function = reinterpret_cast<Function>(symbol(name));
    }

    // The last name that was not found; null when all were.
    [[nodiscard]] const char* missing() const { return missing_; }

private:
    explicit SharedLibrary(void* handle) : handle_(handle) {}

    void* symbol(const char* name);

    void* handle_;
    const char* missing_ = nullptr;
};

}  // namespace hearth::os

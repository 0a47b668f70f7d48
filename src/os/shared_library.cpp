#include "os/shared_library.h"

#include <dlfcn.h>

namespace hearth::os {

Result<SharedLibrary> SharedLibrary::open(std::initializer_list<const char*> names) {
    for (const char* name : names)
        if (void* handle = ::dlopen(name, RTLD_NOW | RTLD_LOCAL); handle != nullptr)
            return SharedLibrary(handle);
    const char* why = ::dlerror();
    return Error(Code::kUnavailable, why != nullptr ? why : "unknown reason");
}

void* SharedLibrary::symbol(const char* name) {
    void* found = ::dlsym(handle_, name);
    if (found == nullptr) missing_ = name;
    return found;
}

}  // namespace hearth::os

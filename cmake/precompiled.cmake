# Headers that most files use, compiled once for all rooms and once with GoogleTest for all tests. They are three quarters of the
# time of a typical file. Switched off in the includes preset, where a missing #include is then found.
option(HEARTH_PCH "Compile common headers once" ON)

set(common_headers <algorithm> <array> <cerrno> <chrono> <cstddef> <cstdint> <cstdio> <cstdlib> <cstring>
    <expected> <filesystem> <functional> <map> <memory> <optional> <set> <span> <stop_token> <string> <string_view>
    <system_error> <thread> <utility> <variant> <vector> <fmt/format.h> <boost/json.hpp>)

# An object library that only carries the compiled headers: add_precompiled(NAME HEADER...)
function(add_precompiled name)
    file(CONFIGURE OUTPUT ${CMAKE_BINARY_DIR}/${name}.cpp CONTENT "")
    add_library(${name} OBJECT ${CMAKE_BINARY_DIR}/${name}.cpp)
    target_link_libraries(${name} PRIVATE hearth_options)
    target_precompile_headers(${name} PRIVATE ${ARGN})
endfunction()

# Lets a target use them.
function(use_precompiled target name)
    if(HEARTH_PCH)
        target_precompile_headers(${target} REUSE_FROM ${name})
    endif()
endfunction()

if(HEARTH_PCH)
    add_precompiled(hearth_precompiled ${common_headers})
    if(CMAKE_CXX_COMPILER_ID MATCHES "Clang")
        # ccache compares contents; a time in the compiled header would make every build of it different.
        target_compile_options(hearth_options INTERFACE "SHELL:-Xclang -fno-pch-timestamp")
    endif()
endif()

# The sandbox's two helper programs. `hearth-sbx` runs between hearth and bubblewrap and is static, so it starts in a
# fraction of a millisecond and in any mount tree. The generator runs while building and writes the system-call
# filter, so that nothing else needs libseccomp.
file(GLOB launcher_sources CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/src/sandbox/launcher/*.cpp)
get_target_property(sandbox_sources hearth_sandbox SOURCES)
list(REMOVE_ITEM sandbox_sources ${launcher_sources})
set_target_properties(hearth_sandbox PROPERTIES SOURCES "${sandbox_sources}")
list(FILTER launcher_sources EXCLUDE REGEX seccomp_generator)

pkg_check_modules(SECCOMP REQUIRED IMPORTED_TARGET libseccomp)
set(launcher_options -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wno-sign-conversion -Werror)
add_executable(hearth_seccomp_generator ${CMAKE_SOURCE_DIR}/src/sandbox/launcher/seccomp_generator.cpp)
target_link_libraries(hearth_seccomp_generator PRIVATE PkgConfig::SECCOMP)
target_compile_options(hearth_seccomp_generator PRIVATE ${launcher_options})
set(filter_folder ${CMAKE_BINARY_DIR}/generated)
file(MAKE_DIRECTORY ${filter_folder}/sandbox)
add_custom_command(OUTPUT ${filter_folder}/sandbox/seccomp_filter.inc
                   COMMAND hearth_seccomp_generator > ${filter_folder}/sandbox/seccomp_filter.inc
                   DEPENDS hearth_seccomp_generator VERBATIM)
target_sources(hearth_sandbox PRIVATE ${filter_folder}/sandbox/seccomp_filter.inc)

# The catalogue of escapes as bytes: `hearth doctor` tries its quick rows.
embed_file(hearth_sandbox ${CMAKE_SOURCE_DIR}/tests/data/sandbox/escapes.tsv sandbox/escapes.inc)
target_include_directories(hearth_sandbox PRIVATE ${filter_folder})

# Without hearth_options: no sanitizer and no library of ours may get into it.
add_executable(hearth-sbx ${launcher_sources})
target_include_directories(hearth-sbx PRIVATE ${CMAKE_SOURCE_DIR}/src)
target_compile_options(hearth-sbx PRIVATE ${launcher_options})
# Some systems have no static C library; then it is an ordinary program.
include(CheckCXXSourceCompiles)
set(CMAKE_REQUIRED_LINK_OPTIONS -static)
check_cxx_source_compiles("#include <string>\nint main(int n, char** a) { return std::string(a[n - 1]).empty(); }"
                          HEARTH_STATIC_LAUNCHER)
unset(CMAKE_REQUIRED_LINK_OPTIONS)
if(HEARTH_STATIC_LAUNCHER)
    target_link_options(hearth-sbx PRIVATE -static)
endif()
add_dependencies(hearth_sandbox hearth-sbx)

# Read by the engine's own CMakeLists.txt through CMAKE_PROJECT_TOP_LEVEL_INCLUDES, so that its files stay as they are.
#
#   HEARTH_AMX_HEADER    path of amx_tile_config.h, forced into every C and C++ file
#   HEARTH_CPU_VARIANTS  back ends to build with the default targets; empty: all that the engine knows for this architecture

include_guard(GLOBAL)

# GCC and Clang take the file name in the same word, which keeps paths with spaces whole.
add_compile_options("$<$<COMPILE_LANGUAGE:C,CXX>:-include${HEARTH_AMX_HEADER}>")

# The engine makes every back end a dependency of its core library. A dynamic back end is found at run time, so those that
# are not wanted are left out here, and accelerators, which may fail to build, are built by name afterwards.
function(add_dependencies target)
    set(wanted "")
    foreach(each IN LISTS ARGN)
        if(target STREQUAL "ggml" AND each MATCHES "^ggml-(cpu-)?(.+)$")
            set(name "${CMAKE_MATCH_2}")
            if(NOT CMAKE_MATCH_1 OR (HEARTH_CPU_VARIANTS AND NOT name IN_LIST HEARTH_CPU_VARIANTS))
                set_target_properties(${each} PROPERTIES EXCLUDE_FROM_ALL ON)
                continue()
            endif()
        endif()
        list(APPEND wanted ${each})
    endforeach()
    if(wanted)
        _add_dependencies(${target} ${wanted})
    endif()
endfunction()

# Argument parsing, templates and HTTP are two thirds of the compile time and none of the run time: they get the
# compiler's quick optimisation. Samplers and grammars, in the library, get the usual one, kernels all of it.
function(hearth_choose_optimisation)
    foreach(target IN ITEMS llama-common mtmd server-context llama-server-impl llama-bench-impl cpp-httplib)
        if(TARGET ${target})
            target_compile_options(${target} PRIVATE -O1)
        endif()
    endforeach()
    if(TARGET mtmd)
        # A small file for each kind of image encoder, that all read the same headers: compiled by the dozen.
        set_target_properties(mtmd PROPERTIES UNITY_BUILD ON UNITY_BUILD_BATCH_SIZE 12)
        get_target_property(folder mtmd SOURCE_DIR)
        get_target_property(sources mtmd SOURCES)
        list(FILTER sources EXCLUDE REGEX "^models/")
        list(TRANSFORM sources PREPEND "${folder}/")
        set_source_files_properties(${sources} TARGET_DIRECTORY mtmd PROPERTIES SKIP_UNITY_BUILD_INCLUSION ON)
    endif()
    if(TARGET llama)
        target_compile_options(llama PRIVATE -O2)
    endif()
endfunction()

cmake_language(DEFER DIRECTORY "${CMAKE_SOURCE_DIR}" CALL hearth_choose_optimisation)

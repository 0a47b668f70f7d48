# The files of a target are compiled eight at a time, which takes a third less time than one by one: most of it goes into headers and
# templates that they share. Files that cannot be one with the others are found while configuring; after adding a name that a
# neighbour has as well ("redefinition of ..."), configure again or choose another. When one file changes, its eight are compiled
# again: -DHEARTH_UNITY=OFF, as in the debug preset and in those of GCC, is for whoever would rather wait less for that.
option(HEARTH_UNITY "Compile several files of a room at once" ON)
find_package(Python3 REQUIRED COMPONENTS Interpreter)

function(compile_together target)
    if(NOT HEARTH_UNITY)
        return()
    endif()
    get_target_property(sources ${target} SOURCES)
    list(FILTER sources INCLUDE REGEX "\\.cpp$")
    execute_process(COMMAND ${Python3_EXECUTABLE} ${CMAKE_SOURCE_DIR}/tools/alone.py ${sources}
                    OUTPUT_VARIABLE alone OUTPUT_STRIP_TRAILING_WHITESPACE COMMAND_ERROR_IS_FATAL ANY)
    string(REPLACE "\n" ";" alone "${alone}")
    if(alone)
        set_source_files_properties(${alone} PROPERTIES SKIP_UNITY_BUILD_INCLUSION ON)
    endif()
    set_target_properties(${target} PROPERTIES UNITY_BUILD ON UNITY_BUILD_BATCH_SIZE 8)
endfunction()

# The bytes of a file as the contents of an array, in <build>/generated/NAME, for a #include in an initialiser; made anew when
# the file changes.
function(embed_file target file name)
    set(folder ${CMAKE_BINARY_DIR}/generated)
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${file})
    file(READ ${file} bytes HEX)
    string(REGEX REPLACE "(..)" "0x\\1," bytes "${bytes}")
    file(CONFIGURE OUTPUT ${folder}/${name} CONTENT "${bytes}\n" @ONLY)
    target_include_directories(${target} PRIVATE ${folder})
endfunction()

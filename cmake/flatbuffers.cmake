# SPDX-License-Identifier: GPL-2.0-or-later
# foreshape_schema(<target> <file.fbs>): an INTERFACE library with the C++ header that flatc makes.
# Generated headers are included as <name>_generated.h and are nobody's style.
function(foreshape_schema target schema)
  get_filename_component(name ${schema} NAME_WE)
  set(out ${CMAKE_CURRENT_BINARY_DIR}/generated)
  set(header ${out}/${name}_generated.h)
  add_custom_command(OUTPUT ${header}
    COMMAND ${FLATC} --cpp --scoped-enums --gen-object-api --cpp-std c++17 -o ${out} ${CMAKE_CURRENT_SOURCE_DIR}/${schema}
    DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/${schema} VERBATIM)
  add_custom_target(${target}_header DEPENDS ${header})
  add_library(${target} INTERFACE)
  add_dependencies(${target} ${target}_header)
  target_include_directories(${target} SYSTEM INTERFACE ${out})
  target_link_libraries(${target} INTERFACE flatbuffers::flatbuffers)
endfunction()

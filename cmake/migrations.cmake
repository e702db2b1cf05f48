# keyledger_embed_migrations(target folder): the texts of folder/NNNN_name.sql, in order, as a source of the target that
# defines keyledger::store::embedded_migrations(). CMake runs again when one of them changes, comes or goes.
function(keyledger_embed_migrations target folder)
  if(NOT TARGET ${target})
    return()
  endif()
  file(GLOB files CONFIGURE_DEPENDS ${folder}/*.sql)
  list(SORT files)
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${files})
  set(expected 1)
  set(rows "")
  foreach(file IN LISTS files)
    get_filename_component(name ${file} NAME_WE)
    if(NOT name MATCHES "^([0-9][0-9][0-9][0-9])_([a-z0-9_]+)$")
      message(FATAL_ERROR "${file}: a migration is called NNNN_what_it_does.sql")
    endif()
    set(what "${CMAKE_MATCH_2}")
    string(REGEX REPLACE "^0+" "" version "${CMAKE_MATCH_1}")
    if(NOT version EQUAL expected)
      message(FATAL_ERROR "${file}: the next migration has to be number ${expected}")
    endif()
    math(EXPR expected "${expected} + 1")
    file(READ ${file} text)
    string(FIND "${text}" ")~sql~\"" end_mark)
    if(NOT end_mark EQUAL -1)
      message(FATAL_ERROR "${file}: a migration must not contain )~sql~\"")
    endif()
    string(APPEND rows "    {${version}, \"${what}\", R\"~sql~(${text})~sql~\"},\n")
  endforeach()
  if(rows STREQUAL "")
    message(FATAL_ERROR "${folder}: no migration found")
  endif()
  set(generated ${PROJECT_BINARY_DIR}/generated/store/embedded_migrations.cc)
  file(WRITE ${generated}.new "// Made by cmake/migrations.cmake from ${folder}.
#include \"store/sqlite/migrations.h\"

namespace keyledger::store {

std::span<const Migration> embedded_migrations() {
  static constexpr Migration kMigrations[] = {
${rows}  };
  return kMigrations;
}

}  // namespace keyledger::store
")
  file(COPY_FILE ${generated}.new ${generated} ONLY_IF_DIFFERENT)
  target_sources(${target} PRIVATE ${generated})
endfunction()

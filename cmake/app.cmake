# keyledger_program(): the program, from the floor `app` and its main.cc, at <build folder>/keyledger.
function(keyledger_program)
  # main.cc is not part of the library: the unit tests have a main of their own.
  get_target_property(sources keyledger_app SOURCES)
  list(FILTER sources EXCLUDE REGEX "/src/app/main\\.cc$")
  set_target_properties(keyledger_app PROPERTIES SOURCES "${sources}")
  target_compile_definitions(keyledger_app PUBLIC KEYLEDGER_VERSION="${PROJECT_VERSION}")
  add_executable(keyledger ${PROJECT_SOURCE_DIR}/src/app/main.cc)
  target_link_libraries(keyledger PRIVATE keyledger_app)
  target_precompile_headers(keyledger REUSE_FROM keyledger_pch_asio)
  set_target_properties(keyledger PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR})
endfunction()

# keyledger_openapi(target): adds the API's description, the page made from it and its style sheet to a target, as the
# functions of api/documents.h. The build stops when the description contradicts itself.
find_program(SYSTEM_PYTHON NAMES python3 PATHS /usr/bin NO_DEFAULT_PATH REQUIRED)  # the one that has python3-yaml

function(keyledger_openapi target)
  set(output ${PROJECT_BINARY_DIR}/generated/api)
  set(description ${PROJECT_SOURCE_DIR}/src/api/openapi.yaml)
  set(style ${PROJECT_SOURCE_DIR}/src/api/docs.css)
  set(tool ${PROJECT_SOURCE_DIR}/tools/openapi_build.py)
  add_custom_command(
    OUTPUT ${output}/documents.cc
    COMMAND ${SYSTEM_PYTHON} ${tool} ${description} ${style} ${output}
    DEPENDS ${description} ${style} ${tool}
    COMMENT "Describing the API" VERBATIM)
  target_sources(${target} PRIVATE ${output}/documents.cc)
endfunction()

# keyledger_notices(target): the licences of the work of others, as one text inside a target.
function(keyledger_notices target)
  set(output ${PROJECT_BINARY_DIR}/generated/notices.txt)
  set(tool ${PROJECT_SOURCE_DIR}/tools/notices.py)
  execute_process(COMMAND ${SYSTEM_PYTHON} ${tool} ${PROJECT_SOURCE_DIR} ${output} COMMAND_ERROR_IS_FATAL ANY)
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${tool} ${PROJECT_SOURCE_DIR}/LICENSE)
  keyledger_embed(${target} notices ${output} notices)
endfunction()

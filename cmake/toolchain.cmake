# Warnings are errors; the sanitizers come from the preset; ccache is used where it is installed.
set(KEYLEDGER_SANITIZE "" CACHE STRING "Sanitizers, as -fsanitize takes them")

if(NOT CMAKE_BUILD_TYPE)
  set(CMAKE_BUILD_TYPE Release)
endif()
# Asserts of broken invariants stay on: no NDEBUG. With optimisation GCC 12 sees mismatched deletes in coroutine frames,
# uninitialised members in moved variants and overlong copies of short strings that are not there; the sanitizers look
# for the real ones.
set(CMAKE_CXX_FLAGS_RELEASE
    "-O2 -g1 -Wno-mismatched-new-delete -Wno-maybe-uninitialized -Wno-array-bounds -Wno-restrict -Wno-stringop-overflow")
set(CMAKE_CXX_FLAGS_DEBUG "-O0 -g1")     # little debug information: the build has two cores

find_program(CCACHE ccache)
if(CCACHE)
  # A precompiled header is only found again when the cache may ignore its time stamps. Paths are taken as relative, so
  # that one build folder finds what another has compiled.
  set(CMAKE_CXX_COMPILER_LAUNCHER
      ${CMAKE_COMMAND} -E env CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime
      CCACHE_BASEDIR=${PROJECT_SOURCE_DIR} CCACHE_NOHASHDIR=1 ${CCACHE})
endif()

add_library(keyledger_options INTERFACE)
target_compile_options(keyledger_options INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wnon-virtual-dtor -Werror
  -fpch-preprocess -fstack-protector-strong)
target_compile_definitions(keyledger_options INTERFACE
  BOOST_ASIO_NO_DEPRECATED BOOST_ASIO_DISABLE_BOOST_COROUTINE BOOST_ASIO_DISABLE_STD_ALIGNED_ALLOC SPDLOG_FMT_EXTERNAL)
target_include_directories(keyledger_options INTERFACE ${PROJECT_SOURCE_DIR}/src ${PROJECT_BINARY_DIR}/generated)
if(KEYLEDGER_SANITIZE)
  # The sanitizers' own instrumentation makes GCC 12 see uninitialised reads that are not there.
  target_compile_options(keyledger_options INTERFACE -fsanitize=${KEYLEDGER_SANITIZE} -fno-omit-frame-pointer
    -fno-sanitize-recover=all -Wno-maybe-uninitialized)
  target_link_options(keyledger_options INTERFACE -fsanitize=${KEYLEDGER_SANITIZE})
  if(KEYLEDGER_SANITIZE MATCHES "undefined")
    # Left out, to compile faster: a null pointer stops the process under the address sanitizer,
    # too, and there is no cast from a base to what derives from it.
    target_compile_options(keyledger_options INTERFACE -fno-sanitize=null,vptr)
  endif()
  if(KEYLEDGER_SANITIZE MATCHES "thread")
    # Asio's fences are not understood by the sanitizer; without them it uses what is.
    target_compile_options(keyledger_options INTERFACE -Wno-tsan)
    target_compile_definitions(keyledger_options INTERFACE BOOST_ASIO_DISABLE_FENCED_BLOCK)
  endif()
else()
  target_compile_options(keyledger_options INTERFACE -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2)
  if(CMAKE_BUILD_TYPE STREQUAL "Debug")
    target_compile_options(keyledger_options INTERFACE -U_FORTIFY_SOURCE)
  endif()
  target_link_options(keyledger_options INTERFACE -Wl,-z,relro,-z,now)
endif()

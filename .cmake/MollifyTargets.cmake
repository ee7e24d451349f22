# How this project makes its targets: one include spelling, warnings, visibility and sanitizers per target, one
# export set per component.
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

# <mollify/stages/batch.hpp> is the spelling in the tree as in an installation.
file(MAKE_DIRECTORY "${PROJECT_BINARY_DIR}/include")
file(CREATE_LINK "${PROJECT_SOURCE_DIR}" "${PROJECT_BINARY_DIR}/include/mollify" SYMBOLIC)

set(MOLLIFY_CMAKE_DIR "${CMAKE_CURRENT_LIST_DIR}")
set(MOLLIFY_PACKAGE_DIR "${CMAKE_INSTALL_LIBDIR}/cmake/mollify")
set(MOLLIFY_COMPONENTS "" CACHE INTERNAL "components that this configuration builds")

# ccache is used where it is installed. It must be told that a precompiled header may be trusted.
if(PROJECT_IS_TOP_LEVEL AND MOLLIFY_CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  find_program(MOLLIFY_CCACHE_PROGRAM ccache)
  mark_as_advanced(MOLLIFY_CCACHE_PROGRAM)
  if(MOLLIFY_CCACHE_PROGRAM)
    foreach(language C CXX)
      set(CMAKE_${language}_COMPILER_LAUNCHER "${CMAKE_COMMAND}" -E env
          CCACHE_SLOPPINESS=pch_defines,time_macros "${MOLLIFY_CCACHE_PROGRAM}")
    endforeach()
  endif()
endif()

# What every compiled target of ours gets, libraries, programs and tests alike.
function(mollify_own_target target)
  target_compile_features(${target} PUBLIC cxx_std_20)
  set_target_properties(${target} PROPERTIES
    CXX_EXTENSIONS OFF CXX_VISIBILITY_PRESET hidden C_VISIBILITY_PRESET hidden VISIBILITY_INLINES_HIDDEN ON
    POSITION_INDEPENDENT_CODE ON)
  target_compile_options(${target} PRIVATE
    -Wall -Wextra -Wpedantic -Wshadow -Wno-psabi
    $<$<COMPILE_LANG_AND_ID:CXX,GNU>:-Wno-restrict>  # GCC 12: false positives on std::string
    $<$<BOOL:${MOLLIFY_WERROR}>:-Werror>)
  if(MOLLIFY_FUZZ)
    target_compile_options(${target} PRIVATE -fsanitize=fuzzer-no-link)  # coverage, which guides the search
  endif()
  if(MOLLIFY_SANITIZER)
    target_compile_options(${target} PRIVATE
      -fsanitize=${MOLLIFY_SANITIZER} -fno-omit-frame-pointer -fno-sanitize-recover=all)
    if(MOLLIFY_SANITIZER MATCHES undefined)
      target_compile_options(${target} PRIVATE -fno-sanitize=vptr)  # oneTBB's own downcast
    endif()
    target_link_options(${target} PUBLIC -fsanitize=${MOLLIFY_SANITIZER})
  endif()
endfunction()

# mollify_precompile(target header...): compiles heavy third-party headers once for all files of a target. Worth it
# from about seven files on.
function(mollify_precompile target)
  target_precompile_headers(${target} PRIVATE ${ARGN})
  target_compile_options(${target} PRIVATE $<$<CXX_COMPILER_ID:GNU>:-fpch-preprocess>)  # ccache asks for it
endfunction()

# mollify_library(NAME component SOURCES ... HEADERS ... [PUBLIC targets] [PRIVATE targets] [BUILD targets])
# makes the library mollify_<component>, its alias mollify::<component> and its export set. BUILD names header-only
# packages that only our own sources include, so that users of the installation need not have them.
function(mollify_library)
  cmake_parse_arguments(ARG "" "NAME" "SOURCES;HEADERS;PUBLIC;PRIVATE;BUILD" ${ARGN})
  set(target mollify_${ARG_NAME})
  add_library(${target} STATIC ${ARG_SOURCES})
  add_library(mollify::${ARG_NAME} ALIAS ${target})
  mollify_own_target(${target})
  file(RELATIVE_PATH folder "${PROJECT_SOURCE_DIR}" "${CMAKE_CURRENT_SOURCE_DIR}")
  set(public ${ARG_HEADERS})
  list(TRANSFORM public PREPEND "${folder}/")
  set_property(GLOBAL APPEND PROPERTY MOLLIFY_PUBLIC_HEADERS ${public})  # for the check of boundaries
  list(TRANSFORM ARG_HEADERS PREPEND "${PROJECT_BINARY_DIR}/include/mollify/${folder}/")
  target_sources(${target} PUBLIC FILE_SET HEADERS BASE_DIRS "${PROJECT_BINARY_DIR}/include" FILES ${ARG_HEADERS})
  list(TRANSFORM ARG_BUILD REPLACE "(.+)" "$<BUILD_INTERFACE:\\1>")
  target_link_libraries(${target} PUBLIC ${ARG_PUBLIC} PRIVATE ${ARG_PRIVATE} ${ARG_BUILD})
  set_target_properties(${target} PROPERTIES EXPORT_NAME ${ARG_NAME} VERIFY_INTERFACE_HEADER_SETS ON)
  install(TARGETS ${target} EXPORT mollify-${ARG_NAME}
          ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR} COMPONENT ${ARG_NAME}
          FILE_SET HEADERS DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} COMPONENT ${ARG_NAME})
  install(EXPORT mollify-${ARG_NAME} NAMESPACE mollify:: DESTINATION ${MOLLIFY_PACKAGE_DIR} COMPONENT ${ARG_NAME})
  set(MOLLIFY_COMPONENTS ${MOLLIFY_COMPONENTS} ${ARG_NAME} CACHE INTERNAL "")
endfunction()

# The files that make find_package(mollify) work. All components stand on stages, so they go with it.
function(mollify_install_package)
  set(files "${PROJECT_BINARY_DIR}/mollify-config.cmake" "${PROJECT_BINARY_DIR}/mollify-config-version.cmake")
  configure_package_config_file("${MOLLIFY_CMAKE_DIR}/mollify-config.cmake.in"
                                "${PROJECT_BINARY_DIR}/mollify-config.cmake" INSTALL_DESTINATION ${MOLLIFY_PACKAGE_DIR})
  write_basic_package_version_file("${PROJECT_BINARY_DIR}/mollify-config-version.cmake"
                                   COMPATIBILITY SameMinorVersion)
  if(MOLLIFY_DECODE)
    list(APPEND files "${MOLLIFY_CMAKE_DIR}/MollifyOpenCV.cmake")
  endif()
  if(MOLLIFY_TRAINERS)
    list(APPEND files "${MOLLIFY_CMAKE_DIR}/MollifyTorch.cmake")
  endif()
  install(FILES ${files} DESTINATION ${MOLLIFY_PACKAGE_DIR} COMPONENT stages)
endfunction()

function(_mollify_summary_line name)
  string(LENGTH "${name}" length)
  math(EXPR padding "14 - ${length}")
  string(REPEAT " " ${padding} padding)
  list(JOIN ARGN " " value)
  message(STATUS "  ${name}${padding}${value}")
endfunction()

function(mollify_print_summary)
  message(STATUS "mollify ${PROJECT_VERSION}")
  _mollify_summary_line(compiler "${CMAKE_CXX_COMPILER_ID} ${CMAKE_CXX_COMPILER_VERSION}, ${CMAKE_BUILD_TYPE}")
  foreach(option DECODE DATASETS HDF5 PIPELINE TRAINERS TESTS BENCH FUZZ WERROR)
    string(TOLOWER ${option} name)
    if(MOLLIFY_${option})
      _mollify_summary_line(${name} ON ${MOLLIFY_FOUND_${option}})
    else()
      _mollify_summary_line(${name} OFF)
    endif()
  endforeach()
  if(MOLLIFY_SANITIZER)
    _mollify_summary_line(sanitizer ${MOLLIFY_SANITIZER})
  else()
    _mollify_summary_line(sanitizer none)
  endif()
  if(CMAKE_CXX_COMPILER_LAUNCHER MATCHES ccache)
    _mollify_summary_line(ccache used)
  else()
    _mollify_summary_line(ccache "not used")
  endif()
  _mollify_summary_line("installs to" ${CMAKE_INSTALL_PREFIX})
endfunction()

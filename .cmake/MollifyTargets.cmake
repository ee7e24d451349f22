# How this project makes its targets: one include spelling, warnings, visibility and sanitizers per target, one
# export set per component.
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

# <mollify/stages/batch.hpp> is the spelling in the tree as in an installation.
file(MAKE_DIRECTORY "${PROJECT_BINARY_DIR}/include")
file(CREATE_LINK "${PROJECT_SOURCE_DIR}" "${PROJECT_BINARY_DIR}/include/mollify" SYMBOLIC)

set(MOLLIFY_CMAKE_DIR "${CMAKE_CURRENT_LIST_DIR}")
set(MOLLIFY_COMPONENTS "" CACHE INTERNAL "components that this configuration builds")

# What every compiled target of ours gets, libraries, programs and tests alike.
function(mollify_own_target target)
  target_compile_features(${target} PUBLIC cxx_std_20)
  set_target_properties(${target} PROPERTIES CXX_EXTENSIONS OFF CXX_VISIBILITY_PRESET hidden C_VISIBILITY_PRESET hidden
                                             VISIBILITY_INLINES_HIDDEN ON POSITION_INDEPENDENT_CODE ON)
  target_compile_options(${target} PRIVATE -Wall -Wextra -Wpedantic -Wshadow -Wno-psabi
                                           $<$<COMPILE_LANG_AND_ID:CXX,GNU>:-Wno-restrict>  # GCC 12: false positives on std::string
                                           $<$<BOOL:${MOLLIFY_WERROR}>:-Werror>)
  if(MOLLIFY_FUZZ)
    target_compile_options(${target} PRIVATE -fsanitize=fuzzer-no-link)  # coverage, which guides the search
  endif()
  if(MOLLIFY_SANITIZER)
    target_compile_options(${target} PRIVATE -fsanitize=${MOLLIFY_SANITIZER} -fno-omit-frame-pointer
                                             -fno-sanitize-recover=all)
    if(MOLLIFY_SANITIZER MATCHES undefined)
      target_compile_options(${target} PRIVATE -fno-sanitize=vptr)  # oneTBB's own downcast
    endif()
    target_link_options(${target} PUBLIC -fsanitize=${MOLLIFY_SANITIZER})
  endif()
endfunction()

# mollify_library(NAME component SOURCES ... HEADERS ... [PUBLIC targets] [PRIVATE targets])
# makes the library mollify_<component>, its alias mollify::<component> and its export set.
function(mollify_library)
  cmake_parse_arguments(ARG "" "NAME" "SOURCES;HEADERS;PUBLIC;PRIVATE" ${ARGN})
  set(target mollify_${ARG_NAME})
  add_library(${target} STATIC ${ARG_SOURCES})
  add_library(mollify::${ARG_NAME} ALIAS ${target})
  mollify_own_target(${target})
  file(RELATIVE_PATH folder "${PROJECT_SOURCE_DIR}" "${CMAKE_CURRENT_SOURCE_DIR}")
  list(TRANSFORM ARG_HEADERS PREPEND "${PROJECT_BINARY_DIR}/include/mollify/${folder}/")
  target_sources(${target} PUBLIC FILE_SET HEADERS BASE_DIRS "${PROJECT_BINARY_DIR}/include" FILES ${ARG_HEADERS})
  target_link_libraries(${target} PUBLIC ${ARG_PUBLIC} PRIVATE ${ARG_PRIVATE})
  set_target_properties(${target} PROPERTIES EXPORT_NAME ${ARG_NAME} VERIFY_INTERFACE_HEADER_SETS ON)
  install(TARGETS ${target} EXPORT mollify-${ARG_NAME} FILE_SET HEADERS DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}
          ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR} COMPONENT ${ARG_NAME})
  install(EXPORT mollify-${ARG_NAME} NAMESPACE mollify:: DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/mollify
          COMPONENT ${ARG_NAME})
  set(MOLLIFY_COMPONENTS "${MOLLIFY_COMPONENTS};${ARG_NAME}" CACHE INTERNAL "")
endfunction()

function(mollify_install_package)
  set(destination ${CMAKE_INSTALL_LIBDIR}/cmake/mollify)
  configure_package_config_file("${MOLLIFY_CMAKE_DIR}/mollify-config.cmake.in"
                                "${PROJECT_BINARY_DIR}/mollify-config.cmake" INSTALL_DESTINATION ${destination})
  write_basic_package_version_file("${PROJECT_BINARY_DIR}/mollify-config-version.cmake" COMPATIBILITY SameMinorVersion)
  install(FILES "${PROJECT_BINARY_DIR}/mollify-config.cmake" "${PROJECT_BINARY_DIR}/mollify-config-version.cmake"
          DESTINATION ${destination})
endfunction()

function(mollify_print_summary)
  message(STATUS "mollify ${PROJECT_VERSION}, ${CMAKE_BUILD_TYPE}, ${CMAKE_CXX_COMPILER_ID} ${CMAKE_CXX_COMPILER_VERSION}")
  list(JOIN MOLLIFY_COMPONENTS " " components)
  message(STATUS "  components   ${components}")
  foreach(option TESTS BENCH FUZZ SANITIZER)
    string(TOLOWER ${option} name)
    message(STATUS "  ${name}  ${MOLLIFY_${option}}")
  endforeach()
endfunction()

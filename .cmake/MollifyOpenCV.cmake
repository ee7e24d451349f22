# The targets opencv_core and opencv_imgcodecs, from OpenCV's own package configuration or, where that is missing, from
# the bare libraries: Debian keeps the configuration in libopencv-dev, which pulls in sixty packages more than
# libopencv-imgcodecs-dev. Installed beside mollify's own configuration, which includes it.
if(NOT TARGET opencv_imgcodecs)
  find_package(OpenCV QUIET CONFIG COMPONENTS core imgcodecs)
endif()
if(NOT TARGET opencv_imgcodecs)
  find_path(MOLLIFY_OPENCV_INCLUDE_DIR opencv2/imgcodecs.hpp PATH_SUFFIXES opencv4)
  foreach(module core imgcodecs)
    find_library(MOLLIFY_OPENCV_${module}_LIBRARY opencv_${module})
    if(NOT MOLLIFY_OPENCV_INCLUDE_DIR OR NOT MOLLIFY_OPENCV_${module}_LIBRARY)
      message(FATAL_ERROR "mollify::decode needs OpenCV's ${module}: install libopencv-imgcodecs-dev, "
                          "or configure with -DMOLLIFY_DECODE=OFF")
    endif()
    add_library(opencv_${module} UNKNOWN IMPORTED)
    set_target_properties(opencv_${module} PROPERTIES IMPORTED_LOCATION "${MOLLIFY_OPENCV_${module}_LIBRARY}"
                                                      INTERFACE_INCLUDE_DIRECTORIES "${MOLLIFY_OPENCV_INCLUDE_DIR}")
  endforeach()
endif()

# Makes the target mollify_torch from whichever LibTorch find_package finds: Debian's libtorch-dev (1.13), or a PyTorch
# 2.x wheel by CMAKE_PREFIX_PATH=<site-packages>/torch (not its share/cmake: Debian's c10 would be found beside it).
# Used by this build and, installed, by mollify-config.cmake; included from the top so that all folders see its targets.
if(TARGET mollify_torch)
  return()
endif()
option(MOLLIFY_TORCH_CUDA "Link the CUDA half of LibTorch; the CPU half alone starts faster" OFF)

# Stops the wheel's cuda.cmake, which would otherwise ask for an nvcc of the wheel's own version and rewrite
# CMAKE_CUDA_FLAGS.
if(NOT TARGET torch::cudart)
  add_library(torch::cudart INTERFACE IMPORTED)
endif()
find_package(Torch 1.13 REQUIRED)

if(MOLLIFY_TORCH_CUDA AND NOT TARGET torch_cuda_library)
  message(FATAL_ERROR "MOLLIFY_TORCH_CUDA is ON, but the LibTorch in ${TORCH_INSTALL_PREFIX} has no CUDA half: set "
                      "CMAKE_PREFIX_PATH to the folder 'torch' of a PyTorch wheel that has one")
endif()

add_library(mollify_torch INTERFACE IMPORTED)
get_filename_component(_mollify_torch_lib "${TORCH_LIBRARY}" DIRECTORY)
if(_mollify_torch_lib MATCHES "^/usr/lib")
  target_link_libraries(mollify_torch INTERFACE torch_cpu_library c10)
  target_include_directories(mollify_torch SYSTEM INTERFACE ${TORCH_INCLUDE_DIRS})
else()
  # The wheel's include folder carries a fmt of its own, which breaks Debian's spdlog. So the compiler is shown only
  # LibTorch's folders in it, and the libraries are linked as files, for their targets bring the whole folder along.
  set(_mollify_torch_view "${CMAKE_BINARY_DIR}/include-torch")
  file(MAKE_DIRECTORY "${_mollify_torch_view}")
  foreach(_mollify_torch_folder torch ATen c10 caffe2)
    file(CREATE_LINK "${TORCH_INSTALL_PREFIX}/include/${_mollify_torch_folder}"
         "${_mollify_torch_view}/${_mollify_torch_folder}" SYMBOLIC)
  endforeach()
  target_include_directories(mollify_torch SYSTEM INTERFACE "${_mollify_torch_view}"
                                                            "${_mollify_torch_view}/torch/csrc/api/include")
  set(_mollify_torch_files "${_mollify_torch_lib}/libtorch_cpu.so")
  if(MOLLIFY_TORCH_CUDA)
    list(APPEND _mollify_torch_files "${_mollify_torch_lib}/libtorch_cuda.so" "${_mollify_torch_lib}/libc10_cuda.so")
  endif()
  # Registration happens in static initializers, so nothing may be dropped for not being referred to. Without the run
  # path the program would silently load Debian's library where both are installed.
  target_link_libraries(mollify_torch INTERFACE -Wl,--no-as-needed ${_mollify_torch_files} -Wl,--as-needed
                                                "${_mollify_torch_lib}/libc10.so")
  target_link_options(mollify_torch INTERFACE "LINKER:-rpath,${_mollify_torch_lib}")
endif()

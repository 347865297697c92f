// NVRTC is found and called at run time, so that the addon builds without CUDA's headers and is the same with and
// without CUDA. Its functions' names and numbers are those of every NVRTC since CUDA 11.2.
#include "compiler.h"

#include <ATen/ATen.h>
#include <dlfcn.h>
#include <torch/library.h>

#include <algorithm>
#include <vector>

#include "kernel_sources.h"

namespace malleolus::cuda {

namespace {

using Program = void*;
using Result = int;

/// Where libc10 lies; LibTorch's other libraries are beside it.
std::string libtorch_directory() {
  Dl_info info{};
  if (dladdr(reinterpret_cast<const void*>(&c10::DeviceTypeName), &info) == 0 || info.dli_fname == nullptr) return "";
  const std::string path = info.dli_fname;
  return path.substr(0, path.rfind('/') + 1);
}

/// LibTorch's own library of NVRTC, through which its NVRTC is found whatever its name; but it needs a driver. Then by
/// the names that CUDA gives it.
void* open_nvrtc() {
  const std::string own = libtorch_directory() + "libcaffe2_nvrtc.so";
  for (const char* name : {own.c_str(), "libnvrtc.so.13", "libnvrtc.so.12", "libnvrtc.so.11.2", "libnvrtc.so"}) {
    void* library = dlopen(name, RTLD_LAZY | RTLD_LOCAL);
    if (library != nullptr && dlsym(library, "nvrtcCompileProgram") != nullptr) return library;
  }
  return nullptr;
}

struct Nvrtc {
  void* library = open_nvrtc();

  template <typename Function>
  Function* find(const char* name) const {
    TORCH_CHECK(library != nullptr, "no NVRTC was found, which compiles the kernels for the GPU: it belongs to LibTorch "
                "with CUDA; install that (pip install torch), or CUDA's package nvidia-cuda-nvrtc");
    auto* function = reinterpret_cast<Function*>(dlsym(library, name));
    TORCH_CHECK(function != nullptr, "NVRTC has no ", name, ": CUDA 11.2 or newer is needed");
    return function;
  }

  void check(Result result, const char* what) const {
    if (result == 0) return;
    TORCH_CHECK(false, "NVRTC: ", what, ": ", find<const char*(Result)>("nvrtcGetErrorString")(result));
  }
};

const Nvrtc& nvrtc() {
  static const Nvrtc loaded;
  return loaded;
}

/// One of the compiler's outputs, given the names of the functions that tell its size and fetch it.
std::string output(Program program, const char* size_function, const char* function) {
  size_t size = 0;
  nvrtc().check(nvrtc().find<Result(Program, size_t*)>(size_function)(program, &size), size_function);
  std::string text(size, '\0');
  nvrtc().check(nvrtc().find<Result(Program, char*)>(function)(program, text.data()), function);
  return text;
}

struct OpenProgram {
  Program program = nullptr;
  ~OpenProgram() { nvrtc().find<Result(Program*)>("nvrtcDestroyProgram")(&program); }
};

}  // namespace

std::string compile_kernels(const std::string& architecture) {
  std::string text;
  std::vector<const char*> sources, names;
  for (const auto& source : kKernelSources) {
    sources.push_back(source.text);
    names.push_back(source.name);
    text += std::string("#include \"") + source.name + "\"\n";
  }
  using Create = Result(Program*, const char*, const char*, int, const char* const*, const char* const*);
  Program program = nullptr;
  nvrtc().check(nvrtc().find<Create>("nvrtcCreateProgram")(&program, text.c_str(), "malleolus.cu",
                                                          static_cast<int>(names.size()), sources.data(), names.data()),
                "the program could not be made");
  const OpenProgram open{program};
  const std::string target = "--gpu-architecture=" + architecture;
  // Not fused: where a sample lies, and whether an overlap is too large, hangs on roundings (see CMakeLists.txt).
  const char* options[] = {target.c_str(), "--std=c++17", "--fmad=false"};
  const Result compiled = nvrtc().find<Result(Program, int, const char* const*)>("nvrtcCompileProgram")(
      program, static_cast<int>(std::size(options)), options);
  if (compiled != 0) {
    const std::string log = output(program, "nvrtcGetProgramLogSize", "nvrtcGetProgramLog");
    TORCH_CHECK(false, "NVRTC could not compile the kernels for ", architecture, ": ", log);
  }
  return architecture.rfind("sm_", 0) == 0 ? output(program, "nvrtcGetCUBINSize", "nvrtcGetCUBIN")
                                           : output(program, "nvrtcGetPTXSize", "nvrtcGetPTX");
}

std::string architecture_for(int capability) {
  int count = 0;
  nvrtc().check(nvrtc().find<Result(int*)>("nvrtcGetNumSupportedArchs")(&count), "its architectures");
  std::vector<int> known(static_cast<size_t>(count));
  nvrtc().check(nvrtc().find<Result(int*)>("nvrtcGetSupportedArchs")(known.data()), "its architectures");
  if (std::find(known.begin(), known.end(), capability) != known.end()) return "sm_" + std::to_string(capability);
  int newest = 0;
  for (const int each : known) {
    if (each < capability) newest = std::max(newest, each);
  }
  TORCH_CHECK(newest > 0, "this GPU's compute capability, ", capability / 10, ".", capability % 10,
              ", is less than this LibTorch's CUDA compiles for");
  return "compute_" + std::to_string(newest);
}

int compiler_version() {
  if (nvrtc().library == nullptr) return 0;
  int major = 0, minor = 0;
  nvrtc().check(nvrtc().find<Result(int*, int*)>("nvrtcVersion")(&major, &minor), "its version");
  return major * 100 + minor;
}

namespace {

/// As bytes [n], for tests and for a look at what is compiled.
at::Tensor compiled_kernels(const std::string& architecture) {
  const std::string code = compile_kernels(architecture);
  at::Tensor bytes = at::empty({static_cast<int64_t>(code.size())}, at::TensorOptions(at::kByte));
  std::copy(code.begin(), code.end(), bytes.data_ptr<uint8_t>());
  return bytes;
}

int64_t kernel_compiler_version() { return compiler_version(); }

}  // namespace

TORCH_LIBRARY_FRAGMENT(malleolus, library) {
  library.def("compiled_kernels(str architecture) -> Tensor", compiled_kernels);
  library.def("kernel_compiler_version() -> int", kernel_compiler_version);
}

}  // namespace malleolus::cuda

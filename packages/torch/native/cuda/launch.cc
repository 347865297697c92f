// Kernels are compiled for a GPU when the first of them is needed there (a second), and given to the driver
// that every such machine has. The driver is called by name, as NVRTC is (compiler.cc).
#include "launch.h"

#include <c10/core/impl/VirtualGuardImpl.h>
#include <dlfcn.h>

#include <mutex>
#include <unordered_map>

#include "compiler.h"

namespace malleolus::cuda {

namespace {

using Result = int;
using Context = void*;
using Module = void*;
using Function = void*;

class Driver {
 public:
  template <typename... Parameters>
  void call(const char* name, Parameters... parameters) const {
    const auto result = find<Result(Parameters...)>(name)(parameters...);
    if (result == 0) return;
    const char* sentence = nullptr;
    find<Result(Result, const char**)>("cuGetErrorString")(result, &sentence);
    TORCH_CHECK(false, "CUDA's driver: ", name, ": ", sentence == nullptr ? "unknown error" : sentence);
  }

 private:
  template <typename Signature>
  Signature* find(const char* name) const {
    TORCH_CHECK(library_ != nullptr, "CUDA's driver, libcuda.so.1, is not on this machine");
    auto* function = reinterpret_cast<Signature*>(dlsym(library_, name));
    TORCH_CHECK(function != nullptr, "CUDA's driver has no ", name, ": it is too old for this LibTorch");
    return function;
  }

  void* library_ = dlopen("libcuda.so.1", RTLD_LAZY | RTLD_LOCAL);
};

const Driver& driver() {
  static const Driver loaded;
  return loaded;
}

/// What the driver knows of one GPU. Never given back: LibTorch keeps its own until the process ends, too.
struct Gpu {
  Context context = nullptr;
  Module module = nullptr;
  std::unordered_map<std::string, Function> kernels;
};

/// Makes a GPU's context, which is LibTorch's as well, the thread's as long as it lives.
class Entered {
 public:
  explicit Entered(const Gpu& gpu) { driver().call("cuCtxPushCurrent_v2", gpu.context); }
  ~Entered() {
    Context left;
    try {
      driver().call("cuCtxPopCurrent_v2", &left);
    } catch (const c10::Error&) {
      // What went wrong inside is being reported.
    }
  }
};

int capability_of(int gpu) {
  constexpr int kMajor = 75, kMinor = 76;
  int major = 0, minor = 0;
  driver().call("cuDeviceGetAttribute", &major, kMajor, gpu);
  driver().call("cuDeviceGetAttribute", &minor, kMinor, gpu);
  return major * 10 + minor;
}

void prepare(Gpu& gpu, int index) {
  int ordinal = 0;
  const unsigned no_flags = 0;
  driver().call("cuInit", no_flags);
  driver().call("cuDeviceGet", &ordinal, index);
  driver().call("cuDevicePrimaryCtxRetain", &gpu.context, ordinal);
  const Entered entered(gpu);
  const std::string code = compile_kernels(architecture_for(capability_of(ordinal)));
  driver().call("cuModuleLoadData", &gpu.module, static_cast<const void*>(code.c_str()));
}

/// The GPU and one of its kernels; made when first asked for. Autograd's threads ask, too.
std::pair<const Gpu*, Function> kernel_on(int index, const char* name) {
  static std::mutex mutex;
  static std::unordered_map<int, Gpu> gpus;
  const std::lock_guard<std::mutex> lock(mutex);
  Gpu& gpu = gpus[index];
  if (gpu.module == nullptr) prepare(gpu, index);
  auto [entry, is_new] = gpu.kernels.try_emplace(name, nullptr);
  if (entry->second == nullptr) {
    const Entered entered(gpu);
    driver().call("cuModuleGetFunction", &entry->second, gpu.module, name);
  }
  return {&gpu, entry->second};
}

}  // namespace

void launch_on_gpu(const char* kernel, c10::Device device, int64_t blocks, int64_t threads, const void* arguments) {
  const c10::impl::VirtualGuardImpl guard(c10::DeviceType::CUDA);
  // The default stream is the driver's null stream. Nothing in JavaScript can choose another.
  TORCH_CHECK(guard.getStream(device).id() == 0, "internal: ", kernel, ": expected the device's default stream");
  const auto [gpu, function] = kernel_on(device.index(), kernel);
  const Entered entered(*gpu);
  void* parameters[] = {const_cast<void*>(arguments)};
  const unsigned one = 1, none = 0;
  driver().call("cuLaunchKernel", function, static_cast<unsigned>(blocks), one, one, static_cast<unsigned>(threads), one,
                one, none, static_cast<void*>(nullptr), static_cast<void**>(parameters), static_cast<void**>(nullptr));
}

}  // namespace malleolus::cuda

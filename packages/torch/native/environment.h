// The state of one JavaScript environment (the main thread, or one worker).
//
// Tensors live in numbered slots; JavaScript holds the numbers. Nothing here is global, so
// that worker threads may load the addon again, each with slots of its own.
#pragma once

#include <ATen/ATen.h>
#include <node_api.h>

#include <string>
#include <unordered_map>
#include <vector>

namespace malleolus {

struct Operator;

/// For the CPU and for CUDA: whether autocast is on, and to which dtype it casts.
struct AutocastState {
  bool enabled[2];
  at::ScalarType type[2];
};

class Environment {
 public:
  explicit Environment(napi_env env);
  ~Environment();

  /// Puts a tensor into a slot and returns its number. An undefined tensor gets none: -1.
  int32_t hold(at::Tensor tensor);
  /// Empties a slot. A number that is not in use is an error.
  void release(int64_t handle);
  /// The tensor in a slot; throws when there is none.
  const at::Tensor& at(int64_t handle) const;
  size_t live() const { return slots_.size() - free_.size(); }

  /// Tells V8 what tensors hold outside its heap, once this has changed enough to matter. Not within
  /// a scope: no collection can free what the scope frees at its end, and each step would cause some.
  void report_memory();
  void set_scoped(bool scoped) {
    scoped_ = scoped;
    report_memory();
  }

  napi_env env;
  napi_ref error_class = nullptr;
  std::vector<std::unique_ptr<Operator>> operators;
  std::unordered_map<std::string, uint32_t> operator_numbers;
  /// What autocast was before each region that is open, for its end.
  std::vector<AutocastState> autocast_regions;

 private:
  struct Storage {
    uint32_t slots;
    int64_t bytes;
  };

  /// A tensor may be given another storage while it is held; what was counted is remembered.
  struct Slot {
    at::Tensor tensor;
    const void* storage = nullptr;
  };

  std::vector<Slot> slots_;
  std::vector<int32_t> free_;
  std::unordered_map<const void*, Storage> storages_;
  int64_t unreported_bytes_ = 0;
  bool scoped_ = false;
};

/// What JavaScript called a function with: `argc` is the number given, which may be above N.
template <size_t N>
struct Call {
  napi_value argv[N];
  size_t argc = N;
  Environment& state;

  Call(napi_env env, napi_callback_info info) : state(received(env, info)) {}

 private:
  Environment& received(napi_env env, napi_callback_info info) {
    void* data;
    napi_get_cb_info(env, info, &argc, argv, nullptr, &data);
    return *static_cast<Environment*>(data);
  }
};

/// A wrong argument, found before LibTorch was asked.
struct ArgumentError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// Throws `message` in JavaScript as a TorchError, with the code and the operator's name.
void throw_torch_error(Environment& state, const char* code, const std::string& op, const std::string& message);

/// Runs `body`; a C++ exception becomes a TorchError of the operation `name`.
template <typename Body>
napi_value guarded(Environment& state, const char* name, Body&& body);

/// LibTorch's own sentence in an exception, without its C++ stack.
std::string sentence_of(const std::exception& error);

template <typename Body>
napi_value guarded(Environment& state, const char* name, Body&& body) {
  try {
    return body();
  } catch (const ArgumentError& error) {
    throw_torch_error(state, "argument", name, std::string(name) + ": " + error.what());
  } catch (const std::exception& error) {
    throw_torch_error(state, "operator", name, std::string(name) + ": " + sentence_of(error));
  } catch (...) {
    throw_torch_error(state, "operator", name, std::string(name) + ": unknown C++ exception");
  }
  return nullptr;
}

}  // namespace malleolus

#include "environment.h"

#include "operators.h"

namespace malleolus {

namespace {

// V8 is told in steps: a call per tensor would cost more than the dispatch it accompanies.
constexpr int64_t kReportStepBytes = 4 << 20;

/// The first line of LibTorch's text: the rest is its C++ stack, if it has one.
std::string without_stack(std::string text) {
  const auto stack = text.find("\nException raised from");
  if (stack != std::string::npos) text.resize(stack);
  while (!text.empty() && (text.back() == '\n' || text.back() == ' ')) text.pop_back();
  return text;
}

}  // namespace

Environment::Environment(napi_env env) : env(env) {}
Environment::~Environment() = default;

int32_t Environment::hold(at::Tensor tensor) {
  if (!tensor.defined()) return -1;
  // Room for the number first: what follows does not throw halfway.
  if (free_.empty()) {
    slots_.emplace_back();
    free_.reserve(slots_.capacity());
    free_.push_back(static_cast<int32_t>(slots_.size() - 1));
  }
  const void* counted = nullptr;
  if (tensor.has_storage()) {
    const auto& storage = tensor.storage();
    counted = storage.unsafeGetStorageImpl();
    auto [entry, is_new] = storages_.try_emplace(counted, Storage{0, static_cast<int64_t>(storage.nbytes())});
    entry->second.slots += 1;
    if (is_new) unreported_bytes_ += entry->second.bytes;
  }
  const int32_t handle = free_.back();
  free_.pop_back();
  slots_[handle] = Slot{std::move(tensor), counted};
  return handle;
}

const at::Tensor& Environment::at(int64_t handle) const {
  if (handle < 0 || handle >= static_cast<int64_t>(slots_.size()) || !slots_[handle].tensor.defined()) {
    throw ArgumentError("the tensor has been freed");
  }
  return slots_[handle].tensor;
}

void Environment::release(int64_t handle) {
  at(handle);
  Slot& slot = slots_[handle];
  const auto entry = storages_.find(slot.storage);
  if (entry != storages_.end() && --entry->second.slots == 0) {
    unreported_bytes_ -= entry->second.bytes;
    storages_.erase(entry);
  }
  slot = Slot();
  free_.push_back(static_cast<int32_t>(handle));
}

void Environment::report_memory() {
  if (scoped_) return;
  if (unreported_bytes_ < kReportStepBytes && unreported_bytes_ > -kReportStepBytes) return;
  int64_t total;
  napi_adjust_external_memory(env, unreported_bytes_, &total);
  unreported_bytes_ = 0;
}

std::string sentence_of(const std::exception& error) {
  if (const auto* torch_error = dynamic_cast<const c10::Error*>(&error)) {
    return without_stack(torch_error->what_without_backtrace());
  }
  return without_stack(error.what());
}

void throw_torch_error(Environment& state, const char* code, const std::string& op, const std::string& message) {
  napi_env env = state.env;
  bool pending = false;
  napi_is_exception_pending(env, &pending);
  if (pending) return;
  napi_value constructor, error;
  napi_value arguments[3];
  napi_create_string_utf8(env, code, NAPI_AUTO_LENGTH, &arguments[0]);
  napi_create_string_utf8(env, message.c_str(), message.size(), &arguments[1]);
  napi_value name;
  napi_create_string_utf8(env, op.c_str(), op.size(), &name);
  napi_create_object(env, &arguments[2]);
  napi_set_named_property(env, arguments[2], "operator", name);
  if (state.error_class == nullptr || napi_get_reference_value(env, state.error_class, &constructor) != napi_ok ||
      napi_new_instance(env, constructor, 3, arguments, &error) != napi_ok) {
    napi_throw_error(env, code, message.c_str());
    return;
  }
  napi_throw(env, error);
}

}  // namespace malleolus

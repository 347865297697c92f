#include "guards.h"

#include <ATen/ATen.h>
#include <ATen/autocast_mode.h>
#include <torch/version.h>

#include <unordered_map>

#include "environment.h"

namespace malleolus {

namespace {

void check_at_least(int64_t value, int64_t least, const char* name) {
  // oneDNN computes in 32 bits.
  if (value < least || value > INT32_MAX) {
    throw ArgumentError(std::string("argument ") + name + ": expected at least " + std::to_string(least) +
                        (value > INT32_MAX ? " and less than 2^31" : "") + ", got " + std::to_string(value));
  }
}

void check_each(const c10::IValue& list, int64_t least, const char* name) {
  for (const int64_t value : list.toIntVector()) check_at_least(value, least, name);
}

// LibTorch divides by the groups before it looks at them.
void guard_conv2d(std::vector<c10::IValue>& stack) {
  check_each(stack[3], 1, "stride");
  if (stack[4].isIntList()) check_each(stack[4], 0, "padding");
  check_each(stack[5], 1, "dilation");
  check_at_least(stack[6].toInt(), 1, "groups");
}

void guard_conv_transpose2d(std::vector<c10::IValue>& stack) {
  check_each(stack[3], 1, "stride");
  check_each(stack[4], 0, "padding");
  check_each(stack[5], 0, "output_padding");
  check_at_least(stack[6].toInt(), 1, "groups");
  check_each(stack[7], 1, "dilation");
#if TORCH_VERSION_MAJOR < 2
  // It runs the convolution that is not transposed. Autocast would have cast up to float32.
  const at::Tensor& input = stack[0].toTensor();
  if (input.scalar_type() == at::kBFloat16 && input.is_cpu() && !at::autocast::is_cpu_enabled()) {
    throw ArgumentError("LibTorch " TORCH_VERSION " computes it wrongly in bfloat16 on the CPU: cast to float32");
  }
#endif
}

void guard_group_norm(std::vector<c10::IValue>& stack) { check_at_least(stack[1].toInt(), 1, "num_groups"); }

// Its square overflows, to a divisor of zero.
void guard_pixel_shuffle(std::vector<c10::IValue>& stack) {
  const int64_t factor = stack[1].toInt();
  if (factor < 1 || factor > 1 << 15) {
    throw ArgumentError("argument upscale_factor: expected 1 to 32768, got " + std::to_string(factor));
  }
}

// LibTorch calls its own default an internal error.
void guard_sort(std::vector<c10::IValue>& stack) {
  if (stack[1].isNone()) stack[1] = false;
}

const std::unordered_map<std::string, Guard> kGuards = {
    {"aten::conv2d", guard_conv2d},
    {"aten::conv_transpose2d.input", guard_conv_transpose2d},
    {"aten::group_norm", guard_group_norm},
    {"aten::pixel_shuffle", guard_pixel_shuffle},
    {"aten::sort.stable", guard_sort},
};

}  // namespace

Guard guard_of(const std::string& name) {
  const auto entry = kGuards.find(name);
  return entry == kGuards.end() ? nullptr : entry->second;
}

}  // namespace malleolus

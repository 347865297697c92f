// What the implementations of an optimiser's step share: optimizers.cc on the CPU, cuda/optimizers.cc on a GPU.
#pragma once

#include <ATen/ATen.h>

#include <initializer_list>
#include <vector>

namespace malleolus {

/// Throws what is wrong with the arguments; the gradients, laid out as their parameters are.
std::vector<at::Tensor> check_sgd_step(at::TensorList parameters, at::TensorList gradients, at::TensorList velocities);
std::vector<at::Tensor> check_adam_step(at::TensorList parameters, at::TensorList gradients, at::TensorList means,
                                        at::TensorList squares, int64_t step);

/// Autograd and caches of folded weights tell by the version that a tensor was written to.
void mark_written(std::initializer_list<at::TensorList> lists);

}  // namespace malleolus

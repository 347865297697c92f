// What JavaScript can ask of tensors beside calling operators; see native.ts for the types.
#pragma once

#include <node_api.h>

namespace malleolus {

// host_copies.cc
napi_value from_typed_array(napi_env env, napi_callback_info info);
napi_value to_typed_array(napi_env env, napi_callback_info info);
napi_value copy_to_typed_array(napi_env env, napi_callback_info info);
napi_value item(napi_env env, napi_callback_info info);

// autograd.cc
napi_value backward(napi_env env, napi_callback_info info);
napi_value gradients(napi_env env, napi_callback_info info);
napi_value gradient_of(napi_env env, napi_callback_info info);
napi_value set_gradient_of(napi_env env, napi_callback_info info);
napi_value requires_grad(napi_env env, napi_callback_info info);
napi_value set_requires_grad(napi_env env, napi_callback_info info);
napi_value set_grad_mode(napi_env env, napi_callback_info info);
napi_value enter_autocast(napi_env env, napi_callback_info info);
napi_value leave_autocast(napi_env env, napi_callback_info info);

}  // namespace malleolus

// Process groups and gradient buckets as JavaScript calls them; see native.ts for the types.
#pragma once

#include <node_api.h>

namespace malleolus {

napi_value missing_for_process_groups(napi_env env, napi_callback_info info);
napi_value join_process_group(napi_env env, napi_callback_info info);
napi_value leave_process_group(napi_env env, napi_callback_info info);
napi_value all_reduce(napi_env env, napi_callback_info info);
napi_value broadcast(napi_env env, napi_callback_info info);
napi_value new_gradient_buckets(napi_env env, napi_callback_info info);
napi_value arm_gradient_buckets(napi_env env, napi_callback_info info);
napi_value finish_gradient_buckets(napi_env env, napi_callback_info info);
napi_value free_gradient_buckets(napi_env env, napi_callback_info info);

}  // namespace malleolus

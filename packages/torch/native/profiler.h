// Where the time goes, operator by operator.
#pragma once

#include <node_api.h>

namespace malleolus {

/// startProfile(): from now on every operator is timed; what was known is forgotten.
napi_value start_profile(napi_env env, napi_callback_info info);
/// setProfileStage(name or null): operators from now on belong to it.
napi_value set_profile_stage(napi_env env, napi_callback_info info);
/// stopProfile() -> [{operator, stage or null, backward, calls, milliseconds of its own}]
napi_value stop_profile(napi_env env, napi_callback_info info);

}  // namespace malleolus

/** 1 in the module built with relaxed SIMD, whose multiply-adds may be fused. */
export const relaxed: i32 = i32(ASC_FEATURE_RELAXED_SIMD);

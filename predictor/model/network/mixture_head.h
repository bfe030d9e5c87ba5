// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// From the network's outputs to mixtures, and the gradient back.
//
// Runs in: slurmctld and offline. No allocation, no libm.
// Threads: pure functions.

#include <cstddef>

#include "predictor/model/network/mixture.h"

namespace foreshape {

/// outputs  (K, kPairOutputs)  for resource r: score, shift, width at 3 r
/// bins     (kBinOutputs)      for resource r: N scores at 2 N r, then N widths
/// kernel_weights  (R)
void make_mixture(const ModelInput& input, std::size_t resource, const float* outputs, const float* bins,
                  const float* kernel_weights, Mixture& out);

/// The same way back: doutputs, dbins (overwritten where the resource's numbers stand), dkernel (added to).
/// scale: what the gradient is multiplied with.
void mixture_back(const ModelInput& input, std::size_t resource, const float* outputs, const float* bins,
                  const MixtureGradient& gradient, float scale, float* doutputs, float* dbins,
                  float* dkernel);

}  // namespace foreshape

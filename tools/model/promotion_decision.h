// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Whether a freshly trained model takes the place of the one in force: judged on the newest jobs, and said
// why.
//
// Runs in: offline.
// Threads: main thread only.

#include <string>

#include "predictor/base/result.h"

namespace foreshape {

struct PromotionCase {
  std::string data;       ///< the data set
  std::string candidate;  ///< model file; its part for next submissions may be replaced or taken out
  std::string champion;   ///< the model in force; empty: none
  double window;          ///< the newest share of jobs, which decides
};

/// True where the candidate must be promoted. Prints the figures and the reasons, each line beginning with
/// `program`. A network of next submissions that is not better than the simple forecast, or worse than the
/// champion's, does not keep the rest from being promoted: the candidate's file is written anew with the
/// champion's or without. Errors: those of the files, of score_window() and of score_arrivals().
Result<bool> decide_promotion(const PromotionCase& promotion, const char* program);

}  // namespace foreshape

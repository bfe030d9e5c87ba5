// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// The part of a model file that forecasts next submissions.
//
// Runs in: slurmctld (our own threads only) and offline.
// Threads: pure functions.

#include "model_generated.h"
#include "predictor/model/arrival/arrival_model.h"
#include "predictor/model/wire.h"

namespace foreshape {

/// model: check()ed.
flatbuffers::Offset<fb::ArrivalPart> write_arrivals(flatbuffers::FlatBufferBuilder& builder,
                                                    const ArrivalModel& model);

/// Features, and as many numbers as there should be; the rest is check()'s.
Wrong read_arrivals(const fb::ArrivalPart& from, ArrivalModel& to);

}  // namespace foreshape

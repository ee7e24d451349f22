#pragma once
/// \file Every key of a configuration, told once: reading, printing and comparing all walk over this list. The keys of
/// a model are told by its kind.

#include <string>
#include <type_traits>
#include <utility>

#include <mollify/trainers/models/kinds.hpp>
#include <mollify/trainers/program/config/config.hpp>

namespace mollify {

/// Whether another value makes another training.
enum class Decides { results, nothing };

/// What is known of one key beside its value.
struct Field {
    const char* section;
    const char* key;
    std::string meaning;
    Decides decides = Decides::results;

    std::string name() const { return std::string(section) + "." + key; }
};

/// What the kind is, and which there are.
inline std::string model_kind_meaning(const std::string& kind) {
    std::string names;
    for (const auto& name : model_kind_names()) names += (names.empty() ? "" : ", ") + name;
    const auto* known = find_model_kind(kind);
    return (known ? known->description() + "; one of " : "one of ") + names;
}

/// Calls visit(Field, value&) for every key, section by section; of the model, for the keys of its kind. `C` is
/// Config or const Config.
template <class C, class Visitor>
void for_each_field(C& config, Visitor&& visit) {
    constexpr auto free = Decides::nothing;

    auto& data = config.data;
    visit(Field{"data", "set", "name of a data set"}, data.set);
    visit(Field{"data", "path", "its file or folder; built-in sets need none", free}, data.path);
    visit(Field{"data", "dataset", "HDF5 files: name of the data set; empty: the only one"}, data.dataset);
    // Free, as the path is: what they change, the fingerprint of the data tells.
    visit(Field{"data", "columns", "own tables: names, positions or ranges (a,3-6); empty: all", free},
          data.table.columns);
    visit(Field{"data", "header", "text tables: does line 1 name columns? auto, yes, no, skip", free},
          data.table.header);
    visit(Field{"data", "delimiter", "text tables: auto, comma, semicolon, tab, pipe, blank", free},
          data.table.delimiter);
    visit(Field{"data", "decimal", "text tables: sign before the fraction, . or ,", free},
          data.table.decimal);
    visit(Field{"data", "train", "built-in sets: samples to train on"}, data.train);
    visit(Field{"data", "validation", "synthetic sets: samples to select by"}, data.validation);
    visit(Field{"data", "test", "built-in sets: samples to test on"}, data.test);
    visit(Field{"data", "seed", "built-in sets: of the samples themselves"}, data.seed);
    visit(Field{"data", "image_size", "image folders: height and width after resizing"}, data.image_size);
    visit(Field{"data", "strict", "image files: refuse bytes without meaning, harmless as they are", free},
          data.strict);
    visit(Field{"data", "dequantize", "images: fill each grey level with uniform noise"}, data.dequantize);

    auto& pipeline = config.pipeline;
    visit(Field{"pipeline", "batch_size", "samples per iteration"}, pipeline.batch_size);
    visit(Field{"pipeline", "shuffle", "a new order in each epoch"}, pipeline.shuffle);
    visit(Field{"pipeline", "drop_last", "leave out the incomplete batch at an epoch's end"},
          pipeline.drop_last);
    visit(Field{"pipeline", "flip", "images: mirror each with probability 1/2"}, pipeline.flip);
    visit(Field{"pipeline", "in_flight", "batches in memory at most; 0: by the threads", free},
          pipeline.in_flight);
    // Free, so that a run that has failed can go on under another: without bad samples all are the same.
    visit(Field{"pipeline", "bad_samples", "that cannot be used: fail, skip or substitute", free},
          pipeline.bad_samples);
    visit(Field{"pipeline", "bad_budget", "most bad samples that a run skips or substitutes", free},
          pipeline.bad_budget);

    auto& mollification = config.mollification;
    auto& schedule = mollification.schedule;
    visit(Field{"mollification", "kind", "gaussian, or none: the vanilla training"}, mollification.kind);
    visit(Field{"mollification", "curve", "sigmoid, cosine, linear, constant or step"}, schedule.curve);
    visit(Field{"mollification", "clock", "what the schedule counts: iteration or epoch"}, schedule.clock);
    visit(Field{"mollification", "fraction", "part of the training that is mollified, in (0, 1]"},
          mollification.fraction);
    visit(Field{"mollification", "duration", "the same in ticks of the clock; 0: by fraction"},
          schedule.duration);
    visit(Field{"mollification", "start", "sigmoid and cosine: where the curve begins"}, schedule.start);
    visit(Field{"mollification", "end", "sigmoid and cosine: where it ends"}, schedule.end);
    visit(Field{"mollification", "tau", "sigmoid and cosine: smaller falls faster"}, schedule.tau);
    visit(Field{"mollification", "clip_min", "least noise level before the end"}, schedule.clip_min);
    visit(Field{"mollification", "level", "constant: the noise level"}, schedule.level);
    visit(Field{"mollification", "treads", "step: number of treads"}, schedule.treads);

    auto& model = config.model;
    visit(Field{"model", "kind", model_kind_meaning(model.kind)}, model.kind);
    if (const auto* kind = find_model_kind(model.kind)) {
        for (const auto& key : kind->keys()) {
            const auto before = value_of(model, key);
            auto value = before;
            visit(Field{"model", key.name, key.meaning}, value);
            if constexpr (!std::is_const_v<C>) {
                if (value != before) model.values[key.name] = std::move(value);
            }
        }
    }

    auto& optimizer = config.optimizer;
    visit(Field{"optimizer", "kind", "adam or adamax"}, optimizer.kind);
    visit(Field{"optimizer", "learning_rate", ""}, optimizer.learning_rate);
    visit(Field{"optimizer", "beta1", "decay of the mean gradient"}, optimizer.beta1);
    visit(Field{"optimizer", "beta2", "decay of its magnitude"}, optimizer.beta2);
    visit(Field{"optimizer", "epsilon", ""}, optimizer.epsilon);
    visit(Field{"optimizer", "weight_decay", "coupled (L2)"}, optimizer.weight_decay);

    auto& training = config.training;
    visit(Field{"training", "seed", "of parameters, order and noise"}, training.seed);
    visit(Field{"training", "device", "auto, cpu or cuda", free}, training.device);
    visit(Field{"training", "epochs", "length of the training: either this"}, training.epochs);
    visit(Field{"training", "iterations", "or this"}, training.iterations);
    visit(Field{"training", "log_every", "iterations between two lines of metrics.jsonl", free},
          training.log_every);
    visit(Field{"training", "checkpoint_seconds", "between two checkpoints; 0: after every iteration", free},
          training.checkpoint_seconds);
    visit(
        Field{"training", "max_skips", "non-finite losses in a row that end the training; 0: none do", free},
        training.max_skips);
    visit(Field{"training", "snapshots", "iterations after which the model is kept for good"},
          training.snapshots);

    auto& evaluation = config.evaluation;
    visit(Field{"evaluation", "every_epochs", "epochs between two evaluations; 0: not by epochs"},
          evaluation.every_epochs);
    visit(Field{"evaluation", "every_iterations", "iterations between two evaluations; 0: not by iterations"},
          evaluation.every_iterations);
    visit(Field{"evaluation", "batch_size", "samples evaluated at once"}, evaluation.batch_size);
    visit(Field{"evaluation", "limit", "samples of each part that are looked at; 0: all"}, evaluation.limit);
    visit(Field{"evaluation", "samples", "drawn for the picture at the end of a run", free},
          evaluation.samples);

    auto& threads = config.threads;
    visit(Field{"threads", "total", "that this process may use; 0: all processors it may run on", free},
          threads.total);
    visit(Field{"threads", "math", "of LibTorch; 0: the default split", free}, threads.math);
    visit(Field{"threads", "pipeline", "that make batches; 0: the default split", free}, threads.pipeline);
}

}  // namespace mollify

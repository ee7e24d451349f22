#include <cstdio>
#include <exception>

#include <CLI/CLI.hpp>
#include <c10/util/Exception.h>
#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/spdlog.h>

#include <mollify/datasets/storage/bus_errors.hpp>
#include <mollify/stages/error.hpp>
#include <mollify/trainers/process/allocator.hpp>
#include <mollify/trainers/program/commands/commands.hpp>
#include <mollify/trainers/program/run/output_check.hpp>
#include <mollify/trainers/program/run/training.hpp>

namespace {

constexpr int kFailure = 1;
constexpr int kUsage = 2;  // a command line or a configuration that cannot work

int fail(int status, const char* message) {
    std::fprintf(stderr, "mollify: %s\n", message);
    return status;
}

int run(int argc, char** argv) {
    using namespace mollify;
    keep_freed_memory();
    name_files_on_bus_errors(kFailure);
    spdlog::set_default_logger(spdlog::stderr_color_mt("mollify"));
    spdlog::set_pattern("%H:%M:%S %^%v%$");

    CLI::App app("Trains likelihood-based generative models, with data mollification or without.", "mollify");
    app.require_subcommand(1);
    app.set_version_flag("--version", MOLLIFY_VERSION);
    app.set_help_all_flag("--help-all", "help of every subcommand");
    Action action;
    add_train(app, action);
    add_evaluate(app, action);
    add_sample(app, action);
    add_study(app, action);
    add_inspect(app, action);
    add_pack(app, action);
    add_verify(app, action);
    add_presets(app, action);
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        return app.exit(error) == 0 ? 0 : kUsage;
    }
    try {
        return action();
    } catch (const Interrupted& interrupted) {
        spdlog::info("stopped; what is done is saved: {}", interrupted.advice);
        return 128 + interrupted.signal;
    } catch (const ConfigError& error) {
        return fail(kUsage, error.what());
    } catch (const c10::Error& error) {
        return fail(kFailure, error.what_without_backtrace());
    } catch (const std::exception& error) {
        return fail(kFailure, error.what());
    }
}

}  // namespace

int main(int argc, char** argv) {
    mollify::hold_standard_streams();
    return mollify::checked_output(run(argc, argv));
}

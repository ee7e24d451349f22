#include <algorithm>

#include <mollify/trainers/program/config/preset_files.hpp>
#include <mollify/trainers/program/config/presets.hpp>

namespace mollify {
namespace {

std::string replaced(std::string text, const std::string& what, const std::string& by) {
    for (auto at = text.find(what); at != std::string::npos; at = text.find(what, at + by.size()))
        text.replace(at, what.size(), by);
    return text;
}

/// By the file's first line, a comment.
Preset make_preset(const std::string& name, const std::string& toml) {
    return {name, toml.substr(2, toml.find('\n') - 2), toml};
}

std::vector<Preset> make_presets() {
    std::vector<Preset> out;
    for (const auto& [name, toml] : preset_files()) {
        if (std::string(toml).find("{set}") == std::string::npos) {
            out.push_back(make_preset(name, toml));
            continue;
        }
        for (const std::string set : {"miniboone", "parkinsons", "redwine", "whitewine"}) {
            for (const std::string kind : {"glow", "maf", "realnvp"}) {
                out.push_back(make_preset(std::string(name) + "/" + set + "-" + kind,
                                          replaced(replaced(toml, "{set}", set), "{kind}", kind)));
            }
        }
    }
    std::ranges::sort(out, {}, &Preset::name);
    return out;
}

}  // namespace

const std::vector<Preset>& presets() {
    static const auto all = make_presets();
    return all;
}

std::vector<std::string> preset_names() {
    std::vector<std::string> out;
    for (const auto& preset : presets()) out.push_back(preset.name);
    return out;
}

const Preset* find_preset(const std::string& name) {
    const auto found = std::ranges::find(presets(), name, &Preset::name);
    return found == presets().end() ? nullptr : &*found;
}

}  // namespace mollify

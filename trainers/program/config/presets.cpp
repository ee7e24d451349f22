#include <mollify/trainers/program/config/preset_texts.hpp>
#include <mollify/trainers/program/config/presets.hpp>

namespace mollify {
namespace {

std::string first_comment(const std::string& toml) {
    const auto end = toml.find('\n');
    return toml.substr(2, end - 2);
}

std::vector<Preset> make_presets() {
    std::vector<Preset> out;
    const auto add = [&](const std::string& name, const std::string& toml) {
        out.push_back({name, first_comment(toml), toml});
    };
    add("quickstart", preset_texts::quickstart);
    add("synthetic/gaussian-mixture", preset_texts::synthetic_gaussian_mixture);
    add("synthetic/von-mises", preset_texts::synthetic_von_mises);
    struct Table {
        const char* name;
        const char* title;
    };
    struct Model {
        const char* kind;
        const char* title;
    };
    for (const Table table :
         {Table{"redwine", "red wine"}, Table{"whitewine", "white wine"},
          Table{"parkinsons", "Parkinsons telemonitoring"}, Table{"miniboone", "MiniBooNE"}}) {
        for (const Model model : {Model{"maf", "MAF"}, Model{"realnvp", "RealNVP"}, Model{"glow", "Glow"}}) {
            const std::string name = std::string("uci/") + table.name + "-" + model.kind;
            add(name, std::string("# The paper's ") + model.title + " on UCI " + table.title +
                          ", mollified; needs --data with the raw UCI file\n[data]\nset = \"uci/" +
                          table.name + "\"\n\n[model]\nkind = \"" + model.kind + "\"\n\n" +
                          preset_texts::uci);
        }
    }
    add("cifar10/glow", preset_texts::cifar10_glow);
    add("cifar10/glow-small", preset_texts::cifar10_glow_small);
    add("own/table", preset_texts::own_table);
    add("own/images", preset_texts::own_images);
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
    for (const auto& preset : presets()) {
        if (preset.name == name) return &preset;
    }
    return nullptr;
}

}  // namespace mollify

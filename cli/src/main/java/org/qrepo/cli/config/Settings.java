package org.qrepo.cli.config;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/** Puts values into words for people, without what is nobody else's business. */
final class Settings {
  private static final Map<Key, String> DEFAULTS =
      Map.of(
          Key.REPOSITORY_ARCH, "x86_64",
          Key.REPOSITORY_COMPRESSION, "gz",
          Key.REPOSITORY_DESC, "v2",
          Key.REPOSITORY_INCLUDE_SIGS, "false",
          Key.REPOSITORY_ALIASES, "true",
          Key.SIGNING_BACKEND, "file");

  private Settings() {}

  /** All values and defaults, in the order of the keys; those of one target together. */
  static List<Setting> describe(Map<String, Given> values) {
    List<Setting> settings = new ArrayList<>();
    for (Key key : Key.values()) {
      String fallback = DEFAULTS.get(key);
      if (fallback != null && !values.containsKey(key.path())) {
        settings.add(new Setting(key.path(), List.of(fallback), "default"));
      }
    }
    values.values().forEach(g -> settings.add(new Setting(g.name(), texts(g), g.where())));
    settings.sort(Comparator.comparingInt(Settings::rank).thenComparing(Settings::owner));
    return List.copyOf(settings);
  }

  /** Where a setting stands among the others; all keys of targets have the place of the first. */
  private static int rank(Setting setting) {
    return Arrays.stream(Key.values())
        .filter(k -> setting.name().startsWith(k.path().split("\\*", 2)[0]))
        .filter(k -> k.hasChosenName() || k.path().equals(setting.name()))
        .findFirst()
        .map(Key::ordinal)
        .orElse(Integer.MAX_VALUE);
  }

  /** The name of a setting's target; empty for others. */
  private static String owner(Setting setting) {
    String[] parts = setting.name().split("\\.", 3);
    return parts[0].equals("targets") ? parts[1] : "";
  }

  private static List<String> texts(Given given) {
    if (given.key() == Key.SIGNING_PASSPHRASE_COMMAND) {
      String first = given.items().isEmpty() ? "" : given.items().get(0).text();
      boolean more = given.items().size() > 1 || first.strip().contains(" ");
      return List.of(first.strip().split("\\s+", 2)[0] + (more ? " …" : ""));
    }
    return given.items().stream().map(i -> withoutUser(i.text())).toList();
  }

  private static String withoutUser(String text) {
    return text.replaceFirst("(?<=://)[^/@]*@", "");
  }
}

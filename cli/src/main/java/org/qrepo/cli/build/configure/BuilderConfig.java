package org.qrepo.cli.build.configure;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.qrepo.cli.UsageException;
import org.qrepo.cli.build.BuilderTree;
import org.qrepo.cli.config.BuilderKind;
import org.qrepo.cli.config.ComponentName;
import org.qrepo.cli.config.Config;
import org.qrepo.client.QubesRelease;

/**
 * What a builder's configuration is to say.
 *
 * @param example the builder's own configuration that it builds upon, relative to the tree; empty
 *     if there is none
 * @param text of the file, without the seal of {@link ConfigFile}
 */
public record BuilderConfig(String example, String text) {
  /**
   * The one that qrepo's configuration makes of a tree.
   *
   * @throws UsageException if something has to be said that is not
   * @throws org.qrepo.RefusedException if the builder cannot build it
   */
  public static BuilderConfig of(Config config, BuilderTree tree) throws IOException {
    return tree.kind() == BuilderKind.CLASSIC
        ? ClassicConfig.of(config, tree)
        : SecondConfig.of(config, tree);
  }

  /** The release to build for. */
  static QubesRelease release(Config config) {
    return config
        .repository()
        .release()
        .orElseThrow(
            () ->
                new UsageException(
                    "for which release of Qubes?",
                    "Set repository.release in qrepo.yml, to r4.3 say."));
  }

  /** What a comment says of sources that are replaced. */
  static List<String> replaced(Collection<ComponentName> overrides) {
    List<String> lines = new ArrayList<>();
    if (!overrides.isEmpty()) {
      lines.add("With sources of your own, which qrepo puts in place of those fetched:");
      overrides.forEach(component -> lines.add("  " + component));
    }
    return lines;
  }
}

package org.qrepo.cli.build;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.qrepo.cli.config.ComponentName;
import org.qrepo.cli.config.Config;

/** The components of Qubes that have packages for Arch Linux, in the order they are built. */
public final class KnownComponents {
  private static final List<KnownComponent> ALL = read();

  private KnownComponents() {}

  private static List<KnownComponent> read() {
    try (InputStream in = KnownComponents.class.getResourceAsStream("components.list")) {
      if (in == null) {
        throw new IllegalStateException("the list of components is missing from the jar");
      }
      BufferedReader lines = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8));
      return lines
          .lines()
          .filter(line -> !line.isBlank() && !line.startsWith("#"))
          .map(KnownComponent::parse)
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** In the order they are built. */
  public static List<KnownComponent> all() {
    return ALL;
  }

  /** What is known of a component. */
  public static Optional<KnownComponent> of(ComponentName name) {
    return ALL.stream().filter(known -> known.name().equals(name)).findFirst();
  }

  /** What is to be built, in order: what is configured, or else the usual ones. */
  public static List<ComponentName> toBuild(Config.Build build) {
    return build.components().isEmpty()
        ? ALL.stream().filter(KnownComponent::usual).map(KnownComponent::name).toList()
        : build.components();
  }
}

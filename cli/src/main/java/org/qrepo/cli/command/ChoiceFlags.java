package org.qrepo.cli.command;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.qrepo.cli.UsageException;
import org.qrepo.cli.build.stages.Choice;
import org.qrepo.cli.config.ComponentName;
import picocli.CommandLine.Option;

/** Which components are built. */
final class ChoiceFlags {
  @Option(names = "--again", description = "Build also what is built already.")
  private boolean again;

  @Option(
      names = "--from",
      paramLabel = "COMPONENT",
      description = "Build this component and all that follow again.")
  private @Nullable String from;

  @Option(
      names = "--only",
      paramLabel = "COMPONENT",
      description = "Build this component again, and no other; may be repeated.")
  private List<String> only = new ArrayList<>();

  @Option(
      names = "--at-once",
      description = "Let the builder build all components in one run, with one log.")
  private boolean atOnce;

  Choice get() {
    return new Choice(
        again,
        Optional.ofNullable(from).map(ChoiceFlags::component),
        only.stream().map(ChoiceFlags::component).toList(),
        atOnce);
  }

  private static ComponentName component(String name) {
    try {
      return new ComponentName(name);
    } catch (IllegalArgumentException e) {
      throw new UsageException(String.valueOf(e.getMessage()));
    }
  }
}

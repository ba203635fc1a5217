package org.qrepo.cli.command;

import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Parameters;

/** The one repository that a command is about, where the user need not name it. */
final class TargetArgument {
  @Parameters(
      index = "0",
      arity = "0..1",
      paramLabel = "T",
      description = "A target of the configuration, a directory or a URL.")
  private List<String> given = new ArrayList<>();

  /** What the user named, or nothing. */
  List<String> given() {
    return given;
  }
}

package org.qrepo.cli.build.qube;

import java.io.IOException;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The qube that this is, by what dom0 has told it.
 *
 * @param isQube whether it is one at all
 * @param name as dom0 calls it
 * @param type {@code AppVM}, {@code StandaloneVM}, {@code TemplateVM}, {@code DispVM}
 * @param gateway the address of the qube that it has its network from
 */
record Qube(
    boolean isQube, Optional<String> name, Optional<String> type, Optional<String> gateway) {
  private static final Pattern NAME = Pattern.compile("[A-Za-z][A-Za-z0-9_.-]{0,30}");
  private static final Pattern TYPE = Pattern.compile("[A-Za-z]{1,20}");
  private static final Pattern ADDRESS = Pattern.compile("[0-9a-fA-F.:]{3,45}");
  private static final String QUBESDB = "qubesdb-read";

  /** Asks the qube's own database, which dom0 fills. */
  static Qube of(QubeSystem system) throws IOException, InterruptedException {
    Optional<String> name = system.ask(QUBESDB, "/name").filter(NAME.asMatchPredicate());
    boolean marked =
        system.has("/usr/share/qubes/marker-vm") || system.has("/run/qubes/this-is-appvm");
    return new Qube(
        marked || name.isPresent(),
        name,
        system.ask(QUBESDB, "/qubes-vm-type").filter(TYPE.asMatchPredicate()),
        system.ask(QUBESDB, "/qubes-gateway").filter(ADDRESS.asMatchPredicate()));
  }

  /** For commands: its name, or a word that stands for it. */
  String named() {
    return name.orElse("NAME");
  }
}

package org.qrepo.cli.command;

import java.io.IOException;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.qrepo.cli.Session;
import org.qrepo.cli.config.Config;
import org.qrepo.cli.config.ConfigLoader;
import org.qrepo.cli.keys.SigningKeys;
import org.qrepo.cli.repository.RepositoryFlags;
import org.qrepo.cli.repository.Targets;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Of which repository a keyring is, and where it goes. */
final class KeyringOptions {
  @Mixin private TargetArgument target = new TargetArgument();

  @Option(
      names = "--out",
      paramLabel = "DIR",
      description = "Write into DIR, which is made if it is not there.")
  private @Nullable String out;

  @Option(
      names = "--replace-official",
      description = "Take the names of Qubes' own keyring package, and its place.")
  private boolean replaceOfficial;

  @Mixin private RepositoryFlags flags = new RepositoryFlags();

  Targets targets(Session session) throws IOException {
    ConfigLoader.Flag[] own =
        replaceOfficial
            ? new ConfigLoader.Flag[] {
              new ConfigLoader.Flag(
                  "--replace-official", "keyring.replace-official", List.of("true"))
            }
            : new ConfigLoader.Flag[0];
    return Targets.of(session, flags, target.given(), own).requireOne();
  }

  /** The key to sign with. */
  SigningKeys signing(Session session, Config config, InstantSource clock) {
    return flags.signing(session, config, clock);
  }

  Optional<String> out() {
    return Optional.ofNullable(out);
  }
}

package org.qrepo.cli.command;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.qrepo.cli.Answer;
import org.qrepo.cli.Command;
import org.qrepo.cli.Session;
import org.qrepo.cli.client.ClientFile;
import org.qrepo.cli.client.KeyringPackages;
import org.qrepo.cli.repository.Targets;
import org.qrepo.client.KeyringPackage;
import org.qrepo.client.KeyringRelease;
import org.qrepo.client.KeyringSources;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;

/** Writes the sources of the keyring package, for makepkg or for qubes-core-agent-linux. */
@CommandLine.Command(
    name = "sources",
    description = {
      "Write what makepkg makes the keyring package of (default DIR: PACKAGE).",
      "That is PKGBUILD-keyring-keys, -trusted and -revoked as qubes-core-agent-linux has them, and a",
      "PKGBUILD."
    })
public final class KeyringSourcesCommand implements Command {
  @Mixin private KeyringOptions options = new KeyringOptions();

  @Override
  public Answer run(Session session) throws IOException {
    Targets targets = options.targets(session);
    KeyringPackages keyrings = KeyringPackages.of(session, targets.config());
    KeyringPackage keyring = keyrings.of(targets.target(0));
    String name = keyring.identity().packageName().value();
    Path directory = session.path(options.out().orElse(name));
    KeyringRelease release = keyrings.after(directory, keyring);
    Map<String, String> files = new KeyringSources(keyring).files(release.version());
    List<String> written = new ArrayList<>();
    files.forEach(
        (file, text) -> written.add(new ClientFile(file, false, text).write(directory).toString()));
    written.forEach(session.console()::result);
    return Answer.done(
        json ->
            json.field("package", name)
                .field("version", release.version().value())
                .strings("files", written));
  }
}

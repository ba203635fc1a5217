package org.qrepo.cli.command;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.qrepo.cli.Session;
import org.qrepo.cli.client.KeyringPackages;
import org.qrepo.cli.config.Config;
import org.qrepo.cli.repository.OpenTarget;
import org.qrepo.cli.repository.PublishRun;
import org.qrepo.client.KeyringPackage;
import org.qrepo.client.KeyringRelease;
import org.qrepo.database.Database;
import org.qrepo.publish.Change;
import org.qrepo.publish.Generation;
import org.qrepo.publish.Intent;

/**
 * Adds the keyring package to what is published at a target, where it is not there already with the
 * same content. The packages lie in a folder of their own until the run is over.
 */
final class KeyringAmendment implements PublishRun.Amendment, AutoCloseable {
  private final Session session;
  private final KeyringPackages keyrings;
  private final List<Path> folders = new ArrayList<>();

  KeyringAmendment(Session session, Config config) {
    this.session = session;
    this.keyrings = KeyringPackages.of(session, config);
  }

  @Override
  public Intent amend(OpenTarget target, Intent intent) throws IOException {
    Change change = (Change) intent;
    KeyringPackage keyring = keyrings.of(target.configured());
    Optional<Generation> live = target.history().live();
    Database published = live.map(Generation::database).orElse(Database.empty());
    KeyringRelease release = keyrings.after(published, keyring);
    if (!release.fresh()) {
      String name = keyring.identity().packageName() + " " + release.version();
      session.console().detail(name + " has these keys already");
      return change;
    }
    Path folder = Files.createTempDirectory("qrepo-keyring");
    folders.add(folder);
    List<Path> packages = new ArrayList<>(change.packages());
    packages.add(Files.write(folder.resolve(release.fileName()), release.bytes()));
    return new Change(packages, change.removals(), change.options());
  }

  @Override
  public void close() throws IOException {
    for (Path folder : folders) {
      try (Stream<Path> all = Files.walk(folder)) {
        for (Path one : all.sorted(Comparator.reverseOrder()).toList()) {
          Files.deleteIfExists(one);
        }
      }
    }
  }
}

package org.qrepo.cli.source;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.qrepo.Finding;
import org.qrepo.RefusedException;
import org.qrepo.cli.config.Location;
import org.qrepo.cli.console.Console;
import org.qrepo.publish.Fingerprint;
import org.qrepo.publish.StoreException;
import org.qrepo.sign.Certificate;
import org.qrepo.sign.Keyring;
import org.qrepo.sign.TrustedCertificates;
import org.qrepo.sign.git.SourceKeys;
import org.qrepo.sign.git.TreeObject;

/**
 * The certificates with which a source is verified, gathered from wherever there are some: files,
 * the web, this system, the source itself. That does no harm, because only those count that the
 * pinned master key has certified.
 */
final class BuilderKeys {
  /** The Qubes Master Signing Key. */
  static final Fingerprint QUBES = new Fingerprint("427F11FD0FAA4B080123F01CDDFA1A3E36879494");

  /** Where a system of Qubes OS has that key. */
  static final Path SYSTEM_FILE = Path.of("/usr/share/qubes/qubes-master-key.asc");

  private static final List<String> QUBES_FILES =
      List.of(
          "https://keys.qubes-os.org/keys/qubes-developers-keys.asc",
          "https://keys.qubes-os.org/keys/qubes-master-signing-key.asc");

  /** Where the builders have certificates. */
  private static final Pattern IN_TREE =
      Pattern.compile(
          "([^/]*-keys\\.asc|keys/[^/]+\\.asc|qubesbuilder/plugins/fetch/keys/[^/]+\\.asc)");

  private static final int MOST_IN_TREE = 200;
  private static final int LARGEST_IN_TREE = 1 << 20;

  private final Request request;
  private final CertificateFiles files;
  private final Console console;
  private final List<Finding> unreached = new ArrayList<>();
  private Keyring keyring = Keyring.of();

  /**
   * What is asked for.
   *
   * @param master the fingerprint to pin
   * @param certificates files, directories and URLs of certificates
   * @param systemFile the system's copy of the master key; empty: not to be looked at
   * @param offline whether the web is not to be asked
   */
  record Request(
      Fingerprint master, List<Location> certificates, Optional<Path> systemFile, boolean offline) {
    Request {
      certificates = List.copyOf(certificates);
    }
  }

  BuilderKeys(Request request, CertificateFiles files, Console console) {
    this.request = request;
    this.files = files;
    this.console = console;
  }

  /**
   * Gathers them.
   *
   * @throws RefusedException if a file that was named holds none, or the system's copy of the
   *     master key is another key
   */
  SourceKeys gather(ObjectStore store, SourceTree tree) throws IOException {
    systemFile();
    for (Location location : request.certificates()) {
      if (location instanceof Location.Directory directory) {
        add(TrustedCertificates.read(directory.path()).certificates());
      }
    }
    fromTree(store, tree);
    for (Location.Remote remote : remotes()) {
      files.remembered(remote).ifPresent(this::add);
      if (!request.offline()) {
        fetch(remote);
      }
    }
    return new SourceKeys(request.master(), keyring, InstantSource.system());
  }

  /** What could not be fetched. */
  List<Finding> unreached() {
    return List.copyOf(unreached);
  }

  private void add(Keyring more) {
    keyring = keyring.with(more);
  }

  private List<Location.Remote> remotes() {
    List<Location.Remote> remotes = new ArrayList<>();
    for (Location location : request.certificates()) {
      if (location instanceof Location.Remote remote) {
        remotes.add(remote);
      }
    }
    if (remotes.isEmpty() && request.master().equals(QUBES)) {
      QUBES_FILES.forEach(url -> remotes.add(new Location.Remote(java.net.URI.create(url))));
    }
    return remotes;
  }

  private void fetch(Location.Remote remote) throws IOException {
    console.verbose("fetching " + remote.display());
    try {
      add(files.fetch(remote));
    } catch (StoreException e) {
      unreached.add(
          Finding.of(
              "keys-unreached",
              remote.display(),
              String.valueOf(e.getMessage()).lines().findFirst().orElse("cannot be fetched"),
              "What is at hand of certificates is used. A key that was revoked since may count"
                  + " still."));
    } catch (RefusedException e) {
      unreached.addAll(e.findings());
    }
  }

  private void systemFile() throws IOException {
    Optional<Path> file = request.systemFile().filter(Files::exists);
    if (file.isEmpty()) {
      return;
    }
    Keyring system = Keyring.read(file.get());
    List<Certificate> others =
        system.certificates().stream()
            .filter(c -> !c.fingerprint().equals(request.master()))
            .toList();
    if (!others.isEmpty()) {
      throw new RefusedException(
          Finding.of(
              "master-key-differs",
              file.get().toString(),
              "this system's copy of the master key is another key: "
                  + others.get(0).fingerprint().grouped(),
              "Pinned is " + request.master().grouped() + ".",
              "One of them is wrong. Compare both with the fingerprint from several independent"
                  + " places before you go on."));
    }
    add(system);
  }

  /** Those that the source itself brings; what cannot be read there is not missed. */
  private void fromTree(ObjectStore store, SourceTree tree) throws IOException {
    List<Map.Entry<String, TreeObject.Entry>> found =
        tree.files().entrySet().stream()
            .filter(f -> IN_TREE.matcher(f.getKey()).matches())
            .filter(f -> f.getValue().mode() != TreeObject.Mode.LINK)
            .limit(MOST_IN_TREE)
            .toList();
    for (Map.Entry<String, TreeObject.Entry> file : found) {
      Optional<byte[]> bytes = store.file(file.getValue().id(), LARGEST_IN_TREE);
      try {
        bytes.map(b -> Keyring.parse(file.getKey(), b)).ifPresent(this::add);
      } catch (RefusedException e) {
        e.findings().forEach(f -> console.verbose(f.headline()));
      }
    }
  }
}

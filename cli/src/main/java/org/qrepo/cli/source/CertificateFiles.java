package org.qrepo.cli.source;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import java.util.Set;
import org.qrepo.RefusedException;
import org.qrepo.cli.config.Location;
import org.qrepo.io.AtomicFile;
import org.qrepo.io.Digests;
import org.qrepo.publish.PublicSite;
import org.qrepo.publish.StoreException;
import org.qrepo.sign.Keyring;
import org.qrepo.store.Sites;
import org.qrepo.store.http.HttpSettings;

/**
 * Files of certificates on the web. The last of each that could be read is remembered, so that what
 * was fetched once can be verified without a network.
 */
final class CertificateFiles {
  private static final Set<PosixFilePermission> OWN = PosixFilePermissions.fromString("rw-r--r--");

  private final Path memory;
  private final HttpSettings web;

  /**
   * @param memory the folder in which they are remembered
   */
  CertificateFiles(Path memory, HttpSettings web) {
    this.memory = memory;
    this.web = web;
  }

  /** What is remembered of it; empty if nothing, or nothing that can be read. */
  Optional<Keyring> remembered(Location.Remote location) {
    Path file = file(location);
    try {
      return Files.isRegularFile(file) ? Optional.of(Keyring.read(file)) : Optional.empty();
    } catch (IOException | RefusedException e) {
      return Optional.empty();
    }
  }

  /**
   * Fetches it anew.
   *
   * @throws StoreException if it cannot be had
   * @throws org.qrepo.RefusedException if it holds no certificate
   */
  Keyring fetch(Location.Remote location) throws IOException {
    byte[] bytes;
    try {
      bytes = bytes(location.uri());
    } catch (InterruptedIOException e) {
      throw e;
    } catch (IOException e) {
      throw new StoreException(
          StoreException.Kind.TRANSIENT,
          location.display() + " cannot be fetched: " + e.getMessage(),
          e);
    }
    Keyring keyring = Keyring.parse(location.display(), bytes);
    Files.createDirectories(memory);
    AtomicFile.write(file(location), bytes, OWN);
    return keyring;
  }

  private byte[] bytes(URI uri) throws IOException {
    String url = uri.toString();
    String path = String.valueOf(uri.getPath());
    try (PublicSite site = Sites.open(url.substring(0, url.lastIndexOf('/')), web)) {
      Optional<PublicSite.Fetched> fetched = site.fetch(path.substring(path.lastIndexOf('/') + 1));
      if (fetched.isEmpty()) {
        throw new IOException("there is no such file");
      }
      try (InputStream in = fetched.get().stream()) {
        return in.readNBytes(Keyring.MAX_FILE + 1);
      }
    }
  }

  private Path file(Location.Remote location) {
    byte[] url = location.uri().toString().getBytes(StandardCharsets.UTF_8);
    String digest = Digests.of(url, Set.of()).sha256().toString();
    return memory.resolve(digest.substring(0, 32) + ".asc");
  }
}

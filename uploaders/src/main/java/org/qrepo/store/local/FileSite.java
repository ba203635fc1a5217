package org.qrepo.store.local;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Optional;
import org.qrepo.publish.PublicSite;
import org.qrepo.store.SitePath;

/**
 * A repository that clients reach over {@code file://}. Links are followed wherever they lead, and
 * percent-encodings are resolved, as a web server does and pacman here.
 */
public final class FileSite implements PublicSite {
  private final Path directory;

  public FileSite(Path directory) {
    this.directory = directory.toAbsolutePath().normalize();
  }

  @Override
  public String location() {
    return "file://" + directory;
  }

  @Override
  public Optional<Fetched> fetch(String path) throws IOException {
    String decoded = FileUrl.decode(SitePath.encode(path));
    SitePath.requireSegments(decoded);
    String location = location() + "/" + path;
    try {
      Path file = directory.resolve(decoded);
      if (!Files.readAttributes(file, BasicFileAttributes.class).isRegularFile()) {
        throw new IOException(location + " is not a regular file; clients cannot read it");
      }
      return Optional.of(new Fetched(location, Files.newInputStream(file)));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (InvalidPathException e) {
      throw new IOException(location + " cannot be a file here: " + e.getReason(), e);
    }
  }

  @Override
  public void close() {
    // Nothing is kept open between fetches.
  }

  @Override
  public String toString() {
    return "FileSite[" + location() + "]";
  }
}

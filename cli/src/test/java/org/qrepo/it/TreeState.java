package org.qrepo.it;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Stream;
import org.qrepo.io.Digests;

/**
 * Everything that lies below a folder, to the byte: names, kinds, permissions, times of files,
 * links' targets and contents' digests. Two states are equal if nothing has changed.
 *
 * @param lines one for each thing, in order
 */
public record TreeState(List<String> lines) {
  public static TreeState of(Path root) {
    try (Stream<Path> walk = Files.walk(root)) {
      return new TreeState(walk.sorted().map(p -> line(root, p)).toList());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String line(Path root, Path path) {
    try {
      PosixFileAttributes attributes =
          Files.readAttributes(path, PosixFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
      String start =
          root.relativize(path)
              + " "
              + PosixFilePermissions.toString(attributes.permissions())
              + " "
              + attributes.owner();
      if (attributes.isSymbolicLink()) {
        return start + " -> " + Files.readSymbolicLink(path);
      }
      if (attributes.isDirectory()) {
        return start + " folder";
      }
      return start + " " + attributes.lastModifiedTime() + " " + digest(path);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String digest(Path file) throws IOException {
    try (var in = Files.newInputStream(file)) {
      return Digests.of(in, List.of()).sha256().hex();
    }
  }
}

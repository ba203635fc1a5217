package org.qrepo.store.local;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import org.qrepo.publish.StoreKey;

/** The names in a folder that are keys; those that no key can name are passed over. */
final class Names {
  private Names() {}

  /**
   * @param key of the folder, whose path is {@code path}; empty for the top
   * @param folders folders if set, everything else if not
   */
  static List<StoreKey> in(Optional<StoreKey> key, Path path, boolean folders) throws IOException {
    TreeSet<StoreKey> keys = new TreeSet<>();
    try (DirectoryStream<Path> children = Files.newDirectoryStream(path)) {
      for (Path child : children) {
        if (Files.isDirectory(child, LinkOption.NOFOLLOW_LINKS) == folders) {
          key(key, child).ifPresent(keys::add);
        }
      }
    } catch (NoSuchFileException e) {
      return List.of();
    } catch (DirectoryIteratorException e) {
      throw e.getCause();
    }
    return List.copyOf(keys);
  }

  private static Optional<StoreKey> key(Optional<StoreKey> folder, Path child) {
    String name = String.valueOf(child.getFileName());
    if (Tree.isReserved(name) || !isExact(child, name)) {
      return Optional.empty();
    }
    try {
      return Optional.of(folder.map(f -> f.child(name)).orElseGet(() -> new StoreKey(name)));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  /** Whether the name as text leads back to the file: not so if its bytes are no text. */
  private static boolean isExact(Path child, String name) {
    try {
      return child.resolveSibling(name).equals(child);
    } catch (InvalidPathException e) {
      return false;
    }
  }
}

package org.qrepo.store.ground;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.qrepo.publish.Store;

/**
 * A place for repositories: a server to publish to, its public side, and the folder in which lies
 * what it holds. Every folder below {@link #root} can be a repository; one that is copied there, or
 * made older there, is what the server has from then on.
 */
public interface Ground extends AutoCloseable {
  /** Where the folders of the repositories are. */
  Path root();

  /** A new folder below it, into which the server may write. */
  default Path folder(String name) {
    try {
      return Files.createDirectories(root().resolve(name));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A store on a folder, opened anew. */
  Store open(Path folder);

  /** What a target of the configuration says to publish into a folder: keys and their values. */
  Map<String, String> target(Path folder);

  /** What a process needs in its environment to publish there. */
  Map<String, String> environment();

  /** What clients write after {@code Server =} to install from a folder. */
  String site(Path folder);

  @Override
  void close();
}

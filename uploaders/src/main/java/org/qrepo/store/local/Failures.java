package org.qrepo.store.local;

import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import org.qrepo.publish.StoreException;
import org.qrepo.publish.StoreException.Kind;
import org.qrepo.publish.StoreKey;

/** Says in a store's words what the file system said. */
final class Failures {
  private Failures() {}

  /**
   * @param attempt what was tried, as in {@code write qubes.db}
   * @param place the file or folder it was tried on
   */
  static StoreException of(String attempt, Path place, IOException e) {
    if (e instanceof StoreException classified) {
      return classified;
    }
    String what = "cannot " + attempt + " (" + place + "): ";
    return new StoreException(kind(e), what + explanation(place, e), e);
  }

  static StoreException absent(StoreKey key) {
    return new StoreException(Kind.ABSENT, "there is no " + key);
  }

  static StoreException isAFolder(StoreKey key) {
    return new StoreException(Kind.CONFLICT, key + " is a folder; move it away");
  }

  static StoreException deadLink(StoreKey key) {
    return new StoreException(
        Kind.CONFLICT, key + " is a link that leads nowhere; remove it and run it again");
  }

  static StoreException changed(StoreKey key, long expected, long found) {
    String sizes =
        expected == found ? "other bytes" : "not the " + expected + " bytes that were measured";
    return new StoreException(
        Kind.PERMANENT,
        "the source of " + key + " has " + sizes + ": it changed after it was read; run it again");
  }

  private static Kind kind(IOException e) {
    if (e instanceof AccessDeniedException || says(e, "operation not permitted")) {
      return Kind.DENIED;
    }
    if (e instanceof NoSuchFileException) {
      return Kind.ABSENT;
    }
    boolean passing =
        says(e, "too many open files")
            || says(e, "stale file handle")
            || says(e, "temporarily unavailable");
    return passing ? Kind.TRANSIENT : Kind.PERMANENT;
  }

  private static String explanation(Path place, IOException e) {
    if (e instanceof AccessDeniedException) {
      return "permission denied; the user who publishes must own the folder or be able to write it";
    }
    if (e instanceof ClosedByInterruptException) {
      return "interrupted";
    }
    if (e instanceof NotAFileException) {
      return "it is neither a file nor a folder; remove it";
    }
    if (e instanceof NoSuchFileException) {
      return "no such file or folder";
    }
    return explained(place, e);
  }

  private static String explained(Path place, IOException e) {
    if (says(e, "no space left") || isFull(place)) {
      return "no space left on the file system; make room and run it again";
    }
    if (says(e, "quota exceeded")) {
      return "no space left within the disk quota; make room and run it again";
    }
    if (says(e, "read-only file system")) {
      return "the file system is mounted read-only";
    }
    if (says(e, "operation not permitted")) {
      return "operation not permitted; the file system or an attribute of the file forbids it";
    }
    return words(e).orElse(e.getClass().getSimpleName());
  }

  private static boolean says(IOException e, String words) {
    return words(e).map(w -> w.toLowerCase(Locale.ROOT).contains(words)).orElse(false);
  }

  private static Optional<String> words(IOException e) {
    return Optional.ofNullable(
        e instanceof FileSystemException named ? named.getReason() : e.getMessage());
  }

  /** For systems that say it in another language. */
  private static boolean isFull(Path place) {
    try {
      Path folder = Files.isDirectory(place) ? place : place.toAbsolutePath().getParent();
      return folder != null
          && Files.isDirectory(folder)
          && !Files.getFileStore(folder).isReadOnly()
          && Files.getFileStore(folder).getUsableSpace() == 0;
    } catch (IOException e) {
      return false;
    }
  }
}

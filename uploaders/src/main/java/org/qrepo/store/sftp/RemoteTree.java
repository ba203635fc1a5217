package org.qrepo.store.sftp;

import com.jcraft.jsch.SftpATTRS;
import java.io.IOException;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.qrepo.io.AtomicFile;
import org.qrepo.publish.StoreException;
import org.qrepo.publish.StoreException.Kind;
import org.qrepo.publish.StoreKey;

/**
 * The folders of a store: from keys to paths that are proven to lie inside, and their making and
 * removal. Paths are returned with all links of their folders resolved; the last segment is not.
 */
final class RemoteTree {
  static final String LOCK_FOLDER = ".qrepo.lock";

  /** Where unfinished files are: one folder for all, so that what the dead leave is found there. */
  private static final String UNFINISHED = ".qrepo-tmp-sftp";

  private static final SecureRandom RANDOM = new SecureRandom();
  private static final int ATTEMPTS = 20;
  private static final int SHARED = 02020;
  private static final int FOLDER_MODE = 0755;

  private final String configured;
  private volatile @Nullable String base;

  /**
   * @param configured absolute, or relative to the user's home
   */
  RemoteTree(String configured) {
    this.configured = configured;
  }

  String configured() {
    return configured;
  }

  /** The absolute path of the top, which may not exist yet. */
  String top(RemoteFiles files) throws IOException {
    String known = base;
    if (known == null) {
      known = configured.startsWith("/") ? configured : inHome(files);
      base = known;
    }
    return known;
  }

  /** The name's path; empty if the folder it would lie in does not exist. */
  Optional<String> find(RemoteFiles files, StoreKey key) throws IOException {
    requireOrdinary(key);
    Optional<String> folder = realFolder(files, parent(key));
    return folder.map(f -> child(f, key.name()));
  }

  /** A folder's path; empty if there is none. */
  Optional<String> findFolder(RemoteFiles files, Optional<StoreKey> folder) throws IOException {
    if (folder.isPresent()) {
      requireOrdinary(folder.get());
    }
    Optional<String> path = realFolder(files, folder.map(StoreKey::value).orElse(""));
    return path.isPresent() && files.lookThrough(path.get()).filter(SftpATTRS::isDir).isPresent()
        ? path
        : Optional.empty();
  }

  /** The name's path, in a folder that is made when it is missing. */
  String make(RemoteFiles files, StoreKey key) throws IOException {
    requireOrdinary(key);
    return child(makeFolder(files, parent(key)), key.name());
  }

  /** A new path for an unfinished file, in a folder that is made when it is missing. */
  String unfinished(RemoteFiles files) throws IOException {
    return unfinished(files, ".qrepo-tmp-" + nonce());
  }

  /** The path of an unfinished file of that name, in a folder that is made when it is missing. */
  String unfinished(RemoteFiles files, String name) throws IOException {
    return child(makeFolder(files, UNFINISHED), name);
  }

  /** Where unfinished files are. */
  String unfinishedFolder(RemoteFiles files) throws IOException {
    return child(top(files), UNFINISHED);
  }

  /** Where locks are. */
  String lockFolder(RemoteFiles files) throws IOException {
    return child(top(files), LOCK_FOLDER);
  }

  /** The folder of locks, made when it is missing. */
  String makeLockFolder(RemoteFiles files) throws IOException {
    return makeFolder(files, LOCK_FOLDER);
  }

  /** Removes the folders above a path that are empty now, up to the top. */
  void removeEmptyAbove(RemoteFiles files, String path) throws IOException {
    String top = files.real(top(files)).orElse("");
    String folder = above(path);
    while (folder.startsWith(top + "/") && files.removeFolder(folder)) {
      folder = above(folder);
    }
  }

  static boolean isReserved(String name) {
    return name.equals(LOCK_FOLDER) || AtomicFile.isTemporary(name);
  }

  static String child(String folder, String name) {
    return folder.endsWith("/") ? folder + name : folder + "/" + name;
  }

  static String nonce() {
    byte[] bytes = new byte[8];
    RANDOM.nextBytes(bytes);
    return HexFormat.of().formatHex(bytes);
  }

  private String inHome(RemoteFiles files) throws IOException {
    String home =
        files
            .real(".")
            .orElseThrow(() -> new StoreException(Kind.PERMANENT, "the user has no home there"));
    return configured.isEmpty() ? home : child(home, configured);
  }

  private static void requireOrdinary(StoreKey key) throws StoreException {
    for (String segment : key.value().split("/", -1)) {
      if (isReserved(segment)) {
        throw new StoreException(
            Kind.PERMANENT, "'" + key + "' cannot be stored: the store keeps such names to itself");
      }
    }
  }

  /**
   * The path of a folder with its links resolved. Its last name may not exist: a server need not
   * say so.
   *
   * @param below the top; empty for the top itself
   */
  private Optional<String> realFolder(RemoteFiles files, String below) throws IOException {
    String top = top(files);
    if (below.isEmpty()) {
      return Optional.of(top);
    }
    Optional<String> real = files.real(child(top, below));
    if (real.isPresent()) {
      requireInside(files, real.get());
    }
    return real;
  }

  private void requireInside(RemoteFiles files, String real) throws IOException {
    String top = top(files);
    if (!isInside(top, real) && !isInside(files.real(top).orElse(top), real)) {
      throw new StoreException(
          Kind.DENIED, "a link leads out of " + top + " to " + real + "; remove the link");
    }
  }

  private static boolean isInside(String top, String path) {
    return path.equals(top) || path.startsWith(top.endsWith("/") ? top : top + "/");
  }

  /**
   * The real path of a folder; it and those above it are made if they are missing.
   *
   * @param below the top; empty for the top itself
   */
  private String makeFolder(RemoteFiles files, String below) throws IOException {
    String top = top(files);
    if (below.isEmpty()) {
      makeMissing(files, top, Kind.PERMANENT);
      return top;
    }
    String place = child(top, below);
    if (files.lookThrough(place).filter(SftpATTRS::isDir).isEmpty()) {
      int slash = below.lastIndexOf('/');
      makeFolder(files, slash < 0 ? "" : below.substring(0, slash));
      makeMissing(files, place, Kind.CONFLICT);
    }
    return realFolder(files, below).orElse(place);
  }

  private void makeMissing(RemoteFiles files, String folder, Kind inTheWay) throws IOException {
    for (int i = 1; files.lookThrough(folder).filter(SftpATTRS::isDir).isEmpty(); i++) {
      if (files.look(folder).filter(there -> !there.isDir()).isPresent()) {
        throw new StoreException(
            inTheWay, folder + " is not a directory; name another place or move it away");
      }
      if (inTheWay == Kind.PERMANENT && !folder.equals("/")) {
        makeMissing(files, above(folder), inTheWay);
      }
      if (isMade(files, folder, i == ATTEMPTS)) {
        open(files, folder);
        return;
      }
    }
  }

  /** False if another made it first, who may have removed it again already. */
  private static boolean isMade(RemoteFiles files, String folder, boolean last)
      throws RemoteException {
    try {
      return files.makeFolder(folder);
    } catch (RemoteException e) {
      if (last || e.status() != RemoteException.Status.FAILED) {
        throw e;
      }
      return false;
    }
  }

  /** Readable by everyone, and writable by those who share the folder above. */
  private static void open(RemoteFiles files, String folder) throws IOException {
    int inherited = mode(files, folder);
    int group = (mode(files, above(folder)) & SHARED) == SHARED ? 020 : 0;
    int wanted = (inherited & 07000) | FOLDER_MODE | group;
    if (wanted != inherited) {
      files.permit(folder, wanted);
    }
  }

  private static int mode(RemoteFiles files, String path) throws IOException {
    return files.lookThrough(path).map(SftpATTRS::getPermissions).orElse(FOLDER_MODE) & 07777;
  }

  private static String parent(StoreKey key) {
    int slash = key.value().lastIndexOf('/');
    return slash < 0 ? "" : key.value().substring(0, slash);
  }

  static String above(String path) {
    int slash = path.lastIndexOf('/');
    return slash <= 0 ? "/" : path.substring(0, slash);
  }
}

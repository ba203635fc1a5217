package org.qrepo.sign.git;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * A directory as git stores it: entries of the form {@code mode SP name NUL id}, in the order of
 * their names, where the name of a directory is compared as if a slash followed.
 *
 * @param entries in that order
 */
public record TreeObject(List<Entry> entries) {
  public TreeObject {
    entries = List.copyOf(entries);
  }

  /** What an entry is. */
  public enum Mode {
    FILE,
    EXECUTABLE,
    LINK,
    DIRECTORY,
    SUBMODULE
  }

  /**
   * One of them.
   *
   * @param name without slashes, never {@code .}, {@code ..} or {@code .git}
   */
  public record Entry(Mode mode, String name, ObjectId id) {}

  /**
   * Reads the content of a tree.
   *
   * @throws ObjectException if an honest git would not have made it, or not checked it out
   */
  public static TreeObject parse(ObjectFormat format, byte[] object) throws ObjectException {
    List<Entry> entries = new ArrayList<>();
    Set<String> names = new HashSet<>();
    byte[] before = new byte[0];
    int at = 0;
    while (at < object.length) {
      int blank = find(object, at, ' ');
      int end = find(object, blank, 0);
      int next = end + 1 + format.length();
      if (next > object.length) {
        throw new ObjectException("a directory breaks off");
      }
      Mode mode = mode(new String(object, at, blank - at, StandardCharsets.ISO_8859_1));
      byte[] raw = Arrays.copyOfRange(object, blank + 1, end);
      Entry entry =
          new Entry(mode, name(raw), new ObjectId(HexFormat.of().formatHex(object, end + 1, next)));
      byte[] key = mode == Mode.DIRECTORY ? Arrays.copyOf(raw, raw.length + 1) : raw;
      if (mode == Mode.DIRECTORY) {
        key[raw.length] = '/';
      }
      if (!names.add(entry.name()) || Arrays.compareUnsigned(before, key) >= 0) {
        throw new ObjectException("the entries of a directory are not in order");
      }
      before = key;
      entries.add(entry);
      at = next;
    }
    return new TreeObject(entries);
  }

  private static int find(byte[] object, int from, int wanted) throws ObjectException {
    for (int i = from; i < object.length; i++) {
      if (object[i] == wanted) {
        return i;
      }
    }
    throw new ObjectException("a directory breaks off");
  }

  /** Old repositories have files that their group could write. */
  private static Mode mode(String octal) throws ObjectException {
    return switch (octal) {
      case "100644", "100664" -> Mode.FILE;
      case "100755" -> Mode.EXECUTABLE;
      case "120000" -> Mode.LINK;
      case "40000" -> Mode.DIRECTORY;
      case "160000" -> Mode.SUBMODULE;
      default -> throw new ObjectException("a directory has an entry of unknown kind");
    };
  }

  private static String name(byte[] raw) throws ObjectException {
    String name;
    try {
      name = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(raw)).toString();
    } catch (CharacterCodingException e) {
      throw new ObjectException("a directory has a name that is not UTF-8");
    }
    boolean meansOther =
        name.isEmpty()
            || name.equals(".")
            || name.equals("..")
            || name.contains("/")
            || name.toLowerCase(Locale.ROOT).equals(".git");
    if (meansOther) {
      throw new ObjectException("a directory has a name that leads out of it or into .git");
    }
    return name;
  }
}

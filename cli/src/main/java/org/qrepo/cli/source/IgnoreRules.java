package org.qrepo.cli.source;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.qrepo.sign.git.TreeObject;

/**
 * What a source says it does not keep (gitignore(5)), by the {@code .gitignore} files of its commit
 * alone: one that somebody put into the work tree hides nothing.
 */
final class IgnoreRules {
  private static final int MOST = 1 << 18;
  private static final String NAME = ".gitignore";

  /** In UTF-8, a character for each byte, as all texts are compared here: git compares bytes. */
  private static final String BYTE_ORDER_MARK = "\u00ef\u00bb\u00bf";

  private final Map<String, List<IgnorePattern>> byFolder;

  private IgnoreRules(Map<String, List<IgnorePattern>> byFolder) {
    this.byFolder = byFolder;
  }

  /** Reads those of a commit. */
  static IgnoreRules of(ObjectStore store, SourceTree tree) throws IOException {
    Map<String, List<IgnorePattern>> byFolder = new HashMap<>();
    for (Map.Entry<String, TreeObject.Entry> file : tree.files().entrySet()) {
      String path = file.getKey();
      boolean rules = path.equals(NAME) || path.endsWith("/" + NAME);
      if (rules && file.getValue().mode() != TreeObject.Mode.LINK) {
        String folder = path.substring(0, path.length() - NAME.length());
        Optional<byte[]> text = store.file(file.getValue().id(), MOST);
        text.ifPresent(bytes -> byFolder.put(folder, parse(bytes)));
      }
    }
    return new IgnoreRules(byFolder);
  }

  /**
   * The rules of texts by the folder they are in.
   *
   * @param texts by folder, empty or with a slash at the end
   */
  static IgnoreRules of(Map<String, String> texts) {
    Map<String, List<IgnorePattern>> byFolder = new HashMap<>();
    texts.forEach(
        (folder, text) -> byFolder.put(folder, parse(text.getBytes(StandardCharsets.UTF_8))));
    return new IgnoreRules(byFolder);
  }

  private static List<IgnorePattern> parse(byte[] bytes) {
    String text = new String(bytes, StandardCharsets.ISO_8859_1);
    String bare = text.startsWith(BYTE_ORDER_MARK) ? text.substring(3) : text;
    List<IgnorePattern> patterns = new ArrayList<>();
    for (String line : bare.split("\n", -1)) {
      IgnorePattern.parse(line).ifPresent(patterns::add);
    }
    return List.copyOf(patterns);
  }

  /**
   * Whether a file or directory is ignored, if no directory above it is. The nearest file of rules
   * goes first, and in it the last rule that fits.
   */
  boolean ignores(String path, boolean directory) {
    int slash = path.length();
    while (slash >= 0) {
      slash = slash == 0 ? -1 : path.lastIndexOf('/', slash - 1);
      String folder = path.substring(0, slash + 1);
      List<IgnorePattern> patterns = byFolder.getOrDefault(folder, List.of());
      for (int i = patterns.size() - 1; i >= 0; i--) {
        if (patterns.get(i).fits(asBytes(path.substring(folder.length())), directory)) {
          return !patterns.get(i).negated();
        }
      }
      if (slash < 0) {
        return false;
      }
    }
    return false;
  }

  private static String asBytes(String text) {
    return new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
  }
}

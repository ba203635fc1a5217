package org.qrepo.cli.source;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.qrepo.Finding;
import org.qrepo.sign.git.ObjectHash;
import org.qrepo.sign.git.ObjectId;
import org.qrepo.sign.git.ObjectType;
import org.qrepo.sign.git.TreeObject;

/**
 * Compares the files of a work tree with a commit, by their bytes: what the index of the checkout
 * says of them, which can be told to look away, is not asked.
 */
final class WorkTree extends SimpleFileVisitor<Path> {
  /** How many files a finding names. */
  private static final int NAMED = 10;

  private final Path root;
  private final SourceTree tree;
  private final IgnoreRules ignored;
  private final Set<String> products;
  private final Set<String> folders = new HashSet<>();
  private final Map<String, TreeObject.Entry> missing;
  private final Set<String> changed = new TreeSet<>();
  private final Set<String> others = new TreeSet<>();
  private final Deque<Boolean> inIgnored = new ArrayDeque<>();

  private WorkTree(Path root, SourceTree tree, IgnoreRules ignored, Set<String> products) {
    this.root = root;
    this.tree = tree;
    this.ignored = ignored;
    this.products = products;
    this.missing = new HashMap<>(tree.files());
    for (String file : tree.files().keySet()) {
      for (int at = file.indexOf('/'); at >= 0; at = file.indexOf('/', at + 1)) {
        folders.add(file.substring(0, at));
      }
    }
  }

  /**
   * What differs; nothing if every file is as the commit has it and there are no others.
   *
   * @param products folders at the top that the builder fills
   */
  static List<Finding> compare(
      Path root, SourceTree tree, IgnoreRules ignored, Set<String> products) throws IOException {
    WorkTree work = new WorkTree(root, tree, ignored, products);
    Files.walkFileTree(root, work);
    return work.findings();
  }

  private List<Finding> findings() {
    return Stream.of(
            finding("source-changed", "changed", changed),
            finding("source-missing", "missing", new TreeSet<>(missing.keySet())),
            finding("source-untracked", "not of the source, nor ignored by it", others))
        .flatMap(List::stream)
        .toList();
  }

  private List<Finding> finding(String id, String what, Set<String> paths) {
    if (paths.isEmpty()) {
      return List.of();
    }
    String names = String.join(", ", paths.stream().limit(NAMED).toList());
    String more = paths.size() > NAMED ? " and " + (paths.size() - NAMED) + " more" : "";
    String count = paths.size() == 1 ? "1 file is " : paths.size() + " files are ";
    return List.of(
        Finding.of(
            id,
            root.toString(),
            count + what + ": " + names + more,
            "Whoever signed the commit did not sign this, and building would run it.",
            id.equals("source-untracked")
                ? "Move them out of the checkout, or remove them: git clean -n shows them."
                : "Keep what is yours elsewhere (build.overrides), then: git reset --hard"));
  }

  @Override
  public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes) {
    if (directory.equals(root)) {
      inIgnored.push(false);
      return FileVisitResult.CONTINUE;
    }
    String path = path(directory);
    if (path.equals(".git")) {
      return FileVisitResult.SKIP_SUBTREE;
    }
    boolean hidden = inIgnored.peek() || products.contains(path) || ignored.ignores(path, true);
    if (hidden && !folders.contains(path)) {
      return FileVisitResult.SKIP_SUBTREE;
    }
    inIgnored.push(hidden);
    return FileVisitResult.CONTINUE;
  }

  @Override
  public FileVisitResult postVisitDirectory(Path directory, @Nullable IOException e)
      throws IOException {
    inIgnored.pop();
    return super.postVisitDirectory(directory, e);
  }

  @Override
  public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
    String path = path(file);
    if (path.equals(".git")) {
      return FileVisitResult.CONTINUE;
    }
    TreeObject.Entry entry = tree.files().get(path);
    if (entry == null) {
      if (!inIgnored.peek() && !ignored.ignores(path, false)) {
        others.add(path);
      }
    } else {
      missing.remove(path);
      if (!isAs(file, attributes, entry)) {
        changed.add(path);
      }
    }
    return FileVisitResult.CONTINUE;
  }

  @Override
  public FileVisitResult visitFileFailed(Path file, IOException e) throws IOException {
    String path = path(file);
    if (inIgnored.peek() || ignored.ignores(path, true)) {
      return FileVisitResult.CONTINUE;
    }
    throw e;
  }

  private String path(Path file) {
    return root.relativize(file).toString();
  }

  private static boolean isAs(Path file, BasicFileAttributes attributes, TreeObject.Entry entry)
      throws IOException {
    if (entry.mode() == TreeObject.Mode.LINK) {
      return attributes.isSymbolicLink() && link(file, entry.id()).equals(entry.id());
    }
    boolean executable = entry.mode() == TreeObject.Mode.EXECUTABLE;
    return attributes.isRegularFile()
        && executable == isExecutable(file)
        && content(file, attributes.size(), entry.id()).equals(entry.id());
  }

  private static boolean isExecutable(Path file) throws IOException {
    return Files.getPosixFilePermissions(file, LinkOption.NOFOLLOW_LINKS)
        .contains(PosixFilePermission.OWNER_EXECUTE);
  }

  private static ObjectId link(Path file, ObjectId like) throws IOException {
    byte[] target = Files.readSymbolicLink(file).toString().getBytes(StandardCharsets.UTF_8);
    return ObjectHash.of(like.format(), ObjectType.BLOB, target);
  }

  private static ObjectId content(Path file, long size, ObjectId like) throws IOException {
    ObjectHash hash = ObjectHash.begin(like.format(), ObjectType.BLOB, size);
    byte[] buffer = new byte[1 << 16];
    try (InputStream in = Files.newInputStream(file, LinkOption.NOFOLLOW_LINKS)) {
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        hash.update(buffer, 0, n);
      }
    }
    return hash.finish();
  }
}

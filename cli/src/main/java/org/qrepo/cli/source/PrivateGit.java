package org.qrepo.cli.source;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.qrepo.cli.program.GitProgram;
import org.qrepo.cli.program.GitRun;
import org.qrepo.io.TreeDeletion;
import org.qrepo.sign.git.ObjectFormat;
import org.qrepo.sign.git.ObjectId;

/**
 * A repository of our own that uses the objects of a checkout. Settings, attributes, hooks, grafts
 * and replacements of the checkout, which may run programs or lie, are nowhere git would look. What
 * is fetched lands among the objects of the checkout; branches and tags stay here.
 */
final class PrivateGit implements AutoCloseable {
  private final GitProgram git;
  private final Path directory;
  private final Path objects;

  private PrivateGit(GitProgram git, Path directory, Path objects) {
    this.git = git;
    this.directory = directory;
    this.objects = objects;
  }

  /**
   * Makes one in the directory for temporary files.
   *
   * @param objects where the checkout has them
   */
  static PrivateGit over(GitProgram git, Path objects, ObjectFormat format) throws IOException {
    Path directory = Files.createTempDirectory("qrepo-git");
    Files.createDirectories(directory.resolve("objects"));
    Files.createDirectories(directory.resolve("refs"));
    Files.createDirectories(directory.resolve("info"));
    Files.writeString(directory.resolve("HEAD"), "ref: refs/heads/none\n");
    Files.writeString(directory.resolve("config"), config(format));
    // files are written byte for byte, whatever the attributes of the source say
    Files.writeString(
        directory.resolve("info/attributes"), "* -text -ident -filter -working-tree-encoding\n");
    return new PrivateGit(git, directory, objects);
  }

  private static String config(ObjectFormat format) {
    return format == ObjectFormat.SHA1
        ? "[core]\n\trepositoryformatversion = 0\n\tbare = false\n"
        : "[core]\n\trepositoryformatversion = 1\n\tbare = false\n[extensions]\n\tobjectformat = "
            + format.word()
            + "\n";
  }

  Path directory() {
    return directory;
  }

  /** What the server may be told that we have, and the tags that are known. */
  void know(ObjectId commit, Map<String, ObjectId> tags) throws IOException {
    List<String> lines = new ArrayList<>(GitRefs.packedLines(tags));
    lines.add(commit + " refs/heads/have");
    Files.write(directory.resolve("packed-refs"), lines, StandardCharsets.UTF_8);
  }

  GitRefs refs() throws IOException {
    return GitRefs.read(directory, directory);
  }

  /** Opens the objects to read them. */
  ObjectStore store() throws IOException {
    return new ObjectStore(process(Map.of(), List.of("cat-file", "--batch")));
  }

  GitRun.Result run(Map<String, String> more, List<String> words)
      throws IOException, InterruptedException {
    return GitRun.of(process(more, words), "");
  }

  private ProcessBuilder process(Map<String, String> more, List<String> words) {
    Map<String, String> environment = new HashMap<>(more);
    environment.put("GIT_DIR", directory.toString());
    environment.put("GIT_OBJECT_DIRECTORY", objects.toString());
    return git.process(Collections.unmodifiableMap(environment), words);
  }

  @Override
  public void close() throws IOException {
    TreeDeletion.deleteWhole(directory);
  }
}

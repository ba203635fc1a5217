package org.qrepo.it;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.qrepo.alpm.SamplePackage;

/**
 * A publish stops before a repository that it cannot trust or cannot read, with exit code 3 and the
 * reason, and leaves it as it is to the byte: nothing unreadable is ever taken for empty.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RepositoryRefusalIT {
  private static final String DESC =
      """
      %FILENAME%
      a-1-1-any.pkg.tar.zst

      %NAME%
      a

      %VERSION%
      1-1

      %CSIZE%
      10

      %SHA256SUM%
      0000000000000000000000000000000000000000000000000000000000000000

      %ARCH%
      any

      """;

  private final Scratch scratch = new Scratch();
  private final Publisher publisher = new Publisher(scratch, "plain");
  private Path addition = scratch.path();
  private int copies;

  @BeforeAll
  void publishFirst() {
    Path folder = scratch.folder("packages");
    addition = sample("addition").writeTo(folder);
    publisher.publish(sample("good").writeTo(folder)).expectSuccess();
  }

  @AfterAll
  void tidy() {
    publisher.close();
    scratch.close();
  }

  private static SamplePackage sample(String name) {
    return SamplePackage.of(name, "1.0-1").file("usr/share/" + name, name);
  }

  /**
   * Something wrong with a repository.
   *
   * @param name of the case
   * @param damage does it to a copy of the tree
   * @param says parts of the message
   */
  private record Case(String name, Damage damage, List<String> says) {
    @Override
    public String toString() {
      return name;
    }
  }

  /** Changes a repository. */
  @FunctionalInterface
  private interface Damage {
    void to(Path tree, Publisher publisher) throws IOException;
  }

  private static Case refused(String name, Damage damage, String... says) {
    return new Case(name, damage, List.of(says));
  }

  /** A database with a valid signature of the publisher's own key. */
  private static Case signed(String name, byte[] database, String... says) {
    return refused(
        name,
        (tree, publisher) -> {
          for (Path file : databases(tree)) {
            Files.write(file, database);
            Files.deleteIfExists(signature(file));
            publisher.gpg().sign(publisher.fingerprint(), file);
          }
        },
        says);
  }

  private static List<Path> databases(Path tree) throws IOException {
    try (Stream<Path> files = Files.list(tree)) {
      return files
          .filter(f -> f.getFileName().toString().matches("t\\.db(\\.tar\\..*)?"))
          .filter(f -> !f.toString().endsWith(".sig"))
          .toList();
    }
  }

  private static Path signature(Path file) {
    return file.resolveSibling(file.getFileName() + ".sig");
  }

  private static byte[] tar(String... pathsAndTexts) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (TarArchiveOutputStream tar = new TarArchiveOutputStream(bytes, 10240, "UTF-8")) {
      for (int i = 0; i < pathsAndTexts.length; i += 2) {
        byte[] text = pathsAndTexts[i + 1].getBytes(UTF_8);
        TarArchiveEntry entry = new TarArchiveEntry(pathsAndTexts[i], true);
        if (!entry.isDirectory()) {
          entry.setSize(text.length);
        }
        tar.putArchiveEntry(entry);
        tar.write(entry.isDirectory() ? new byte[0] : text);
        tar.closeArchiveEntry();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  /** Bytes that changed on the way: the signature no longer fits. */
  static Stream<Case> tampered() {
    return Stream.of(
        refused("junk", (t, p) -> Files.writeString(t.resolve("t.db"), "junk"), "t.db"),
        refused("0 bytes", (t, p) -> Files.write(t.resolve("t.db"), new byte[0]), "0 bytes"),
        refused(
            "a web page",
            (t, p) -> Files.writeString(t.resolve("t.db"), "<!DOCTYPE html><html>404</html>"),
            "web page"),
        refused(
            "cut short",
            (t, p) -> {
              byte[] whole = Files.readAllBytes(t.resolve("t.db"));
              Files.write(t.resolve("t.db"), Arrays.copyOf(whole, whole.length - 5));
            },
            "t.db"),
        refused(
            "another database, and the signature stays",
            (t, p) -> Files.write(t.resolve("t.db"), tar("a-1-1/", "", "a-1-1/desc", DESC)),
            "t.db"),
        refused(
            "the database is gone, the generations are not",
            (t, p) -> {
              for (Path file : databases(t)) {
                Files.delete(file);
              }
            },
            "t.db",
            "missing"));
  }

  /** Signatures that clients would refuse, while no generation proves the database good. */
  static Stream<Case> signatures() {
    return Stream.of(
        signatureCase(
            "no signature", (t, p) -> Files.delete(t.resolve("t.db.sig")), "no signature"),
        signatureCase(
            "a web page for a signature",
            (t, p) -> Files.writeString(t.resolve("t.db.sig"), "<html>404</html>"),
            "t.db"),
        signatureCase(
            "an empty signature",
            (t, p) -> Files.write(t.resolve("t.db.sig"), new byte[0]),
            "t.db"),
        signatureCase(
            "a signature of something else",
            (t, p) -> {
              Path other = Files.writeString(t.resolveSibling("other"), "other");
              p.gpg().sign(p.fingerprint(), other);
              Files.move(
                  signature(other),
                  t.resolve("t.db.sig"),
                  java.nio.file.StandardCopyOption.REPLACE_EXISTING);
              Files.delete(other);
            },
            "t.db"),
        signatureCase(
            "a stranger's signature",
            (t, p) -> {
              String stranger =
                  p.gpg().generateKey("Stranger " + t + " <x@example.org>", "ed25519");
              Files.delete(t.resolve("t.db.sig"));
              p.gpg().sign(stranger, t.resolve("t.db"));
            },
            "t.db"));
  }

  private static Case signatureCase(String name, Damage damage, String... says) {
    return refused(
        name,
        (tree, publisher) -> {
          Command.of("rm", "-r", tree.resolve("generations").toString()).run().expectSuccess();
          damage.to(tree, publisher);
        },
        says);
  }

  /** Databases that their publisher signed, and that are still none to build on. */
  static Stream<Case> databases() {
    return Stream.of(
        signed("signed junk", "junk".getBytes(UTF_8), "t.db"),
        signed("signed, 0 bytes", new byte[0], "t.db"),
        signed("a signed web page", "<html></html>".getBytes(UTF_8), "t.db"),
        signed("a foreign tar archive", tar("etc/", "", "etc/passwd", "root"), "t.db"),
        signed("members that begin with ./", tar("./a-1-1/", "", "./a-1-1/desc", DESC), "t.db"),
        signed("a stray file", tar("README", "hello", "a-1-1/", "", "a-1-1/desc", DESC), "t.db"),
        signed(
            "two entries of one name",
            tar(
                "a-1-1/",
                "",
                "a-1-1/desc",
                DESC,
                "a-2-1/",
                "",
                "a-2-1/desc",
                DESC.replace("1-1", "2-1")),
            "t.db"),
        signed("an entry outside", tar("../e-1-1/", "", "../e-1-1/desc", DESC), "t.db"),
        signed("no lineage", tar("a-1-1/", "", "a-1-1/desc", DESC), "t.db"));
  }

  @ParameterizedTest
  @MethodSource({"tampered", "signatures", "databases"})
  void stopsThePublish(Case refusal) throws IOException {
    Path tree = copy();
    refusal.damage().to(tree, publisher);
    TreeState before = TreeState.of(tree);
    Command.Output output = publisher.publishInto(tree, List.of(addition)).expectCode(3);
    assertThat(output.err()).contains("error: ").contains(refusal.says());
    assertThat(TreeState.of(tree)).isEqualTo(before);
  }

  @Test
  void whatRepoAddMadeIsLeftAlone() throws IOException {
    Path tree = scratch.folder("theirs");
    Path file = Files.copy(addition, tree.resolve(addition.getFileName()));
    RepoAdd.add(tree, Publisher.NAME, List.of(file));
    TreeState before = TreeState.of(tree);
    publisher.publishInto(tree, List.of(addition)).expectCode(3);
    assertThat(TreeState.of(tree)).isEqualTo(before);
  }

  @Test
  void packagesWithoutADatabaseAreNoEmptyRepository() throws IOException {
    Path tree = scratch.folder("bare");
    sample("stranger").writeTo(tree);
    TreeState before = TreeState.of(tree);
    Command.Output output = publisher.publishInto(tree, List.of(addition)).expectCode(3);
    assertThat(output.err()).contains("stranger-1.0-1-any.pkg.tar.zst");
    assertThat(TreeState.of(tree)).isEqualTo(before);
  }

  @Test
  void anOlderGenerationPutBackIsNoticed() throws IOException {
    Path tree = copy();
    Path older = copy();
    publisher.publishInto(tree, List.of(addition)).expectSuccess();
    Command.of("cp", "-a", older + "/.", tree.toString()).run().expectSuccess();
    TreeState before = TreeState.of(tree);
    Path another = sample("another").writeTo(scratch.folder("packages"));
    Command.Output output = publisher.publishInto(tree, List.of(another)).expectCode(3);
    assertThat(output.err()).contains("older").contains("seq 1").contains("seq 2");
    assertThat(TreeState.of(tree)).isEqualTo(before);
  }

  @Test
  void aRunningRepoAddIsWaitedFor() throws IOException, InterruptedException {
    Path tree = copy();
    Path lock =
        Files.writeString(tree.resolve("t.db.tar.gz.lck"), ProcessHandle.current().pid() + "\n");
    TreeState before = TreeState.of(tree);
    Path log = scratch.path().resolve("waiting.log");
    Process waiting = publisher.publishingInto(tree, List.of(addition)).start(log, log);
    assertThat(waiting.waitFor(6, TimeUnit.SECONDS)).as(Files.readString(log)).isFalse();
    // Uploads that no name leads to yet may be there; all that was there is as it was.
    assertThat(TreeState.of(tree).lines()).containsAll(before.lines());

    Files.delete(lock);
    assertThat(waiting.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(waiting.exitValue()).as(Files.readString(log)).isZero();
    assertThat(tree.resolve("addition-1.0-1-any.pkg.tar.zst")).exists();
  }

  private Path copy() {
    return publisher.copyOfTree("copy" + copies++);
  }
}

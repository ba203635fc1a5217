package org.qrepo.store.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.qrepo.io.Blob;
import org.qrepo.publish.LockRequest;
import org.qrepo.publish.Store;
import org.qrepo.publish.StoreException;
import org.qrepo.publish.StoreException.Kind;
import org.qrepo.publish.StoreKey;
import org.qrepo.publish.Tag;
import org.qrepo.store.Blobs;
import org.qrepo.store.Programs;

/** What a local store does to the files, beyond what every store does. */
@Timeout(60)
class LocalFilesTest {
  private static final Optional<StoreKey> TOP = Optional.empty();

  @TempDir Path temporary;
  private Path dir = Path.of("/");
  private Path outside = Path.of("/");
  private Store store = new LocalStore(dir);

  @BeforeEach
  void createStore() throws IOException {
    dir = temporary.resolve("repo");
    outside = Files.createDirectory(temporary.resolve("outside"));
    store = new LocalStore(dir);
  }

  @AfterEach
  void closeStore() throws IOException {
    store.close();
  }

  @Test
  void readingDoesNotCreateTheDirectory() throws IOException {
    assertThat(store.stat(key("a"))).isEmpty();
    store.list(TOP);
    store.delete(key("a"));
    store.readLink(key("a"));
    assertThat(dir).doesNotExist();
  }

  @Test
  void modesDoNotDependOnTheUmask() throws Exception {
    Programs.Outcome outcome =
        Programs.run(shell("umask 077 && exec \"$@\"", child("put", "g/1/a", "x")));
    assertThat(outcome.output()).isEqualTo("done\n");
    assertThat(mode(dir)).isEqualTo("rwxr-xr-x");
    assertThat(mode(dir.resolve("g"))).isEqualTo("rwxr-xr-x");
    assertThat(mode(dir.resolve("g/1"))).isEqualTo("rwxr-xr-x");
    assertThat(mode(dir.resolve("g/1/a"))).isEqualTo("rw-r--r--");
  }

  @Test
  void laxUmaskDoesNotWidenModes() throws Exception {
    Programs.run(shell("umask 000 && exec \"$@\"", child("swap", "g/a", "x")));
    assertThat(mode(dir.resolve("g"))).isEqualTo("rwxr-xr-x");
    assertThat(mode(dir.resolve("g/a"))).isEqualTo("rw-r--r--");
  }

  @Test
  void sharedDirectoryStaysShared() throws IOException {
    Files.createDirectory(dir);
    Files.setAttribute(dir, "unix:mode", 02775);
    store.putOnce(key("g/1/a"), Blobs.text("x"));
    for (String folder : List.of("g", "g/1")) {
      int mode = (Integer) Files.getAttribute(dir.resolve(folder), "unix:mode") & 07777;
      assertThat(mode).as(folder).isEqualTo(02775);
    }
    store.lock(new LockRequest(java.time.Duration.ZERO, List.of())).close();
    assertThat(mode(dir.resolve(".qrepo.lock/lock"))).isEqualTo("rw-rw-r--");
  }

  @Test
  void timeOfTheSourceIsNotKept() throws IOException {
    Path source = Files.writeString(temporary.resolve("source"), "x");
    Files.setLastModifiedTime(source, FileTime.from(Instant.parse("2001-01-01T00:00:00Z")));
    store.putOnce(key("a"), Blob.of(source, 1, Blobs.text("x").sha256()));
    assertThat(Files.getLastModifiedTime(dir.resolve("a")).toInstant())
        .isBetween(Instant.now().minusSeconds(60), Instant.now());
  }

  @Test
  void sourceThatIsGoneIsNotTheStoresFault() {
    StoreException e =
        refused(
            () ->
                store.putOnce(
                    key("a"), Blob.of(temporary.resolve("gone"), 1, Blobs.text("x").sha256())));
    assertThat(e.kind()).isEqualTo(Kind.PERMANENT);
    assertThat(e).hasMessageContaining("the source of a cannot be read");
  }

  @Test
  void filesHaveOneNameEach() throws IOException {
    store.putOnce(key("a"), Blobs.text("x"));
    assertThat(Files.getAttribute(dir.resolve("a"), "unix:nlink")).isEqualTo(1);
    assertThat(names(dir)).containsExactly("a");
  }

  @ParameterizedTest
  @ValueSource(strings = {".qrepo-tmp-1", "g/.qrepo-tmp-1/a", ".qrepo.lock", ".qrepo.lock/lock"})
  void namesOfTheStoreAreNoKeys(String name) {
    for (Action action :
        List.<Action>of(
            () -> store.putOnce(key(name), Blobs.text("x")),
            () -> store.swap(key(name), Tag.ABSENT, Blobs.text("x")),
            () -> store.delete(key(name)),
            () -> store.swapLink(key(name), Optional.empty(), "a"),
            () -> store.stat(key(name)))) {
      assertThat(refused(action).kind()).isEqualTo(Kind.PERMANENT);
    }
    assertThat(dir).doesNotExist();
  }

  // Links

  @Test
  void directoryMayBeALink() throws IOException {
    Path real = Files.createDirectory(temporary.resolve("real"));
    Files.createSymbolicLink(dir, real);
    store.putOnce(key("g/a"), Blobs.text("x"));
    assertThat(real.resolve("g/a")).hasContent("x");
    assertThat(store.list(Optional.of(key("g")))).containsExactly(key("g/a"));
    store.delete(key("g/a"));
    assertThat(names(real)).isEmpty();
  }

  @Test
  void folderLinkThatLeadsOutIsRefused() throws IOException {
    Files.createDirectory(dir);
    Files.writeString(outside.resolve("a"), "secret");
    Files.createSymbolicLink(dir.resolve("g"), outside);
    for (Action action :
        List.<Action>of(
            () -> store.stat(key("g/a")),
            () -> store.open(key("g/a")),
            () -> store.list(Optional.of(key("g"))),
            () -> store.folders(Optional.of(key("g"))),
            () -> store.putOnce(key("g/b"), Blobs.text("x")),
            () -> store.putOnce(key("g/new/b"), Blobs.text("x")),
            () -> store.swap(key("g/b"), Tag.ABSENT, Blobs.text("x")),
            () -> store.swapLink(key("g/b"), Optional.empty(), "a"),
            () -> store.readLink(key("g/b")),
            () -> store.delete(key("g/a")))) {
      StoreException e = refused(action);
      assertThat(e.kind()).isEqualTo(Kind.DENIED);
      assertThat(e).hasMessageContaining("a link leads out of");
    }
    assertThat(names(outside)).containsExactly("a");
    assertThat(outside.resolve("a")).hasContent("secret");
  }

  @Test
  void folderLinkThatLeadsOutByDotsIsRefused() throws IOException {
    Files.createDirectories(dir.resolve("g"));
    Files.createSymbolicLink(dir.resolve("g/up"), Path.of("../../outside"));
    assertThat(refused(() -> store.putOnce(key("g/up/b"), Blobs.text("x"))).kind())
        .isEqualTo(Kind.DENIED);
    assertThat(names(outside)).isEmpty();
  }

  @Test
  void lockFolderThatLeadsOutIsRefused() throws IOException {
    Files.createDirectory(dir);
    Files.createSymbolicLink(dir.resolve(".qrepo.lock"), outside);
    assertThat(
            refused(() -> store.lock(new LockRequest(java.time.Duration.ZERO, List.of()))).kind())
        .isEqualTo(Kind.DENIED);
    assertThat(names(outside)).isEmpty();
  }

  @Test
  void objectInAPoolIsReadButNeverWritten() throws IOException {
    Path pooled = Files.writeString(outside.resolve("a.pkg"), "x");
    Files.createDirectory(dir);
    Files.createSymbolicLink(dir.resolve("a.pkg"), pooled);
    assertThat(store.stat(key("a.pkg")).orElseThrow().size()).isEqualTo(1);
    store.putOnce(key("a.pkg"), Blobs.text("x"));
    Tag tag = store.stat(key("a.pkg")).orElseThrow().tag();
    store.swap(key("a.pkg"), tag, Blobs.text("new"));
    assertThat(pooled).hasContent("x");
    assertThat(Files.isSymbolicLink(dir.resolve("a.pkg"))).isFalse();
    assertThat(dir.resolve("a.pkg")).hasContent("new");
  }

  // Things that are in the way

  @Test
  void directoryThatIsAFileIsSaidSo() throws IOException {
    Files.writeString(dir, "x");
    for (Action action :
        List.<Action>of(
            () -> store.stat(key("a")),
            () -> store.stat(key("g/a")),
            () -> store.list(TOP),
            () -> store.putOnce(key("a"), Blobs.text("x")),
            () -> store.putOnce(key("g/a"), Blobs.text("x")),
            () -> store.lock(new LockRequest(java.time.Duration.ZERO, List.of())))) {
      StoreException e = refused(action);
      assertThat(e.kind()).isEqualTo(Kind.PERMANENT);
      assertThat(e).hasMessageContaining("is not a directory");
    }
    assertThat(dir).hasContent("x");
  }

  @Test
  void pipeIsNoObject() throws Exception {
    Files.createDirectory(dir);
    assertThat(Programs.run(List.of(Programs.need("mkfifo"), dir + "/pipe")).status()).isZero();
    assertThat(refused(() -> store.stat(key("pipe")))).hasMessageContaining("neither a file");
    assertThat(refused(() -> store.open(key("pipe"))).kind()).isEqualTo(Kind.PERMANENT);
    refused(() -> store.putOnce(key("pipe"), Blobs.text("x")));
    assertThat(store.list(TOP)).containsExactly(key("pipe"));
    store.delete(key("pipe"));
    assertThat(store.list(TOP)).isEmpty();
  }

  @Test
  void namesThatNoKeyHasArePassedOver() throws Exception {
    Files.createDirectory(dir);
    Programs.run(
        shell("cd \"$1\" && touch \"$(printf 'a\\nb')\" 'c\\d' \"$(printf 'e\\377')\" good", dir));
    assertThat(names(dir)).hasSize(4);
    assertThat(store.list(TOP)).containsExactly(key("good"));
  }

  @Test
  void foreignChangeIsSeenThoughItsTimeIsSetBack() throws IOException {
    store.putOnce(key("a"), Blobs.text("x"));
    Path file = dir.resolve("a");
    FileTime time = Files.getLastModifiedTime(file);
    Tag before = store.stat(key("a")).orElseThrow().tag();
    Files.writeString(file, "y");
    Files.setLastModifiedTime(file, time);
    assertThat(store.stat(key("a")).orElseThrow().tag()).isNotEqualTo(before);
  }

  @Test
  void foreignChangesInOneTickAreToldApart() throws IOException {
    Files.createDirectory(dir);
    List<Tag> tags = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      Files.deleteIfExists(dir.resolve("a"));
      Files.writeString(dir.resolve("a"), "" + (i + 100));
      tags.add(store.stat(key("a")).orElseThrow().tag());
    }
    assertThat(tags).doesNotHaveDuplicates();
  }

  // Unfinished writes

  @Test
  void leftoverOfADeadPublisherIsRemovedUnderTheLock() throws Exception {
    Process publisher = Programs.start(child("slow", "g/a", "never finished"));
    assertThat(publisher.inputReader().readLine()).isEqualTo("half");
    assertThat(names(dir.resolve("g"))).hasSize(1);
    assertThat(store.list(Optional.of(key("g")))).isEmpty();
    publisher.destroyForcibly().waitFor();
    assertThat(names(dir.resolve("g"))).hasSize(1);
    store.lock(new LockRequest(java.time.Duration.ZERO, List.of())).close();
    assertThat(dir.resolve("g")).doesNotExist();
  }

  @Test
  void folderOfALeftoverStaysIfItHoldsAnythingElse() throws IOException {
    Path folder = Files.createDirectories(dir.resolve("g/h"));
    Files.writeString(folder.resolve(".qrepo-tmp-1"), "half");
    Files.writeString(dir.resolve("g/a"), "a");
    Path empty = Files.createDirectory(dir.resolve("e"));
    store.lock(new LockRequest(java.time.Duration.ZERO, List.of())).close();
    assertThat(folder).doesNotExist();
    assertThat(dir.resolve("g/a")).exists();
    assertThat(empty).exists();
  }

  @Test
  void leftoverIsRemovedWhereALinkLeadsToTheDirectory() throws IOException {
    Files.createDirectory(dir);
    Path leftover = Files.writeString(dir.resolve(".qrepo-tmp-1"), "half");
    Path link = Files.createSymbolicLink(dir.resolveSibling("link"), dir);
    try (Store linked = new LocalStore(link)) {
      linked.lock(new LockRequest(java.time.Duration.ZERO, List.of())).close();
    }
    assertThat(leftover).doesNotExist();
  }

  @Test
  void unfinishedWriteOfALivingPublisherIsLeft() throws Exception {
    Process publisher = Programs.start(child("slow", "g/a", "finished later"));
    assertThat(publisher.inputReader().readLine()).isEqualTo("half");
    store.lock(new LockRequest(java.time.Duration.ZERO, List.of())).close();
    publisher.outputWriter().close();
    assertThat(Programs.outcome(publisher).output()).endsWith("done\n");
    assertThat(dir.resolve("g/a")).hasContent("finished later");
  }

  @Test
  void unfinishedWriteOfThisProcessIsLeft() throws Exception {
    Blob blob = Blobs.text("slow");
    Blob locking =
        new Blob.Measured(
            4,
            blob.sha256(),
            () -> {
              store.lock(new LockRequest(java.time.Duration.ZERO, List.of())).close();
              return blob.open();
            });
    store.putOnce(key("a"), locking);
    assertThat(dir.resolve("a")).hasContent("slow");
  }

  @Test
  void youngLeftoverWithoutBytesIsLeftAndAnOldOneRemoved() throws IOException {
    Files.createDirectory(dir);
    Path young = Files.createFile(dir.resolve(".qrepo-tmp-1"));
    Path old = Files.createFile(dir.resolve(".qrepo-tmp-2"));
    Files.setLastModifiedTime(old, FileTime.from(Instant.now().minusSeconds(90)));
    Path link = Files.createSymbolicLink(dir.resolve(".qrepo-tmp-3"), Path.of("a"));
    store.lock(new LockRequest(java.time.Duration.ZERO, List.of())).close();
    assertThat(young).exists();
    assertThat(old).doesNotExist();
    assertThat(Files.isSymbolicLink(link)).isTrue();
  }

  // What the system refuses

  @Test
  void deniedFolderIsSaidSo() throws Exception {
    Files.createDirectory(dir);
    List<String> command = child("put", "g/a", "x");
    if (Integer.valueOf(0).equals(Files.getAttribute(dir, "unix:uid"))) {
      command.addAll(0, unshare("-r"));
      Files.setAttribute(dir, "unix:uid", 65534);
    }
    Files.setPosixFilePermissions(dir, PosixFilePermissions.fromString("r-xr-xr-x"));
    assertThat(Programs.run(command).output())
        .startsWith("DENIED cannot write g/a")
        .contains("permission denied; the user who publishes must own the folder");
  }

  @Test
  void fullFileSystemIsSaidSo() throws Exception {
    assertThat(onSmallFileSystem("size=256k", "", child("big", "g/a", "1000000")))
        .startsWith("PERMANENT cannot write g/a")
        .contains("no space left on the file system; make room and run it again");
  }

  @Test
  void fullFileSystemIsLeftClean() throws Exception {
    List<String> command = child("big", "g/a", "1000000");
    assertThat(onSmallFileSystem("size=256k", "; find \"$dir\"", command))
        .endsWith("again\n" + dir + "\n");
  }

  @Test
  void readOnlyFileSystemIsSaidSo() throws Exception {
    assertThat(onSmallFileSystem("ro", "", child("put", "a", "x")))
        .startsWith("PERMANENT cannot write a")
        .contains("the file system is mounted read-only");
  }

  // How it is written

  @Test
  void bigObjectNeedsLittleMemory() throws Exception {
    List<String> command =
        Programs.java(List.of("-Xmx24m"), StoreProcess.class, "big", dir, "a", "100000000");
    assertThat(Programs.run(command).output()).isEqualTo("done\n");
    assertThat(dir.resolve("a")).hasSize(100_000_000);
  }

  @ParameterizedTest
  @ValueSource(strings = {"put", "swap"})
  void bytesAreDurableBeforeTheNameAndTheNameBeforeTheReturn(String verb) throws Exception {
    String strace = Programs.need("strace");
    Path log = temporary.resolve("log");
    List<String> command = child(verb, "a", "x");
    command.addAll(
        0,
        List.of(
            strace, "-f", "-y", "-e", "trace=fsync,link,linkat,rename,renameat2", "-o", "" + log));
    assumeTrue(
        Programs.run(command).output().endsWith("done\n"), "limitation: strace cannot trace here");
    String place = Pattern.quote(dir.toRealPath().toString());
    String calls = String.join(" ", Files.readAllLines(log));
    assertThat(calls)
        .containsPattern(
            "fsync\\(\\d+<"
                + place
                + "/.qrepo-tmp-[0-9a-f]+>.*"
                + "(link|rename)[a-z0-9]*\\([^)]*/.qrepo-tmp-[0-9a-f]+\"[^)]*/a\".*"
                + "fsync\\(\\d+<"
                + place
                + ">");
  }

  private String onSmallFileSystem(String options, String after, List<String> command)
      throws Exception {
    List<String> unshare = unshare("-rm");
    Files.createDirectory(dir);
    String script =
        "dir=$1; shift; mount -t tmpfs -o " + options + " none \"$dir\" && \"$@\"" + after;
    List<String> wrapped = shell(script, dir);
    wrapped.addAll(command);
    wrapped.addAll(0, unshare);
    return Programs.run(wrapped).output();
  }

  /** The words that start a command in a name space of its own; not every container allows that. */
  private static List<String> unshare(String flags) throws Exception {
    List<String> words = List.of(Programs.need("unshare"), flags);
    List<String> trial = new ArrayList<>(words);
    trial.add("true");
    assumeTrue(Programs.run(trial).status() == 0, "limitation: unshare is not permitted");
    return words;
  }

  private List<String> child(String verb, String... arguments) {
    Object[] all = Stream.concat(Stream.of(verb, dir), Stream.of(arguments)).toArray(Object[]::new);
    return Programs.java(List.of(), StoreProcess.class, all);
  }

  private static List<String> shell(String script, Object first) {
    return new ArrayList<>(List.of("sh", "-c", script, "sh", first.toString()));
  }

  private static List<String> shell(String script, List<String> command) {
    List<String> all = new ArrayList<>(List.of("sh", "-c", script, "sh"));
    all.addAll(command);
    return all;
  }

  private static List<String> names(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(f -> f.getFileName().toString()).sorted().toList();
    }
  }

  private static String mode(Path path) throws IOException {
    return PosixFilePermissions.toString(
        Files.getPosixFilePermissions(path, LinkOption.NOFOLLOW_LINKS));
  }

  private static StoreKey key(String value) {
    return new StoreKey(value);
  }

  private static StoreException refused(Action action) {
    StoreException e = catchThrowableOfType(StoreException.class, action::run);
    assertThat(e).as("a StoreException").isNotNull();
    return e;
  }

  /** What must throw. */
  @FunctionalInterface
  private interface Action {
    void run() throws IOException;
  }
}

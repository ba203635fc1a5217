package org.qrepo.store.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.qrepo.publish.LockRequest;
import org.qrepo.publish.LockedException;
import org.qrepo.publish.Store;
import org.qrepo.publish.StoreException;
import org.qrepo.publish.StoreException.Kind;
import org.qrepo.publish.StoreKey;
import org.qrepo.publish.StoreLock;
import org.qrepo.publish.Tag;
import org.qrepo.store.Blobs;
import org.qrepo.store.Programs;

/** The lock between processes, and between qrepo and the real repo-add. */
@Timeout(120)
class LocalLockTest {
  private static final String FOREIGN = "q.db.tar.gz.lck";

  @TempDir Path temporary;
  private Path dir = Path.of("/");
  private Store store = new LocalStore(dir);
  private final List<Process> processes = new ArrayList<>();

  @BeforeEach
  void createStore() throws IOException {
    dir = Files.createDirectory(temporary.resolve("repo"));
    store = new LocalStore(dir);
  }

  @AfterEach
  void end() throws Exception {
    for (Process process : processes) {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly().waitFor();
    }
    store.close();
  }

  // Processes

  @Test
  void anotherProcessIsKeptOut() throws Exception {
    try (StoreLock lock = lock()) {
      Programs.Outcome outcome = Programs.outcome(start(child("lock")));
      assertThat(outcome.output())
          .contains("LockedException")
          .contains("is locked by another qrepo (process " + ProcessHandle.current().pid());
      lock.confirm();
    }
  }

  @Test
  void anotherProcessKeepsUsOutUntilItEnds() throws Exception {
    Process holder = holder();
    LockedException e = locked(0);
    assertThat(e).hasMessageContaining("process " + holder.pid() + ", since 2");
    assertThat(e).hasMessageNotContainingAny(System.getProperty("user.name") + "@", "owner");
    holder.outputWriter().close();
    assertThat(Programs.outcome(holder).output()).isEqualTo("done\n");
    lock().close();
  }

  @Test
  void lockEndsWithItsKilledHolder() throws Exception {
    Process holder = holder();
    holder.destroyForcibly().waitFor();
    try (StoreLock lock = lock()) {
      lock.confirm();
    }
  }

  @Test
  void foreignLockOfAKilledPublisherIsTakenOver() throws Exception {
    Process holder = holder(FOREIGN);
    assertThat(Files.readAllLines(dir.resolve(FOREIGN)))
        .hasSize(2)
        .first()
        .isEqualTo("" + holder.pid());
    assertThat(Files.readAllLines(dir.resolve(FOREIGN)).get(1)).matches("qrepo [0-9a-f]{16}");
    holder.destroyForcibly().waitFor();
    assertThat(dir.resolve(FOREIGN)).exists();
    try (StoreLock lock = lock(FOREIGN)) {
      lock.confirm();
      assertThat(Files.readAllLines(dir.resolve(FOREIGN)))
          .first()
          .isEqualTo("" + ProcessHandle.current().pid());
    }
    assertThat(dir.resolve(FOREIGN)).doesNotExist();
  }

  @Test
  void processesLoseNoUpdate() throws Exception {
    store.swap(new StoreKey("counter"), Tag.ABSENT, Blobs.text("0"));
    List<Process> all = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      all.add(start(child("count", "10")));
    }
    for (Process process : all) {
      assertThat(Programs.outcome(process).output()).isEqualTo("done\n");
    }
    assertThat(dir.resolve("counter")).hasContent("40");
  }

  @Test
  void lockWhoseFolderWasRemovedIsLost() throws Exception {
    try (StoreLock lock = lock()) {
      Files.delete(dir.resolve(".qrepo.lock/holder"));
      Files.delete(dir.resolve(".qrepo.lock/lock"));
      Files.delete(dir.resolve(".qrepo.lock"));
      StoreException e = catchThrowableOfType(StoreException.class, lock::confirm);
      assertThat(e.kind()).isEqualTo(Kind.CONFLICT);
      try (StoreLock second = lock()) {
        assertThat(catchThrowableOfType(StoreException.class, lock::confirm).kind())
            .isEqualTo(Kind.CONFLICT);
        second.confirm();
      }
    }
    lock().close();
  }

  @Test
  void lockTellsNothingButOwnerProcessAndTime() throws Exception {
    try (StoreLock lock = lock()) {
      assertThat(Files.readString(dir.resolve(".qrepo.lock/holder")))
          .matches("owner [0-9a-f]{16}\nprocess \\d+\nsince \\S+Z\n");
      lock.confirm();
    }
    assertThat(dir.resolve(".qrepo.lock/holder")).doesNotExist();
  }

  @Test
  void foreignLockWithoutATextIsNotTakenOver() throws Exception {
    Files.createFile(dir.resolve(FOREIGN));
    assertThat(locked(0, FOREIGN)).hasMessageContaining("does not say who holds it");
    assertThat(dir.resolve(FOREIGN)).exists();
  }

  @Test
  void foreignLockThatIsALinkIsNotFollowed() throws Exception {
    Path elsewhere = Files.writeString(temporary.resolve("elsewhere"), "1\nqrepo x\n");
    Files.createSymbolicLink(dir.resolve(FOREIGN), elsewhere);
    assertThat(locked(0, FOREIGN)).hasMessageContaining("does not say who holds it");
    assertThat(elsewhere).exists();
  }

  // The real repo-add

  @Test
  void repoAddIsKeptOutWhileWeHoldTheLock() throws Exception {
    List<String> command = repoAdd();
    try (StoreLock lock = lock(FOREIGN)) {
      Programs.Outcome outcome = Programs.run(command);
      assertThat(outcome.status()).isEqualTo(1);
      assertThat(outcome.output()).contains("Failed to acquire lockfile");
      assertThat(dir.resolve("q.db.tar.gz")).doesNotExist();
      lock.confirm();
    }
    Programs.Outcome outcome = Programs.run(command);
    assertThat(outcome.status()).as(outcome.output()).isZero();
    assertThat(dir.resolve("q.db.tar.gz")).exists();
  }

  @Test
  void repoAddKeepsUsOutUntilItIsDone() throws Exception {
    Process repoAdd = startedRepoAdd();
    LockedException e = locked(200, FOREIGN);
    assertThat(e)
        .hasMessageContaining("is held by process " + repoAdd.pid() + ", which runs")
        .hasMessageContaining("repo-add is at work");
    Files.createFile(temporary.resolve("go"));
    try (StoreLock lock =
        store.lock(new LockRequest(Duration.ofMinutes(1), List.of(new StoreKey(FOREIGN))))) {
      lock.confirm();
      assertThat(dir.resolve("q.db.tar.gz")).exists();
    }
    Programs.Outcome outcome = Programs.outcome(repoAdd);
    assertThat(outcome.status()).as(outcome.output()).isZero();
  }

  @Test
  void lockOfAKilledRepoAddIsExplained() throws Exception {
    Process repoAdd = startedRepoAdd();
    List<ProcessHandle> children = repoAdd.descendants().toList();
    repoAdd.destroyForcibly().waitFor();
    children.forEach(ProcessHandle::destroyForcibly);
    assertThat(locked(0, FOREIGN))
        .hasMessageContaining(
            "was left by process " + repoAdd.pid() + ", which does not run on this machine")
        .hasMessageContaining("remove that file")
        .hasMessageContaining(dir.toRealPath().resolve(FOREIGN).toString());
    assertThat(dir.resolve(FOREIGN)).exists();
  }

  /** The command that adds a package to the database with the installed repo-add. */
  private List<String> repoAdd() throws Exception {
    String repoAdd = Programs.need("repo-add");
    Path info = Files.createDirectories(temporary.resolve("package")).resolve(".PKGINFO");
    Files.writeString(info, "pkgname = a\npkgver = 1-1\narch = any\nsize = 1\n");
    Path file = dir.resolve("a-1-1-any.pkg.tar.gz");
    List<String> pack =
        List.of(
            Programs.need("bsdtar"), "-czf", "" + file, "-C", "" + info.getParent(), ".PKGINFO");
    assertThat(Programs.run(pack).status()).isZero();
    return List.of(repoAdd, dir + "/q.db.tar.gz", file.toString());
  }

  /** A repo-add that holds its lock until the file {@code go} appears: its bsdtar waits for it. */
  private Process startedRepoAdd() throws Exception {
    List<String> command = repoAdd();
    Path bin = Files.createDirectory(temporary.resolve("bin"));
    Path slow =
        Files.writeString(
            bin.resolve("bsdtar"),
            String.format(
                "#!/bin/sh%nwhile [ ! -e '%s' ]; do sleep 0.05; done%nexec '%s' \"$@\"%n",
                temporary.resolve("go"), Programs.need("bsdtar")));
    Files.setPosixFilePermissions(slow, PosixFilePermissions.fromString("rwxr-xr-x"));
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().merge("PATH", bin.toString(), (path, first) -> first + ":" + path);
    Process process = builder.start();
    processes.add(process);
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
    while (store.stat(new StoreKey(FOREIGN)).filter(o -> o.size() > 0).isEmpty()) {
      assertThat(System.nanoTime()).as("repo-add takes its lock").isLessThan(end);
      Thread.sleep(10);
    }
    return process;
  }

  private Process holder(String... foreign) throws IOException {
    Process process = start(child("lock", foreign));
    assertThat(process.inputReader().readLine()).isEqualTo("held");
    return process;
  }

  private Process start(List<String> command) throws IOException {
    Process process = Programs.start(command);
    processes.add(process);
    return process;
  }

  private List<String> child(String verb, String... arguments) {
    List<Object> all = new ArrayList<>(List.of(verb, dir));
    all.addAll(List.of(arguments));
    return Programs.java(List.of(), StoreProcess.class, all.toArray());
  }

  private StoreLock lock(String... foreign) throws StoreException {
    return store.lock(request(0, foreign));
  }

  private LockedException locked(int millis, String... foreign) {
    LockedException e =
        catchThrowableOfType(
            LockedException.class, () -> store.lock(request(millis, foreign)).close());
    assertThat(e).as("a LockedException").isNotNull();
    return e;
  }

  private static LockRequest request(int millis, String... foreign) {
    return new LockRequest(
        Duration.ofMillis(millis), Stream.of(foreign).map(StoreKey::new).toList());
  }
}

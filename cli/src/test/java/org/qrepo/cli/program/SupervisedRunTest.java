package org.qrepo.cli.program;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs of shells that behave like builders, well and badly. */
class SupervisedRunTest {
  @TempDir Path directory;

  private final String mark = "test-" + UUID.randomUUID();
  private final List<String> lines = Collections.synchronizedList(new ArrayList<>());

  @AfterEach
  void endWhatIsLeft() {
    Marked.processes(mark).forEach(ProcessHandle::destroyForcibly);
  }

  @Test
  void allThatIsSaidIsLoggedAndTold() throws Exception {
    ProgramEnd end =
        run("printf 'one\\n\\033[1mtwo\\033[m\\n'; echo three >&2; printf four; exit 3");
    assertThat(end.status()).isEqualTo(3);
    assertThat(end.isGood()).isFalse();
    assertThat(lines).containsExactly("one", "two", "three", "four");
    assertThat(end.lastLines()).containsExactly("one", "two", "three", "four");
    assertThat(log()).hasContent("one\n\033[1mtwo\033[m\nthree\nfour");
    assertThat(end.leftBehind()).isZero();
  }

  @Test
  void muchOutputIsLoggedToTheLastByte() throws Exception {
    ProgramEnd end = run("seq 1 200000; exec head -c 3000000 /dev/zero");
    assertThat(end.isGood()).isTrue();
    assertThat(Files.size(log())).isEqualTo(1_288_895L + 3_000_000L);
    assertThat(lines).hasSize(200_001);
    assertThat(lines.get(200_000)).hasSize(OutputLines.LONGEST);
  }

  @Test
  void itStartsWhereItShallAndSeesOnlyWhatItShall() throws Exception {
    run("pwd; echo \"$WORD-${HOME-none}\"; cat");
    assertThat(lines).containsExactly(directory.toRealPath().toString(), "w-none");
  }

  @Test
  void aSignalThatEndsItIsAStatus() throws Exception {
    assertThat(run("kill -9 $$").status()).isEqualTo(137);
  }

  @Test
  void whatCannotBeStartedIsAnError() {
    LongProgram missing = new LongProgram(List.of("/no/such/program"), directory, Map.of(), mark);
    assertThatThrownBy(() -> SupervisedRun.run(missing, log(), lines::add))
        .isInstanceOf(IOException.class);
  }

  @Test
  void anInterruptionEndsAllThatWasStarted() throws Exception {
    Thread worker = Thread.currentThread();
    String family =
        "sleep 1001 & setsid sleep 1002 >/dev/null 2>&1 & (setsid sh -c 'sleep 1003; :' &);"
            + " echo started; sleep 1004; :";
    assertThatThrownBy(
            () ->
                SupervisedRun.run(
                    program(family),
                    log(),
                    line -> {
                      awaitMarked(6);
                      worker.interrupt();
                    }))
        .isInstanceOf(InterruptedException.class);
    assertThat(Marked.processes(mark)).isEmpty();
    assertThat(log()).hasContent("started");
  }

  @Test
  void aProgramCanTidyUpAsAfterCtrlC() {
    Thread worker = Thread.currentThread();
    Path tidied = directory.resolve("tidied");
    String script =
        "trap 'sleep 0.3; echo > %s; exit 1' INT; echo up; while :; do sleep 0.1; done"
            .formatted(tidied);
    assertThatThrownBy(() -> SupervisedRun.run(program(script), log(), line -> worker.interrupt()))
        .isInstanceOf(InterruptedException.class);
    assertThat(tidied).exists();
    assertThat(Marked.processes(mark)).isEmpty();
  }

  @Test
  void whoDoesNotListenIsEnded() throws Exception {
    Thread worker = Thread.currentThread();
    long start = System.nanoTime();
    assertThatThrownBy(
            () ->
                SupervisedRun.run(
                    program("trap '' TERM INT HUP; echo deaf; while :; do sleep 0.1; done"),
                    log(),
                    line -> worker.interrupt()))
        .isInstanceOf(InterruptedException.class);
    assertThat(Marked.processes(mark)).isEmpty();
    assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(9));
  }

  @Test
  void nobodyIsWaitedForWhoWasForgottenInTheBackground() throws Exception {
    ProgramEnd end = run("sleep 1000 & echo done");
    assertThat(end.isGood()).isTrue();
    assertThat(end.leftBehind()).isEqualTo(1);
    assertThat(lines).containsExactly("done");
    assertThat(Marked.processes(mark)).isEmpty();
  }

  @Test
  void aDaemonIsLeftAlone() throws Exception {
    ProgramEnd end = run("setsid sleep 1000 >/dev/null 2>&1 & echo done");
    assertThat(end.leftBehind()).isZero();
    assertThat(Marked.processes(mark)).hasSize(1);
  }

  @Test
  void aWatcherThatFailsEndsTheRun() {
    assertThatThrownBy(
            () ->
                SupervisedRun.run(
                    program("echo line; sleep 1000; :"),
                    log(),
                    line -> {
                      throw new IllegalStateException(line);
                    }))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("line");
    assertThat(Marked.processes(mark)).isEmpty();
  }

  @Test
  void aLogThatAnotherProgramWritesIsFollowed() throws Exception {
    Path file = directory.resolve("other.log");
    Files.writeString(file, "old\n");
    LogTail tail = new LogTail(file, lines::add);
    tail.follow();
    assertThat(tail.grew()).isFalse();
    Files.writeString(file, "new", StandardOpenOption.APPEND);
    tail.follow();
    Files.move(file, directory.resolve("other.log.old"));
    tail.follow();
    Files.writeString(file, " begin\nlast", StandardCharsets.UTF_8);
    tail.finish();
    assertThat(lines).containsExactly("new begin", "last");
    assertThat(tail.grew()).isTrue();
  }

  private void awaitMarked(int number) {
    for (int i = 0; i < 200 && Marked.processes(mark).size() < number; i++) {
      pause();
    }
    assertThat(Marked.processes(mark)).hasSizeGreaterThanOrEqualTo(number);
  }

  private static void pause() {
    try {
      Thread.sleep(20);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private ProgramEnd run(String script) throws Exception {
    return SupervisedRun.run(program(script), log(), lines::add);
  }

  private LongProgram program(String script) {
    return new LongProgram(
        // A build in the background ignores SIGINT, and what it starts would, too.
        List.of("env", "--default-signal=INT", "sh", "-c", script),
        directory,
        Map.of("PATH", "/usr/bin:/bin", "WORD", "w"),
        mark);
  }

  private Path log() {
    return directory.resolve("run.log");
  }
}

package org.qrepo.cli.handover;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.qrepo.it.Programs;

@Timeout(60)
class CourierTest {
  @TempDir private Path directory;
  private final Queue<String> said = new ConcurrentLinkedQueue<>();

  @BeforeEach
  void needShell() {
    Programs.require("bash");
  }

  private Courier script(String text) {
    return new Courier(
        List.of(Programs.find("bash").orElseThrow().toString(), "-c", text),
        Map.of("PATH", "/usr/bin:/bin", "DIRECTORY", directory.toString()));
  }

  private int send(String text, Courier.Cargo cargo) throws Exception {
    return script(text).send(cargo, said::add);
  }

  private static Courier.Cargo bytes(int megabytes) {
    return out -> {
      byte[] block = new byte[1 << 20];
      for (int i = 0; i < megabytes; i++) {
        out.write(block);
      }
    };
  }

  @Test
  void theProgramGetsTheCargoAndSaysHowItWent() throws Exception {
    Courier.Cargo cargo = out -> out.write("one\n".getBytes(StandardCharsets.US_ASCII));
    assertThat(send("cat; echo two >&2; exit 7", cargo)).isEqualTo(7);
    assertThat(said).containsExactlyInAnyOrder("one", "two");
    assertThat(send("cat > /dev/null", bytes(8))).isZero();
  }

  @Test
  void itSeesOnlyTheEnvironmentItIsGiven() throws Exception {
    send("env", Courier.Cargo.NONE);
    assertThat(said).contains("DIRECTORY=" + directory).noneMatch(l -> l.startsWith("HOME="));
  }

  /** A refusal comes while there is still much to send. */
  @Test
  void whoStopsReadingIsHeardByItsExitCode() throws Exception {
    assertThat(send("echo no >&2; exit 6", bytes(64))).isEqualTo(6);
    assertThat(said).containsExactly("no");
  }

  @Test
  void whoDoesNotTakeAllHasNotSucceeded() throws Exception {
    assertThat(send("exit 0", bytes(64))).isEqualTo(1);
  }

  @Test
  void aCargoThatCannotBeReadEndsIt() {
    Courier.Cargo cargo =
        out -> {
          out.write(1);
          throw new IOException("gone");
        };
    assertThatThrownBy(() -> send("cat > /dev/null; touch $DIRECTORY/whole", cargo))
        .hasMessage("gone");
    assertThat(directory.resolve("whole")).doesNotExist();
  }

  @Test
  void aProgramThatIsNotThereIsSaid() {
    Courier courier = new Courier(List.of(directory + "/none"), Map.of());
    assertThatThrownBy(() -> courier.send(Courier.Cargo.NONE, said::add))
        .isInstanceOf(IOException.class);
  }

  @Test
  void whatItSaysIsBounded() throws Exception {
    send(
        "head -c 100000 /dev/zero | tr '\\0' x; echo; printf 'a\\rb\\r\\n\\n'", Courier.Cargo.NONE);
    assertThat(said).containsExactly("x".repeat(400), "a", "b");
    said.clear();
    send("yes | head -n 100000", Courier.Cargo.NONE);
    assertThat(said).hasSize(2000);
  }

  @Test
  void anInterruptionEndsAllThatItStarted() throws Exception {
    AtomicReference<Throwable> thrown = new AtomicReference<>();
    Thread thread =
        new Thread(
            () -> {
              try {
                send("sleep 600 & echo $! > $DIRECTORY/pid; wait", bytes(64));
              } catch (Throwable e) {
                thrown.set(e);
              }
            });
    thread.start();
    Path pid = directory.resolve("pid");
    while (!Files.exists(pid) || Files.size(pid) == 0) {
      Thread.sleep(10);
    }
    long child = Long.parseLong(Files.readString(pid).strip());
    thread.interrupt();
    thread.join(20_000);
    assertThat(thread.isAlive()).isFalse();
    assertThat(thrown.get()).isInstanceOf(InterruptedException.class);
    for (int i = 0; i < 500 && isRunning(child); i++) {
      Thread.sleep(10);
    }
    assertThat(isRunning(child)).isFalse();
  }

  private static boolean isRunning(long pid) throws IOException {
    Path stat = Path.of("/proc", Long.toString(pid), "stat");
    return Files.exists(stat) && !Files.readString(stat).contains(") Z ");
  }
}

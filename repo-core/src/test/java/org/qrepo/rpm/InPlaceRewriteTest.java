package org.qrepo.rpm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.qrepo.RefusedException;

/** A signature header that is overwritten in place survives the end of the process at any step. */
class InPlaceRewriteTest {
  private static final int KILLED = 137;

  @TempDir private Path directory;
  private Path rpm;
  private byte[] before;
  private byte[] after;

  @BeforeEach
  void build() throws IOException {
    rpm = SampleRpm.template().build(directory);
    before = Files.readAllBytes(rpm);
    Path copy = Files.copy(rpm, directory.resolve("copy.rpm"));
    RpmRewrite.COPY.apply(read(copy), block(read(copy)));
    after = Files.readAllBytes(copy);
  }

  @Test
  void aCopyAndARewritingInPlaceGiveTheSameBytes() throws IOException {
    assertThat(after).hasSameSizeAs(before).isNotEqualTo(before);
    Object key = key(rpm);
    RpmRewrite.IN_PLACE.apply(read(rpm), block(read(rpm)));
    assertThat(rpm).hasBinaryContent(after);
    assertThat(key(rpm)).isEqualTo(key);
    assertThat(UndoRecord.beside(rpm.toRealPath())).doesNotExist();
  }

  @Test
  void theCopyOfADeadProcessIsRemovedByTheNext() throws IOException {
    Path left = Files.write(rpm.resolveSibling(".qrepo-tmp-0123456789abcdef"), before);
    RpmRewrite.COPY.apply(read(rpm), block(read(rpm)));
    assertThat(left).doesNotExist();
    assertThat(rpm).hasBinaryContent(after);
  }

  /** A process of its own is halted before each step in turn, so that no clean-up runs. */
  @Test
  void aDeadProcessLeavesWhatTheNextOneRestoresOrCompletes() throws Exception {
    Set<InPlaceRewrite.Recovery> outcomes = new TreeSet<>();
    Set<Boolean> torn = new TreeSet<>();
    int step = 0;
    for (int exit = KILLED; exit == KILLED; step++) {
      Files.copy(
          new java.io.ByteArrayInputStream(before), rpm, StandardCopyOption.REPLACE_EXISTING);
      exit = child(step);
      byte[] left = Files.readAllBytes(rpm);
      torn.add(!Arrays.equals(left, before) && !Arrays.equals(left, after));
      InPlaceRewrite.Recovery outcome = InPlaceRewrite.recover(rpm);
      outcomes.add(outcome);
      assertThat(UndoRecord.beside(rpm.toRealPath())).doesNotExist();
      byte[] now = Files.readAllBytes(rpm);
      assertThat(Arrays.equals(now, before) || Arrays.equals(now, after)).isTrue();
      assertThat(RpmFile.read(rpm, RpmFile.Wish.NOTHING).size()).isEqualTo(before.length);
      assertThat(InPlaceRewrite.recover(rpm)).isEqualTo(InPlaceRewrite.Recovery.NOTHING);
      assertThat(exit).isIn(KILLED, 0);
    }
    assertThat(step).isGreaterThan(8);
    assertThat(torn).containsExactly(false, true);
    assertThat(outcomes).containsExactly(InPlaceRewrite.Recovery.values());
  }

  /** Recovering is overwriting too: it is interrupted at each step, and the next one completes. */
  @Test
  void anInterruptedRecoveryIsRecovered() throws IOException {
    for (int stop = 0; stop < 20; stop++) {
      Files.write(rpm, before);
      interrupt(() -> new InPlaceRewrite(rpm, stopAt(4)).carryOut(read(rpm), block(read(rpm))));
      int at = stop;
      interrupt(() -> new InPlaceRewrite(rpm, stopAt(at)).recover());
      InPlaceRewrite.recover(rpm);
      assertThat(rpm).hasBinaryContent(before);
    }
  }

  @Test
  void aRecordOfAnotherPackageIsRefused() throws IOException {
    interrupt(() -> new InPlaceRewrite(rpm, stopAt(4)).carryOut(read(rpm), block(read(rpm))));
    Path other = SampleRpm.template().set("Summary", "Another build").build(directory);
    Files.copy(other, rpm, StandardCopyOption.REPLACE_EXISTING);
    byte[] bytes = Files.readAllBytes(rpm);
    assertThat(refusal(() -> InPlaceRewrite.recover(rpm))).isEqualTo("rpm-undo-useless");
    assertThat(rpm).hasBinaryContent(bytes);
  }

  @Test
  void aDamagedRecordIsRefused() throws IOException {
    interrupt(() -> new InPlaceRewrite(rpm, stopAt(4)).carryOut(read(rpm), block(read(rpm))));
    Path record = UndoRecord.beside(rpm.toRealPath());
    byte[] bytes = Files.readAllBytes(record);
    for (int at : new int[] {0, 14, 30, 100, 1000, bytes.length - 1}) {
      byte[] damaged = bytes.clone();
      damaged[at] ^= 1;
      Files.write(record, damaged);
      assertThat(refusal(() -> InPlaceRewrite.recover(rpm))).isEqualTo("rpm-undo-useless");
      Files.write(record, Arrays.copyOf(bytes, at));
      assertThat(refusal(() -> InPlaceRewrite.recover(rpm))).isEqualTo("rpm-undo-useless");
    }
  }

  @Test
  void onePackageIsWorkedOnByOneAtATime() throws IOException {
    RpmFile file = read(rpm);
    try (FileChannel channel = FileChannel.open(rpm, StandardOpenOption.WRITE);
        FileLock lock = channel.lock()) {
      assertThat(lock.isValid()).isTrue();
      assertThat(refusal(() -> RpmRewrite.IN_PLACE.apply(file, block(file)))).isEqualTo("rpm-busy");
    }
  }

  @Test
  void aFileThatChangedSinceItWasReadIsLeftAlone() throws IOException {
    RpmFile file = read(rpm);
    Files.write(rpm, Arrays.copyOf(before, before.length + 1));
    for (RpmRewrite how : RpmRewrite.values()) {
      assertThat(refusal(() -> how.apply(file, block(file)))).isEqualTo("changed-while-signing");
    }
    assertThat(rpm).hasBinaryContent(Arrays.copyOf(before, before.length + 1));
  }

  @Test
  void withoutSpaceOnlyACopyWillDo() throws IOException {
    RpmFile file = read(rpm);
    SignatureBlock large =
        SignatureBlock.replacing(
            file.signatures(),
            List.of(new SignatureBlock.Stored(RpmTag.Signature.HEADER_RSA, new byte[9000])));
    assertThat(refusal(() -> RpmRewrite.IN_PLACE.apply(file, large))).isEqualTo("rpm-no-space");
    assertThat(rpm).hasBinaryContent(before);
    RpmRewrite.COPY.apply(file, large);
    RpmFile grown = read(rpm);
    assertThat(grown.size()).isGreaterThan(before.length);
    assertThat(grown.header().bytes()).isEqualTo(file.header().bytes());
    assertThat(block(grown).fits(grown)).isTrue();
  }

  @Test
  void theSpaceThatIsLeftOverIsAlwaysFilled() throws IOException {
    RpmFile file = read(rpm);
    int fitting = 0;
    for (int length = 3980; length < 4140; length++) {
      SignatureBlock block =
          SignatureBlock.replacing(
              file.signatures(),
              List.of(new SignatureBlock.Stored(RpmTag.Signature.HEADER_RSA, new byte[length])));
      Path copy = directory.resolve("filled.rpm");
      Files.copy(rpm, copy, StandardCopyOption.REPLACE_EXISTING);
      RpmRewrite.COPY.apply(read(copy), block);
      RpmFile signed = read(copy);
      assertThat(signed.signatures().data(RpmTag.Signature.HEADER_RSA).orElseThrow())
          .hasSize(length);
      assertThat(signed.size() == file.size()).isEqualTo(block.fits(file));
      fitting += block.fits(file) ? 1 : 0;
    }
    assertThat(fitting).isBetween(100, 150);
  }

  /** Runs in a process of its own. */
  public static final class Child {
    public static void main(String[] args) throws IOException {
      Path rpm = Path.of(args[0]);
      int last = Integer.parseInt(args[1]);
      int[] step = {0};
      new InPlaceRewrite(
              rpm,
              name -> {
                if (step[0]++ == last) {
                  Runtime.getRuntime().halt(KILLED);
                }
              })
          .carryOut(read(rpm), block(read(rpm)));
    }
  }

  private int child(int step) throws Exception {
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xshare:auto",
            "-XX:TieredStopAtLevel=1",
            "-cp",
            System.getProperty("java.class.path"),
            Child.class.getName(),
            rpm.toString(),
            String.valueOf(step))
        .inheritIO()
        .start()
        .waitFor();
  }

  private static final class Stopped extends RuntimeException {
    private static final long serialVersionUID = 1L;
  }

  private static InPlaceRewrite.Watcher stopAt(int last) {
    int[] step = {0};
    return name -> {
      if (step[0]++ == last) {
        throw new Stopped();
      }
    };
  }

  /** Something that may be stopped. */
  @FunctionalInterface
  private interface Work {
    void run() throws IOException;
  }

  @SuppressWarnings("EmptyCatch") // to be stopped is the point
  private static void interrupt(Work work) throws IOException {
    try {
      work.run();
    } catch (Stopped expected) {
    }
  }

  private static String refusal(Work work) {
    return catchThrowableOfType(RefusedException.class, work::run).findings().get(0).id();
  }

  private static RpmFile read(Path path) throws IOException {
    return RpmFile.read(path, RpmFile.Wish.NOTHING);
  }

  private static SignatureBlock block(RpmFile file) {
    byte[] packet = new byte[500];
    Arrays.fill(packet, (byte) 7);
    return SignatureBlock.replacing(
        file.signatures(), List.of(new SignatureBlock.Stored(RpmTag.Signature.HEADER_RSA, packet)));
  }

  private static Object key(Path path) throws IOException {
    return Files.getAttribute(path, "unix:ino");
  }
}

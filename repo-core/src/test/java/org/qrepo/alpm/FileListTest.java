package org.qrepo.alpm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.text.Normalizer;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.qrepo.Tools;
import org.qrepo.tar.RawTar;
import org.qrepo.tar.TarMember;
import org.qrepo.tar.TarReader;

class FileListTest {
  private static final int RANDOM_PATHS = 4000;

  @Test
  void sortsByBytesOnceEachWithoutDotMembers() throws IOException {
    assertThat(list("usr/", "usr/b", ".PKGINFO", "usr-x", "usr/b", "usr/.hidden", "é"))
        .isEqualTo("%FILES%\nusr-x\nusr/\nusr/.hidden\nusr/b\né\n");
  }

  @Test
  void holdsTheHeaderAloneWithoutFiles() throws IOException {
    assertThat(list(".PKGINFO", ".MTREE")).isEqualTo("%FILES%\n");
    assertThat(build().paths()).isEmpty();
  }

  @Test
  void givesPathsBack() throws IOException {
    assertThat(build("b", "a\tb", "a/").paths()).containsExactly("a/", "a\\tb", "b");
  }

  @Test
  void keepsStoredBytes() throws IOException {
    String stored = "%FILES%\nz\na\n\n";
    FileList files = FileList.ofStored(stored.getBytes(StandardCharsets.UTF_8));

    assertThat(text(files)).isEqualTo(stored);
    assertThat(files.size()).isEqualTo(stored.length());
    assertThat(files.paths()).containsExactly("z", "a");
    assertThat(files).isEqualTo(FileList.ofStored(stored.getBytes(StandardCharsets.UTF_8)));
    assertThat(new String(files.open().readAllBytes(), StandardCharsets.UTF_8)).isEqualTo(stored);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ' ',
      value = {
        ".x hidden",
        ".x/y hidden",
        "./.x hidden",
        ".//.x hidden",
        "././.x hidden",
        ".. refused",
        ". hidden",
        "..x hidden",
        "./ listed",
        "./usr listed",
        "/.x listed",
        "/usr listed",
        "a/.b listed",
        "//.q listed",
        "/./.q listed",
        "usr/../x refused",
        "../x refused",
        "x/.. refused",
        "./../x refused",
        "x..y listed",
        "x/..y listed"
      })
  void judgesDots(String path, String fate) throws IOException {
    if (fate.equals("refused")) {
      assertThatThrownBy(() -> build(path)).isInstanceOf(ArchiveException.class);
    } else {
      assertThat(build(path).paths()).hasSize(fate.equals("listed") ? 1 : 0);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"a\nb", "\n"})
  void refusesNewlines(String path) {
    assertThatThrownBy(() -> build(path)).hasMessageContaining("has a newline");
  }

  @Test
  void boundsPaths() throws IOException {
    assertThat(build("x".repeat(4095)).paths()).hasSize(1);
    assertThatThrownBy(() -> build("x".repeat(4096))).hasMessageContaining("longer than 4095");
  }

  @Test
  void boundsTheNumberOfPaths() throws IOException {
    FileListBuilder builder = new FileListBuilder();
    for (int i = 0; i < 1_000_000; i++) {
      builder.add(Integer.toString(i).getBytes(StandardCharsets.US_ASCII));
    }
    assertThatThrownBy(() -> builder.add(new byte[] {'x'})).hasMessageContaining("more members");
  }

  @Test
  void boundsTheLengthOfAllPaths() {
    FileListBuilder builder = new FileListBuilder();
    byte[] path = new byte[4000];
    Arrays.fill(path, (byte) 1);

    assertThatThrownBy(
            () -> {
              for (int i = 0; i < 10_000; i++) {
                builder.add(path);
              }
            })
        .hasMessageContaining("more members");
  }

  /** The judge is bsdtar with sort, which is what repo-add runs. */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void agreesWithBsdtarOnRandomPaths(long seed, @TempDir Path directory) throws IOException {
    Tools.require("bsdtar", "sort");
    Random random = new Random(seed);
    FileListBuilder builder = new FileListBuilder();
    RawTar tar = new RawTar();
    for (int i = 0; i < RANDOM_PATHS; i++) {
      byte[] path = randomPath(random);
      builder.add(path);
      tar.pax("hdrcharset", "BINARY", "path", new String(path, StandardCharsets.ISO_8859_1));
      tar.file("x");
    }
    String[] command = {"sh", "-c", "bsdtar --exclude='^.*' -tf - | LC_ALL=C sort -u"};
    byte[] printed = Tools.run(directory, tar.end(), command);

    assertThat(text(builder.build()))
        .as("seed %d", seed)
        .isEqualTo("%FILES%\n" + new String(printed, StandardCharsets.ISO_8859_1));
  }

  /** Every character that this Java knows, 32 to a name: escapes, and names that are composed. */
  @Test
  void agreesWithBsdtarOnEveryCharacter(@TempDir Path directory) throws IOException {
    Tools.require("bsdtar", "sort");
    RawTar tar = new RawTar();
    int[] characters =
        IntStream.rangeClosed(1, Character.MAX_CODE_POINT).filter(FileListTest::isTried).toArray();
    for (int i = 0; i < characters.length; i += 32) {
      StringBuilder path = new StringBuilder();
      for (int c : Arrays.copyOfRange(characters, i, Math.min(i + 32, characters.length))) {
        path.append('c').appendCodePoint(c);
      }
      byte[] utf8 = path.toString().getBytes(StandardCharsets.UTF_8);
      tar.pax("path", new String(utf8, StandardCharsets.ISO_8859_1)).file("x");
    }
    assertThat(characters).hasSizeGreaterThan(100_000);
    assertAgrees(directory, tar);
  }

  /** Names as other systems write them: letters with up to two marks, Hangul in pieces, kana. */
  @ParameterizedTest
  @ValueSource(longs = {4, 5})
  void agreesWithBsdtarOnDecomposedNames(long seed, @TempDir Path directory) throws IOException {
    Tools.require("bsdtar", "sort");
    int[] starters =
        "aeuEA\u03b1\u0915\u09c7\u1100\u1161\u11a8\uac00\u3042\u304b".codePoints().toArray();
    int[] marks =
        "\u0300\u0301\u0303\u0308\u0323\u0327\u0331\u0342\u0345\u3099".codePoints().toArray();
    Random random = new Random(seed);
    RawTar tar = new RawTar();
    for (int i = 0; i < RANDOM_PATHS; i++) {
      StringBuilder path = new StringBuilder();
      for (int length = random.nextInt(4); length >= 0; length--) {
        path.appendCodePoint(starters[random.nextInt(starters.length)]);
        for (int mark = random.nextInt(3); mark > 0; mark--) {
          path.appendCodePoint(marks[random.nextInt(marks.length)]);
        }
      }
      byte[] utf8 =
          Normalizer.normalize(path, Normalizer.Form.NFD).getBytes(StandardCharsets.UTF_8);
      tar.pax("path", new String(utf8, StandardCharsets.ISO_8859_1)).file("x");
    }
    assertAgrees(directory, tar);
  }

  private static void assertAgrees(Path directory, RawTar tar) throws IOException {
    String[] command = {"sh", "-c", "bsdtar -tf - | LC_ALL=C sort -u"};
    String printed = new String(Tools.run(directory, tar.end(), command), StandardCharsets.UTF_8);
    TarReader reader = new TarReader(new ByteArrayInputStream(tar.end()), PackageWalk.LIMITS);
    FileListBuilder builder = new FileListBuilder();
    for (Optional<TarMember> m = reader.next(); m.isPresent(); m = reader.next()) {
      builder.add(m.get().path());
    }
    List<String> ours = builder.build().paths().toList();
    List<String> expected = printed.lines().toList();
    assertThat(ours.stream().filter(p -> !expected.contains(p))).isEmpty();
    assertThat(ours).isEqualTo(expected);
  }

  private static boolean isTried(int c) {
    int type = Character.getType(c);
    return c != '\n'
        && type != Character.UNASSIGNED
        && type != Character.SURROGATE
        && type != Character.PRIVATE_USE;
  }

  private static byte[] randomPath(Random random) {
    String[] pieces = {
      "a",
      "b",
      "usr",
      "/",
      "/",
      "/",
      "./",
      ".",
      "\\",
      "\t",
      "\r",
      "\u0001",
      "\u007f",
      " ",
      "é",
      "\u0085",
      "\u00a0",
      "\u2028",
      "\uffff",
      "\u65e5",
      "\ud83d\ude00",
      "\ue000",
      "-",
      "~",
      "\u001b"
    };
    int[] odd = {0xff, 0xc3, 0x80, 0xe2, 0xed, 0xf0, 0xc0, 0xf4, 0xa9, 0xbf};
    ByteArrayOutputStream path = new ByteArrayOutputStream();
    path.writeBytes(random.nextInt(10) == 0 ? new byte[] {'.'} : new byte[] {'p'});
    int count = random.nextInt(12);
    for (int i = 0; i < count; i++) {
      if (random.nextInt(12) == 0) {
        path.write(odd[random.nextInt(odd.length)]);
      } else {
        path.writeBytes(pieces[random.nextInt(pieces.length)].getBytes(StandardCharsets.UTF_8));
      }
    }
    String text = path.toString(StandardCharsets.ISO_8859_1);
    boolean leads = Arrays.asList(text.split("/", -1)).contains("..");
    return leads ? randomPath(random) : path.toByteArray();
  }

  private static FileList build(String... paths) throws IOException {
    FileListBuilder builder = new FileListBuilder();
    for (String path : paths) {
      builder.add(path.getBytes(StandardCharsets.UTF_8));
    }
    return builder.build();
  }

  private static String list(String... paths) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    build(paths).writeTo(out);
    return out.toString(StandardCharsets.UTF_8);
  }

  private static String text(FileList files) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    files.writeTo(out);
    return out.toString(StandardCharsets.ISO_8859_1);
  }
}

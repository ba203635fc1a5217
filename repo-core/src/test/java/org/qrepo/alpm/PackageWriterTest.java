package org.qrepo.alpm;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.qrepo.RefusedException;
import org.qrepo.Tools;
import org.qrepo.io.Compression;

/** Packages that bsdtar and pacman find in order, down to the last file. */
class PackageWriterTest {
  private static final Instant BUILT = Instant.parse("2024-02-29T12:00:01Z");

  /** Without these bits of a mode fakeroot sets them behind pacman's back. */
  private static final int FAKEROOT_KEEPS = 0600;

  private static final String LONG = "usr/share/sample/" + "long-directory/".repeat(20) + "file";
  private static final String LONG_NAME = "usr/share/" + "n".repeat(255);
  private static final String SCRIPT = "post_install() {\n\techo 'installed' > /tmp/never\n}\n";

  @ParameterizedTest
  @EnumSource
  void sameCallsGiveTheSameBytes(Compression compression) throws IOException {
    byte[] bytes = bytes(sample(), compression);

    assertThat(bytes(sample(), compression)).isEqualTo(bytes);
    assertThat(bytes(sample().file("usr/other", 0644, new byte[0]), compression))
        .isNotEqualTo(bytes);
  }

  @Test
  void theOrderOfCallsDoesNotMatter() throws IOException {
    byte[] forth = bytes(empty().file("b/x", 0644, text("x")).file("a", 0644, text("a")));
    byte[] back = bytes(empty().file("a", 0644, text("a")).file("b/x", 0644, text("x")));

    assertThat(back).isEqualTo(forth);
  }

  @ParameterizedTest
  @EnumSource
  void isReadAsItWasWritten(Compression compression, @TempDir Path directory) throws IOException {
    PackageWriter writer = sample().field("depend", "b>=2").field("depend", "a");
    PackageFile read = PackageFile.read(write(writer, compression, directory), Set.of());

    assertThat(read.nameMismatch()).isEmpty();
    assertThat(read.info().name()).isEqualTo(new PackageName("sample"));
    assertThat(read.info().version()).isEqualTo(new PackageVersion("1:2.0-3"));
    assertThat(read.info().architecture()).contains(Architecture.ANY);
    assertThat(read.info().buildDate()).hasValue(BUILT.getEpochSecond());
    assertThat(read.info().size()).hasValue(3 + 7 + 6 + 2);
    assertThat(read.info().description()).contains("Größe = all");
    assertThat(read.info().packager()).contains("Tester <tester@example.org>");
    assertThat(read.info().values("depend")).containsExactly("b>=2", "a");
    assertThat(read.hasInstall()).isTrue();
    assertThat(read.files().paths())
        .startsWith("etc/", "etc/config", "usr/", "usr/bin/", "usr/bin/run")
        .contains(LONG, LONG_NAME, "usr/share/sample/größe 日本");
  }

  @Test
  void leavesTheStreamOpen() throws IOException {
    boolean[] closed = {false};
    OutputStream out =
        new ByteArrayOutputStream() {
          @Override
          public void close() {
            closed[0] = true;
          }
        };
    for (Compression compression : Compression.values()) {
      sample().writeTo(out, compression);
    }
    assertThat(closed[0]).isFalse();
  }

  /** As makepkg has it: its own members first, then all others sorted with {@code LC_ALL=C}. */
  @Test
  void membersStandInByteOrder(@TempDir Path directory) throws IOException {
    Tools.require("bsdtar");
    PackageWriter writer =
        sample()
            .file("usr/share/sample-data/x", 0644, text("x"))
            .file("usr/share/sample.d/x", 0644, text("x"))
            .file("usr/\uff5e", 0644, text("below the next one as bytes"))
            .file("usr/\ud83d\ude00", 0644, text("not so as UTF-16"));
    List<String> members = bsdtar(directory, bytes(writer), "-tf");

    assertThat(members.subList(0, 4))
        .containsExactly(".BUILDINFO", ".INSTALL", ".MTREE", ".PKGINFO");
    List<byte[]> files =
        members.stream().skip(4).map(m -> m.replaceFirst("/$", "").getBytes(UTF_8)).toList();
    assertThat(files).isSortedAccordingTo(Arrays::compareUnsigned).hasSizeGreaterThan(20);
    assertThat(members).doesNotHaveDuplicates();
  }

  @Test
  void bsdtarSeesRootsFilesOfOneTime(@TempDir Path directory) throws IOException {
    Tools.require("bsdtar");
    List<String> lines = bsdtar(directory, bytes(sample()), "--numeric-owner", "-tvf");

    assertThat(lines).allMatch(l -> l.matches("\\S{10}  0 0 +0 .*(Feb 29 {2}2024|29 Feb 2024).*"));
    assertThat(lines)
        .filteredOn(l -> l.endsWith(" usr/bin/run"))
        .allMatch(l -> l.startsWith("-rwxr-xr-x"));
    assertThat(lines)
        .filteredOn(l -> l.endsWith(" etc/config"))
        .allMatch(l -> l.startsWith("-rw-------"));
    assertThat(lines).filteredOn(l -> l.endsWith("/")).allMatch(l -> l.startsWith("drwxr-xr-x"));
  }

  /** bsdtar unpacks the manifest's own files and makes a manifest of them: the same digests. */
  @Test
  void bsdtarUnpacksWhatTheManifestSays(@TempDir Path directory) throws IOException {
    Tools.require("bsdtar");
    Path file = write(sample(), Compression.ZSTD, directory);
    Path root = Files.createDirectory(directory.resolve("root"));
    Tools.run(root, "bsdtar", "-xpf", file.toString());

    String manifest;
    try (InputStream in = Compression.GZIP.decode(Files.newInputStream(root.resolve(".MTREE")))) {
      manifest = new String(in.readAllBytes(), ISO_8859_1);
    }
    assertThat(manifest).startsWith("#mtree\n").matches("[\\n -~]*");
    String listed =
        new String(
            Tools.run(
                root,
                "bsdtar",
                "-cf",
                "-",
                "--format=mtree",
                "--options=!all,type,size,mode,md5,sha256,time",
                "@" + root.resolve(".MTREE")),
            ISO_8859_1);
    assertThat(digests(listed)).isEqualTo(digests(manifest)).hasSize(8);
    assertThat(Files.readString(root.resolve("usr/share/sample/größe 日本"))).isEqualTo("1 äß");
    assertThat(root.resolve(LONG)).hasContent("ok");
  }

  @ParameterizedTest
  @EnumSource
  void pacmanInstallsAndChecks(Compression compression, @TempDir Path home) throws IOException {
    Pacman pacman = new Pacman(home);
    Path file = write(sample(), compression, home);

    pacman.install(file);
    long filesAndScriptlet = PackageFile.read(file, Set.of()).files().paths().count() + 1;
    assertThat(pacman.run("-Qkk", "sample"))
        .isEqualTo("sample: " + filesAndScriptlet + " total files, 0 altered files\n");
    assertThat(pacman.run("-Qi", "sample"))
        .contains("Version         : 1:2.0-3\n")
        .contains("Description     : Größe = all\n")
        .contains("Depends On      : None\n")
        .contains("Packager        : Tester <tester@example.org>\n")
        .contains("Install Script  : Yes\n");
    assertThat(home.resolve("db/local/sample-1:2.0-3/install")).hasContent(SCRIPT);
    assertThat(pacman.root().resolve(LONG)).hasContent("ok");
    assertThat(pacman.root().resolve(LONG_NAME)).isEmptyFile();
    assertThat(pacman.run("-Ql", "sample").lines())
        .contains("sample " + pacman.root().resolve("usr/share/sample/größe 日本"));
  }

  /** The judge of the judge: what is altered after it was installed is found. */
  @Test
  void pacmanFindsWhatIsAltered(@TempDir Path home) throws IOException {
    Pacman pacman = new Pacman(home);
    pacman.install(write(sample(), Compression.NONE, home));
    Files.writeString(pacman.root().resolve("usr/share/sample/größe 日本"), "!");

    assertThat(pacman.output("-Qkk", "sample")).contains("1 altered file");
  }

  @Test
  void pacmanInstallsTheLeast(@TempDir Path home) throws IOException {
    Pacman pacman = new Pacman(home);
    Path file = write(empty(), Compression.ZSTD, home);

    pacman.install(file);
    assertThat(pacman.run("-Qkk", "sample")).isEqualTo("sample: 0 total files, 0 altered files\n");
    assertThat(pacman.run("-Qi", "sample")).contains("Install Script  : No\n");
  }

  /** Names of every printable kind, each with its own length, content and mode. */
  @ParameterizedTest
  @ValueSource(longs = {1, 2})
  void pacmanAgreesOnRandomPackages(long seed, @TempDir Path home) throws IOException {
    Pacman pacman = new Pacman(home);
    Random random = new Random(seed);
    PackageWriter writer = empty();
    for (int i = 0; i < 60; i++) {
      byte[] content = new byte[random.nextInt(3) * 700];
      random.nextBytes(content);
      int mode = FAKEROOT_KEEPS | random.nextInt(0200);
      writer.file("usr/" + name(random) + "/" + i + name(random), mode, content);
    }
    Path file = write(writer, Compression.ZSTD, home);

    pacman.install(file);
    assertThat(pacman.run("-Qkk", "sample")).contains(" 0 altered files\n");
    List<String> read = PackageFile.read(file, Set.of()).files().paths().toList();
    assertThat(read).hasSizeGreaterThan(100);
  }

  @ParameterizedTest
  @MethodSource
  void refusesPaths(String path, String reason) {
    assertThatThrownBy(() -> empty().file(path, 0644, new byte[0]))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(reason)
        .hasMessageMatching("\\P{Cntrl}*");
  }

  static Stream<Arguments> refusesPaths() {
    return Stream.of(
        Arguments.of("", "has an empty part"),
        Arguments.of("/etc/passwd", "begins with a slash"),
        Arguments.of("..", "begins with a dot"),
        Arguments.of("../etc/passwd", "begins with a dot"),
        Arguments.of("./usr/x", "begins with a dot"),
        Arguments.of(".INSTALL", "as only pacman's own members may"),
        Arguments.of("usr/../etc/passwd", "has a part '..'"),
        Arguments.of("usr/..", "has a part '..'"),
        Arguments.of("usr/./x", "has a part '.'"),
        Arguments.of("usr/.", "has a part '.'"),
        Arguments.of("usr//x", "has an empty part"),
        Arguments.of("usr/", "has an empty part"),
        Arguments.of("usr/a\nb", "'usr/a\\u000ab' has a control character"),
        Arguments.of("usr/a\0b", "has a control character"),
        Arguments.of("usr/\u007f", "has a control character"),
        Arguments.of("usr/\u0085", "has a control character"),
        Arguments.of("usr/\ud83d", "has a control character"),
        Arguments.of("usr/e\u0301", "decomposed"),
        Arguments.of("usr/" + "n".repeat(256), "has a part longer than 255 bytes"),
        Arguments.of("usr/" + "é".repeat(128), "has a part longer than 255 bytes"),
        Arguments.of("d/".repeat(2048) + "x", "is longer than 4095 bytes"));
  }

  @Test
  void refusesPathsThatAreTaken() {
    PackageWriter writer = empty().file("usr/x", 0644, new byte[0]);

    assertThatThrownBy(() -> writer.file("usr/x", 0644, new byte[0]))
        .hasMessage("path 'usr/x' is there twice");
    assertThatThrownBy(() -> writer.file("usr", 0644, new byte[0]))
        .hasMessage("path 'usr' is there twice");
    assertThatThrownBy(() -> writer.file("usr/x/y", 0644, new byte[0]))
        .hasMessage("path 'usr/x/y' lies below a file");
  }

  @ParameterizedTest
  @ValueSource(ints = {-1, 010000, 0100644})
  void refusesModes(int mode) {
    assertThatThrownBy(() -> empty().file("x", mode, new byte[0]))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("more than permission bits");
  }

  @ParameterizedTest
  @ValueSource(strings = {"a\nb", "\r", "a\tb", "\0", "\u001b[1m", "\u007f", "\u009b", "\ud800"})
  void refusesControlCharactersInFields(String text) {
    assertThatThrownBy(() -> empty().description(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("pkgdesc holds a control character");
    assertThatThrownBy(() -> empty().packager(text))
        .hasMessage("packager holds a control character");
    assertThatThrownBy(() -> empty().field("license", text))
        .hasMessage("license holds a control character");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "A", "a b", "a=", "a\n", "#", "depend ", "ä"})
  void refusesKeys(String key) {
    assertThatThrownBy(() -> empty().field(key, "x"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("is no key of .PKGINFO");
  }

  /** What qrepo would not read again is not written. */
  @Test
  void refusesFieldsThatContradictOrAreNotKept() {
    assertRefused(empty().field("pkgname", "other"), "contradicts line");
    assertRefused(empty().field("depend", ""), "is empty");
    assertRefused(empty().field("depend", "a  b"), "whitespace");
    assertRefused(
        new PackageWriter(
            new PackageName("a"), new PackageVersion("1-1"), Architecture.ANY, Instant.MIN),
        "builddate");
  }

  private static void assertRefused(PackageWriter writer, String reason) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    assertThatThrownBy(() -> writer.writeTo(out, Compression.NONE))
        .isInstanceOf(RefusedException.class)
        .hasMessageContaining(reason);
    assertThat(out.size()).isZero();
  }

  private static PackageWriter empty() {
    return new PackageWriter(
        new PackageName("sample"), new PackageVersion("1:2.0-3"), Architecture.ANY, BUILT);
  }

  private static PackageWriter sample() {
    return empty()
        .description("Größe = all")
        .packager("Tester <tester@example.org>")
        .field("license", "MIT")
        .install(SCRIPT)
        .file("usr/bin/run", 0755, text("run"))
        .file("etc/config", 0600, text("a = b\n\n"))
        .file("usr/share/sample/größe 日本", 0644, text("1 äß"))
        .file(LONG, 0644, text("ok"))
        .file(LONG_NAME, 04755, new byte[0]);
  }

  private static List<String> digests(String mtree) {
    return Pattern.compile("sha256(?:digest)?=([0-9a-f]{64})")
        .matcher(mtree)
        .results()
        .map(found -> found.group(1))
        .sorted()
        .toList();
  }

  private static String name(Random random) {
    String letters = "abcXYZ019-_.+~ #=\\'\"$*%äß\u3042\u65e5\uac00\ud83d\ude00";
    int[] characters = letters.codePoints().toArray();
    StringBuilder name = new StringBuilder("n");
    for (int length = random.nextInt(60); length >= 0; length--) {
      name.appendCodePoint(characters[random.nextInt(characters.length)]);
    }
    return name.toString();
  }

  private static byte[] text(String text) {
    return text.getBytes(UTF_8);
  }

  private static byte[] bytes(PackageWriter writer) throws IOException {
    return bytes(writer, Compression.NONE);
  }

  private static byte[] bytes(PackageWriter writer, Compression compression) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    writer.writeTo(out, compression);
    return out.toByteArray();
  }

  private static Path write(PackageWriter writer, Compression compression, Path directory)
      throws IOException {
    Path file = directory.resolve(writer.fileName(compression));
    return Files.write(file, bytes(writer, compression));
  }

  private static List<String> bsdtar(Path directory, byte[] archive, String... options) {
    String[] command =
        Stream.concat(Stream.of("bsdtar"), Stream.of(options)).toArray(String[]::new);
    command = Arrays.copyOf(command, command.length + 1);
    command[command.length - 1] = "-";
    return new String(Tools.run(directory, archive, command), UTF_8).lines().toList();
  }
}

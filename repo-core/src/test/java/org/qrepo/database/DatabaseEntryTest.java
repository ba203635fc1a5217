package org.qrepo.database;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.qrepo.RefusedException;
import org.qrepo.io.Digests;
import org.qrepo.io.HashAlgorithm;

class DatabaseEntryTest {
  private static final String HEAD =
      "%FILENAME%\na-1-1-any.pkg.tar.zst\n\n%NAME%\na\n\n%VERSION%\n1-1\n\n";

  @Test
  void writesFieldsInOrderAndLeavesEmptyOnesOut() {
    DatabaseEntry entry =
        Samples.entry(
            "alpha",
            "1:1.0-1",
            "url = ",
            "packager = A  B <a@example.org>",
            "checkdepend = c",
            "makedepend = m",
            "optdepend = o: for x = y",
            "depend = d>=1",
            "depend = d>=1",
            "provides = p=1",
            "conflict = q",
            "replaces = r",
            "group = g2",
            "group = g1",
            "license = ",
            "license = GPL",
            "backup = etc/x",
            "xdata = pkgtype=pkg");

    assertThat(new String(entry.desc(), UTF_8))
        .isEqualTo(
            """
            %FILENAME%
            alpha-1:1.0-1-any.pkg.tar.zst

            %NAME%
            alpha

            %BASE%
            alpha

            %VERSION%
            1:1.0-1

            %DESC%
            The package alpha

            %GROUPS%
            g2
            g1

            %CSIZE%
            12

            %ISIZE%
            4096

            %SHA256SUM%
            HASH

            %LICENSE%
            GPL

            %ARCH%
            any

            %BUILDDATE%
            1700000000

            %PACKAGER%
            A  B <a@example.org>

            %REPLACES%
            r

            %CONFLICTS%
            q

            %PROVIDES%
            p=1

            %DEPENDS%
            d>=1
            d>=1

            %OPTDEPENDS%
            o: for x = y

            %MAKEDEPENDS%
            m

            %CHECKDEPENDS%
            c

            """
                .replace("HASH", Samples.sha256("alpha1:1.0-1").hex()));
  }

  @Test
  void addsChecksumAndSignatureOnRequest() {
    byte[] signature =
        "a signature of which base64 is longer than one line of MIME".getBytes(UTF_8);
    DescOptions all = new DescOptions(DescVersion.V1, true);
    DatabaseEntry entry = Samples.describe("a", "1-1", all, Optional.of(signature));

    String md5 =
        Digests.of("a1-1".getBytes(UTF_8), Set.of(HashAlgorithm.MD5)).hex(HashAlgorithm.MD5);
    assertThat(new String(entry.desc(), UTF_8))
        .contains(
            "%MD5SUM%\n"
                + md5
                + "\n\n%SHA256SUM%\n"
                + Samples.sha256("a1-1")
                + "\n\n%PGPSIG%\n"
                + Base64.getEncoder().encodeToString(signature)
                + "\n\n%ARCH%\n");
    assertThat(Samples.describe("a", "1-1", all, Optional.empty()).values("PGPSIG")).isEmpty();
  }

  @Test
  void tellsWhatItHolds() {
    DatabaseEntry entry = Samples.entry("alpha", "1:1.0-1", "depend = x", "depend = y");

    assertThat(entry.directory()).isEqualTo("alpha-1:1.0-1");
    assertThat(entry.name().value()).isEqualTo("alpha");
    assertThat(entry.version().value()).isEqualTo("1:1.0-1");
    assertThat(entry.fileName()).isEqualTo("alpha-1:1.0-1-any.pkg.tar.zst");
    assertThat(entry.compressedSize()).isEqualTo(12);
    assertThat(entry.sha256()).contains(Samples.sha256("alpha1:1.0-1"));
    assertThat(entry.buildDate()).isEqualTo(Samples.BUILD_DATE);
    assertThat(entry.values("DEPENDS")).containsExactly("x", "y");
    assertThat(entry.values("GROUPS")).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"group", "depend", "replaces", "conflict", "provides"})
  void refusesAnEmptyValueThatClientsWouldCompare(String key) {
    assertThatThrownBy(() -> Samples.entry("a", "1-1", key + " = x", key + " = "))
        .isInstanceOf(RefusedException.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"a b.pkg.tar.zst", ".a.pkg.tar.zst", "x/a.pkg.tar.zst", "a.db", ""})
  void refusesFileNamesThatClientsCannotFetch(String fileName) {
    assertThatThrownBy(
            () ->
                DatabaseEntry.describe(
                    Samples.info("a", "1-1"),
                    fileName,
                    1,
                    new Digests(),
                    Optional.empty(),
                    DescOptions.DEFAULT))
        .isInstanceOfSatisfying(
            RefusedException.class,
            e -> assertThat(e.findings().get(0).id()).isEqualTo("package-file-name"));
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 16385})
  void refusesSignaturesThatClientsDoNotTake(int size) {
    DescOptions all = new DescOptions(DescVersion.V2, true);
    assertThatThrownBy(() -> Samples.describe("a", "1-1", all, Optional.of(new byte[size])))
        .isInstanceOfSatisfying(
            RefusedException.class,
            e -> assertThat(e.findings().get(0).id()).isEqualTo("signature-size"));
  }

  @Test
  void keepsWhatItDoesNotKnow() {
    String desc =
        "a line of nobody\n"
            + HEAD
            + "%XYZ%\nvalue\n\n%PACKAGER%\nJos\u00e9\nsecond line\n\n\n%DEPENDS%\n%NAME%\nb";
    byte[] latin = desc.getBytes(java.nio.charset.StandardCharsets.ISO_8859_1);
    DatabaseEntry entry = parse(latin);

    assertThat(entry.desc()).isEqualTo(latin);
    assertThat(entry.values("XYZ")).containsExactly("value");
    assertThat(entry.values("PACKAGER")).hasSize(2);
    assertThat(entry.values("DEPENDS")).containsExactly("%NAME%", "b");
    assertThat(entry.sha256()).isEmpty();
    assertThat(entry.compressedSize()).isZero();
    assertThat(entry.buildDate()).isZero();
  }

  @Test
  void takesFieldsOfDependsAsWell() {
    byte[] depends = "%DEPENDS%\nglibc\n\n%PROVIDES%\nx\n\n".getBytes(UTF_8);
    DatabaseEntry entry =
        EntryParser.parse(
            EntryDirectory.parse("a-1-1"),
            HEAD.getBytes(UTF_8),
            Map.of("depends", depends),
            "t.db");

    assertThat(entry.values("DEPENDS")).containsExactly("glibc");
    assertThat(entry.values("VERSION")).containsExactly("1-1");
    assertThat(entry.otherFiles()).containsEntry("depends", depends);
    assertThat(entry).isNotEqualTo(parse(HEAD.getBytes(UTF_8)));
  }

  @Test
  void refusesTheSameFieldInBothFiles() {
    byte[] depends = "%NAME%\nb\n\n".getBytes(UTF_8);
    assertThatThrownBy(
            () ->
                EntryParser.parse(
                    EntryDirectory.parse("a-1-1"),
                    HEAD.getBytes(UTF_8),
                    Map.of("depends", depends),
                    "t.db"))
        .hasMessage("t.db:a-1-1/depends: field %NAME% stands in two files");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "%NAME%\\nb\\n\\n|desc-malformed|field %NAME% stands there twice",
        "%DESC%\\nx\\n%FILENAME%\\ny\\n\\n|desc-malformed|no empty line parts '%FILENAME%'",
        "%XYZ%\\n%FILENAME%\\ny\\n\\n|desc-malformed|no empty line parts '%FILENAME%'",
        "%DESC%\\nx\\u0000\\n\\n|desc-malformed|NUL",
        "%CSIZE%\\n-1\\n\\n|desc-malformed|%CSIZE% is no size: '-1'",
        "%DESC%\\nx\\r\\n\\n|desc-line-ends|lines end in CR LF",
        "%SHA256SUM%\\nABCD\\n\\n|entry-checksum|%SHA256SUM% is not 64 lower-case hex digits: 'ABCD'",
        "%MD5SUM%\\nD41D8CD98F00B204E9800998ECF8427E\\n\\n|entry-checksum|%MD5SUM% is not 32",
      })
  void refusesWhatClientsWouldMisread(String addition, String id, String reason) {
    String desc =
        HEAD + addition.replace("\\n", "\n").replace("\\r", "\r").replace("\\u0000", "\u0000");
    assertThatThrownBy(() -> parse(desc.getBytes(UTF_8)))
        .isInstanceOfSatisfying(
            RefusedException.class, e -> assertThat(e.findings().get(0).id()).isEqualTo(id))
        .hasMessageContaining(reason)
        .hasMessageStartingWith("t.db:a-1-1/desc");
  }

  @Test
  void refusesUpperCaseThatIsOtherwiseAChecksum() {
    String desc = HEAD + "%SHA256SUM%\n" + "AB".repeat(32) + "\n\n";
    assertThatThrownBy(() -> parse(desc.getBytes(UTF_8)))
        .hasMessageContaining("lower-case hex digits");
  }

  @ParameterizedTest
  @ValueSource(strings = {"FILENAME", "NAME", "VERSION"})
  void refusesEntriesWithoutTheFieldsThatClientsNeed(String field) {
    String without = HEAD.replace("%" + field + "%", "%NOTHING%");
    String empty = HEAD.replaceFirst("%" + field + "%\n[^\n]+\n", "%" + field + "%\n");
    for (String desc : List.of(without, empty)) {
      assertThatThrownBy(() -> parse(desc.getBytes(UTF_8)))
          .isInstanceOfSatisfying(
              RefusedException.class,
              e -> assertThat(e.findings().get(0).id()).isEqualTo("desc-field-missing"))
          .hasMessageContaining("%" + field + "% is missing");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"../a.pkg.tar.zst", ".hidden.pkg.tar.zst", "sample.db", "a b.pkg.tar.xz"})
  void refusesEntriesWhoseFileNameLeavesTheDirectory(String fileName) {
    String desc = HEAD.replace("a-1-1-any.pkg.tar.zst", fileName);
    assertThatThrownBy(() -> parse(desc.getBytes(UTF_8)))
        .isInstanceOfSatisfying(
            RefusedException.class,
            e -> assertThat(e.findings().get(0).id()).isEqualTo("entry-file-name"));
  }

  @Test
  void refusesEntriesThatContradictTheirDirectory() {
    assertThatThrownBy(() -> parse(HEAD.replace("%NAME%\na", "%NAME%\nb").getBytes(UTF_8)))
        .hasMessage("t.db:a-1-1/desc: %NAME% is 'b', the directory says 'a'");
    assertThatThrownBy(
            () -> parse(HEAD.replace("%VERSION%\n1-1", "%VERSION%\n1-2").getBytes(UTF_8)))
        .hasMessage("t.db:a-1-1/desc: %VERSION% is '1-2', the directory says '1-1'");
  }

  private static DatabaseEntry parse(byte[] desc) {
    return EntryParser.parse(EntryDirectory.parse("a-1-1"), desc, Map.of(), "t.db");
  }
}

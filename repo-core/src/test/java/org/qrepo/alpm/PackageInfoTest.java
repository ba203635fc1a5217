package org.qrepo.alpm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.qrepo.Finding;
import org.qrepo.RefusedException;

class PackageInfoTest {
  private static final String REQUIRED = "pkgname = a\npkgver = 1-1\n";

  @Test
  void readsAllFields() {
    PackageInfo info =
        parse(
            """
            # made by a test

            pkgname = foo
            pkgbase = foobase
            xdata = pkgtype=split
            pkgver = 1:2-3
            pkgdesc = Does  things = well\t
            url =\s
            builddate = 1700000000
            packager = Jos\u00e9 <j@example.org>
            size = 4096
            arch = x86_64
            license = MIT
            license =\s
            license = MIT
            depend = b>=1:2
            depend = c
            optdepend = d: for = signs
            backup = etc/foo.conf
            unheard = of
            """);
    assertThat(info.name()).hasToString("foo");
    assertThat(info.base()).contains(new PackageName("foobase"));
    assertThat(info.version()).isEqualTo(new PackageVersion("1:2-3"));
    assertThat(info.architecture()).contains(new Architecture("x86_64"));
    assertThat(info.size()).hasValue(4096);
    assertThat(info.buildDate()).hasValue(1_700_000_000L);
    assertThat(info.packager()).contains("Jos\u00e9 <j@example.org>");
    assertThat(info.description()).contains("Does  things = well\t");
    assertThat(info.url()).contains("");
    assertThat(info.values("license")).containsExactly("MIT", "", "MIT");
    assertThat(info.values("depend")).containsExactly("b>=1:2", "c");
    assertThat(info.values("optdepend")).containsExactly("d: for = signs");
    assertThat(info.first("unheard")).contains("of");
    assertThat(info.values("conflict")).isEmpty();
    assertThat(info.fields()).hasSize(18);
    assertThat(info.fields().get(0)).isEqualTo(new Field("pkgname", "foo", 3));
  }

  @Test
  void needsOnlyNameAndVersion() {
    PackageInfo info = parse(REQUIRED);
    assertThat(info.architecture()).isEmpty();
    assertThat(info.base()).isEmpty();
    assertThat(info.size()).isEmpty();
    assertThat(info.buildDate()).isEmpty();
    assertThat(info.packager()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "license = ",
        "optdepend =  two  spaces ",
        "pkgdesc =  leading",
        "group = my group",
        "pkgname = a",
        "arch = any",
        "makedepend = ",
        "key = ",
        "size = 0",
        "size = 007",
        "builddate = 8589934591",
        "depend = so:libx=1-64",
        "xdata = a=b",
        "url = https://x/?q=",
        "depend = foo=1.0",
        "provides = a=1:2-1"
      })
  void keepsOdditiesVerbatim(String line) {
    String value = line.substring(line.indexOf(" = ") + 3);
    String key = line.substring(0, line.indexOf(' '));
    assertThat(parse(REQUIRED + line + "\n").values(key)).contains(value);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      ignoreLeadingAndTrailingWhitespace = false,
      value = {
        "nonsense|pkginfo-malformed|is not of the form",
        "key =|pkginfo-malformed|is not of the form",
        "key= x|pkginfo-malformed|is not of the form",
        " = x|pkginfo-malformed|is not of the form",
        "key  = x|pkginfo-malformed|is not of the form",
        "key\t= x|pkginfo-malformed|is not of the form",
        " # x|pkginfo-malformed|is not of the form",
        "pkgdesc = a\u0000b|pkginfo-malformed|has a control character",
        "pkgdesc = a\u001b[31mb|pkginfo-malformed|has a control character",
        "pkgdesc = a\u007fb|pkginfo-malformed|has a control character",
        "pkgdesc = a\u0085b|pkginfo-malformed|has a control character",
        "pkgdesc = a\r|pkginfo-malformed|carriage return",
        "group =  x|pkginfo-invalid|has whitespace",
        "group = x\ty|pkginfo-invalid|has whitespace",
        "conflict = x |pkginfo-invalid|has whitespace",
        "replaces = x  y|pkginfo-invalid|has whitespace",
        "provides = x\u3000y|pkginfo-invalid|has whitespace",
        "depend = |pkginfo-invalid|is empty",
        "group = |pkginfo-invalid|is empty",
        "pkgver = 1-2|pkginfo-invalid|'1-2' contradicts line 2, '1-1'",
        "pkgbase = @|ok|",
        "pkgbase = |pkginfo-invalid|package name is empty",
        "arch = |pkginfo-invalid|architecture '' is not",
        "arch = x86-64|pkginfo-invalid|architecture 'x86-64' is not",
        "size = -1|pkginfo-invalid|size '-1' is not a number",
        "size = 1e3|pkginfo-invalid|size '1e3' is not a number",
        "size = |pkginfo-invalid|size '' is not a number",
        "size = 1234567890123456789|pkginfo-invalid|is not a number from 0",
        "builddate = 8589934592|pkginfo-invalid|is not a number from 0 to 8589934591",
        "builddate = Tue Nov 14|pkginfo-invalid|is not a number",
      })
  void refusesWithTheLine(String line, String id, String reason) {
    if (id.equals("ok")) {
      assertThat(parse(REQUIRED + line + "\n").fields()).hasSize(3);
      return;
    }
    Finding finding = refused(REQUIRED + line + "\n").get(0);
    assertThat(finding.id()).isEqualTo(id);
    assertThat(finding.subject()).isEqualTo("p/.PKGINFO:3");
    assertThat(finding.reason()).contains(reason);
    assertThat(finding.headline().chars()).noneMatch(Character::isISOControl);
  }

  @ParameterizedTest
  @ValueSource(strings = {"pkgdesc", "url", "packager", "size", "arch", "builddate", "pkgbase"})
  void refusesScalarsThatContradictThemselves(String key) {
    String text = REQUIRED + key + " = 1\n" + key + " = 1\n";
    assertThat(parse(text).values(key)).hasSize(2);
    assertThat(refused(text + key + " = 2\n").get(0).reason())
        .isEqualTo(key + " '2' contradicts line 3, '1'");
  }

  @Test
  void refusesOtherEncodings() {
    byte[] latin1 = (REQUIRED + "packager = Jos\u00e9\n").getBytes(StandardCharsets.ISO_8859_1);
    RefusedException refused =
        catchThrowableOfType(RefusedException.class, () -> PackageInfo.parse("p/.PKGINFO", latin1));
    assertThat(refused).hasMessage("p/.PKGINFO:3: line is not UTF-8");
  }

  @Test
  void refusesLinesThatClientsDoNotRead() {
    String line = "pkgdesc = " + "x".repeat(512 * 1024);
    assertThat(refused(REQUIRED + line).get(0).reason()).isEqualTo("line is longer than 512 KiB");
    String whole = REQUIRED + ("pkgdesc = " + "x".repeat(100_000) + "\n").repeat(11);
    assertThat(refused(whole).get(0).reason()).isEqualTo("metadata have more than 1 MiB");
  }

  @Test
  void tellsAllThatIsWrongButNotWithoutEnd() {
    assertThat(refused("pkgname = .\nx\narch = -\nsize = y\n")).hasSize(5);
    assertThat(refused(REQUIRED + "nonsense\n".repeat(10_000))).hasSize(20);
  }

  @Test
  void refusesNamesThatNoEntryCanHold() {
    String name = "n".repeat(200);
    assertThat(parse("pkgname = " + name + "\npkgver = " + "1".repeat(52) + "-1\n").name().value())
        .isEqualTo(name);
    assertThat(
            refused("pkgname = " + name + "\npkgver = " + "1".repeat(53) + "-1\n").get(0).reason())
        .isEqualTo("name and version have 256 characters together");
  }

  @Test
  void neverFailsInAnotherWay() {
    Random random = new Random(77);
    String[] pieces = {
      "pkgname",
      "pkgver",
      "size",
      "arch",
      " = ",
      "=",
      " ",
      "\n",
      "\n",
      "1-1",
      "a",
      "#",
      "\0",
      "é",
      "\ud83d\ude00",
      "depend",
      "9999999999999999999",
      "\t",
      "-"
    };
    for (int i = 0; i < 20_000; i++) {
      StringBuilder text = new StringBuilder(random.nextBoolean() ? REQUIRED : "");
      for (int n = random.nextInt(12); n > 0; n--) {
        text.append(pieces[random.nextInt(pieces.length)]);
      }
      try {
        assertThat(parse(text.toString()).name().value()).isNotEmpty();
      } catch (RefusedException e) {
        assertThat(e.findings()).isNotEmpty();
      }
    }
  }

  private static PackageInfo parse(String text) {
    return PackageInfo.parse("p/.PKGINFO", text.getBytes(StandardCharsets.UTF_8));
  }

  private static List<Finding> refused(String text) {
    RefusedException refused = catchThrowableOfType(RefusedException.class, () -> parse(text));
    assertThat(refused).as(text.substring(0, Math.min(200, text.length()))).isNotNull();
    return refused.findings();
  }
}

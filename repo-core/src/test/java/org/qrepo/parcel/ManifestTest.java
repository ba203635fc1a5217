package org.qrepo.parcel;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.qrepo.Finding;
import org.qrepo.FuzzRounds;
import org.qrepo.RefusedException;
import org.qrepo.io.Digests;
import org.qrepo.io.Sha256;
import org.qrepo.publish.Part;
import org.qrepo.publish.Plan;
import org.qrepo.publish.RepositoryName;

class ManifestTest {
  private static final RepositoryName REPOSITORY = new RepositoryName("my.db");
  private static final Plan.Base BASE = new Plan.Base(41, digest("base"));
  private static final Plan.Base HEAD = new Plan.Base(43, digest("head"));

  private static Sha256 digest(String of) {
    return Digests.of(of.getBytes(UTF_8), Set.of()).sha256();
  }

  private static Manifest.Item item(String path) {
    return new Manifest.Item(new ParcelPath(path), path.length(), digest(path));
  }

  private static List<Manifest.Item> files(String... more) {
    List<Manifest.Item> files = new ArrayList<>();
    for (Part part : Part.values()) {
      files.add(item(Manifest.pathOf(REPOSITORY, HEAD, part)));
    }
    Arrays.stream(more).map(ManifestTest::item).forEach(files::add);
    files.sort(Comparator.comparing(Manifest.Item::path));
    return files;
  }

  private static Manifest manifest(Optional<Plan.Base> base, List<Manifest.Item> files) {
    return new Manifest(
        ParcelName.fresh(REPOSITORY, HEAD),
        REPOSITORY,
        Instant.parse("2026-11-22T10:00:00Z"),
        base.isPresent() ? Optional.of("web") : Optional.empty(),
        base,
        HEAD,
        files);
  }

  private static Manifest sample() {
    return manifest(
        Optional.of(BASE),
        files(
            "repository/a-1:2.0-1-any.pkg.tar.zst",
            "repository/a-1:2.0-1-any.pkg.tar.zst.sig",
            "repository/generations/0123456789abcdef/generation.json",
            "templates/rpm/qubes-template-a-4.3.0-202611221000.noarch.rpm",
            "templates/repodata/repomd.xml"));
  }

  @Test
  void isReadAsItWasWritten() {
    for (Manifest manifest : List.of(sample(), manifest(Optional.empty(), files()))) {
      byte[] bytes = ManifestText.write(manifest);
      assertThat(ManifestText.read(bytes)).isEqualTo(manifest);
    }
    assertThat(sample().packages()).isEqualTo(1);
    assertThat(sample().files(ParcelPath.Kind.TEMPLATE)).hasSize(1);
  }

  /** Any JSON reader sees the same. */
  @Test
  void isJson() throws IOException {
    List<String> strings = new ArrayList<>();
    try (JsonParser json = new JsonFactory().createParser(ManifestText.write(sample()))) {
      for (JsonToken token = json.nextToken(); token != null; token = json.nextToken()) {
        if (token == JsonToken.VALUE_STRING || token == JsonToken.VALUE_NUMBER_INT) {
          strings.add(json.getText());
        }
      }
    }
    assertThat(strings)
        .contains("qrepo.parcel/1", "my.db")
        .contains("2026-11-22T10:00:00Z", "web", "41", BASE.database().hex(), "43")
        .containsAll(sample().files().stream().map(f -> f.path().value()).toList())
        .containsAll(sample().files().stream().map(f -> f.sha256().hex()).toList());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "/",
        "manifest.json",
        "/repository/a-1-1-any.pkg.tar.zst",
        "repository",
        "repository/",
        "repository//a-1-1-any.pkg.tar.zst",
        "repository/../a-1-1-any.pkg.tar.zst",
        "repository/./a-1-1-any.pkg.tar.zst",
        "repository/x/a-1-1-any.pkg.tar.zst",
        "../repository/a-1-1-any.pkg.tar.zst",
        "Repository/a-1-1-any.pkg.tar.zst",
        "repository/.a-1-1-any.pkg.tar.zst",
        "repository/-a-1-1-any.pkg.tar.zst",
        "repository/a b-1-1-any.pkg.tar.zst",
        "repository/a\\b-1-1-any.pkg.tar.zst",
        "repository/a\"b-1-1-any.pkg.tar.zst",
        "repository/a\nb-1-1-any.pkg.tar.zst",
        "repository/a\u0000b-1-1-any.pkg.tar.zst",
        "repository/ä-1-1-any.pkg.tar.zst",
        "repository/a-1-1-any.pkg.tar.zst.sig.sig",
        "repository/a.exe",
        "repository/t.db",
        "repository/current",
        "repository/.htaccess",
        "repository/.qrepo.lock",
        "repository/generations/0123456789abcdef/..",
        "repository/generations/0123456789abcdef/t.db/x",
        "repository/generations/0123456789abcdef/index.html",
        "repository/generations/0123456789abcdef/.db",
        "repository/generations/0123456789ABCDEF/t.db",
        "repository/generations/0123/t.db",
        "repository/generations/../t.db",
        "repository/generations/prune.json",
        "templates/rpm/..",
        "templates/rpm/.rpm",
        "templates/rpm/a.rpm/b.rpm",
        "templates/rpm/a.exe",
        "templates/repodata/../../../home/user/.bashrc",
        "templates/repodata/.hidden",
        "templates/repodata/a/b",
        "templates/RPM/a.rpm",
        "templates/a.rpm"
      })
  void noOtherPathIsPossible(String path) {
    assertThatThrownBy(() -> new ParcelPath(path)).isInstanceOf(IllegalArgumentException.class);
    byte[] bytes =
        new String(ManifestText.write(sample()), UTF_8)
            .replace("repository/a-1:2.0-1-any.pkg.tar.zst\"", path + "\"")
            .getBytes(UTF_8);
    assertThat(refusal(bytes)).isEqualTo("parcel-manifest-malformed");
  }

  @Test
  void partsOfOtherRepositoriesAreRefused() {
    assertThatThrownBy(
            () ->
                manifest(Optional.empty(), files("repository/generations/0123456789abcdef/my.db")))
        .hasMessage("it names a part of another repository");
    assertThat(
            manifest(Optional.empty(), files("repository/generations/0123456789abcdef/my.db.db")))
        .isNotNull();
  }

  @Test
  void whatContradictsItselfIsRefused() {
    List<Manifest.Item> unordered = new ArrayList<>(files());
    unordered.add(0, unordered.remove(3));
    assertThatThrownBy(() -> manifest(Optional.empty(), unordered))
        .hasMessage("its files are not in order");
    List<Manifest.Item> doubled = new ArrayList<>(files());
    doubled.add(1, doubled.get(0));
    assertThatThrownBy(() -> manifest(Optional.empty(), doubled))
        .hasMessage("its files are not in order");
    assertThatThrownBy(
            () ->
                manifest(
                    Optional.empty(),
                    files("repository/A-1-1-any.pkg.tar.zst", "repository/a-1-1-any.pkg.tar.zst")))
        .hasMessage("two files differ in case alone");
    assertThatThrownBy(() -> manifest(Optional.empty(), files().subList(0, 3)))
        .hasMessage("its own generation is not in it");
    assertThatThrownBy(() -> manifest(Optional.of(new Plan.Base(44, BASE.database())), files()))
        .hasMessage("its base is not older than what it brings");
    assertThatThrownBy(() -> manifest(Optional.of(new Plan.Base(42, HEAD.database())), files()))
        .hasMessage("its base is not older than what it brings");
    assertThat(manifest(Optional.of(HEAD), files()).base()).contains(HEAD);
    List<Manifest.Item> huge = new ArrayList<>(files());
    huge.set(0, new Manifest.Item(huge.get(0).path(), Manifest.MOST_BYTES, huge.get(0).sha256()));
    assertThatThrownBy(() -> manifest(Optional.empty(), huge)).hasMessage("it is impossibly large");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "\"seq\": 43|\"seq\": 043",
        "\"seq\": 43|\"seq\": -43",
        "\"seq\": 43|\"seq\": 43.0",
        "\"seq\": 43|\"seq\": 9999999999999999999",
        "\"seq\": 43|\"seq\": \"43\"",
        "\"seq\": 41|\"seq\": 0",
        "\"web\"|\"../web\"",
        "\"web\"|\"\"",
        "\"web\"|\"web; rm\"",
        "\"web\"|true",
        "\"my.db\"|\"../my\"",
        "\"my.db\"|null",
        "10:00:00Z|10:00:00.5Z",
        "10:00:00Z|10:00:00+01:00",
        "2026-11|2026-13",
        "2026-11|+12026-11",
        "\"target\"|\"Target\"",
        "\"target\"|\"parcel\"",
        "\"size\": 36|\"size\":  36",
        "\"size\": 36|\"size\": -36",
        "\"sha256\"|\"md5\"",
        "\"path\"|\"pathname\"",
        "qrepo.parcel/1|qrepo.parcel/01",
        "qrepo.parcel/1|qrepo.generation/1",
        "qrepo-my|qrepo-../my",
        "qrepo-my.db-43|qrepo-my.db-42",
        "qrepo-my.db-43|qrepo-other-43",
      })
  void otherFormsAreRefused(String from, String to) {
    String text = new String(ManifestText.write(sample()), UTF_8);
    assertThat(text).contains(from);
    assertThat(refusal(text.replace(from, to).getBytes(UTF_8))).startsWith("parcel-");
  }

  @Test
  void aNewerVersionIsNamed() {
    String text = new String(ManifestText.write(sample()), UTF_8).replace("parcel/1", "parcel/2");
    assertThat(refusal(text.getBytes(UTF_8))).isEqualTo("parcel-version");
  }

  private static String refusal(byte[] bytes) {
    RefusedException refused =
        catchThrowableOfType(RefusedException.class, () -> ManifestText.read(bytes));
    assertThat(refused).as(new String(bytes, UTF_8)).isNotNull();
    assertThat(refused.findings()).hasSize(1);
    return refused.findings().stream().map(Finding::id).findFirst().orElseThrow();
  }

  /** Whatever is read has only one form, and is what the form says; everything else is refused. */
  @Test
  void mutationsAreRefusedOrReadAsTheyStand() {
    byte[] whole = ManifestText.write(sample());
    Random random = new Random(20261122);
    int read = 0;
    int rounds = FuzzRounds.atLeast(20_000);
    for (int i = 0; i < rounds; i++) {
      byte[] bytes = mutated(whole, random);
      try {
        assertThat(ManifestText.write(ManifestText.read(bytes))).isEqualTo(bytes);
        read++;
      } catch (RefusedException e) {
        assertThat(e.findings().get(0).id()).matches("parcel-(manifest-malformed|version)");
      }
    }
    System.out.printf(
        "manifests: %d mutations, %d of them read as another manifest%n", rounds, read);
  }

  private static byte[] mutated(byte[] whole, Random random) {
    byte[] bytes = whole.clone();
    for (int n = 1 + random.nextInt(3); n > 0; n--) {
      int at = random.nextInt(bytes.length);
      int to = Math.min(bytes.length, at + random.nextInt(200));
      switch (random.nextInt(5)) {
        case 0 -> bytes[at] = (byte) random.nextInt(256);
        case 1 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
        case 2 -> bytes = joined(bytes, 0, at, bytes, to, bytes.length);
        case 3 -> bytes = joined(bytes, 0, to, bytes, at, bytes.length);
        default -> bytes = Arrays.copyOf(bytes, at + 1);
      }
    }
    return bytes;
  }

  private static byte[] joined(byte[] a, int from, int to, byte[] b, int start, int end) {
    byte[] joined = Arrays.copyOf(Arrays.copyOfRange(a, from, to), to - from + end - start);
    System.arraycopy(b, start, joined, to - from, end - start);
    return joined;
  }
}

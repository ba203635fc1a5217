package org.qrepo.cli.build.stages;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.qrepo.alpm.SamplePackage;
import org.qrepo.cli.Json;
import org.qrepo.cli.Workplace;
import org.qrepo.cli.build.BuilderTree;
import org.qrepo.cli.build.SampleBuilder;
import org.qrepo.cli.config.BuildDist;
import org.qrepo.cli.config.BuilderKind;
import org.qrepo.cli.config.ComponentName;

/**
 * What a stage takes for built is what {@code build locate} shows and {@code publish
 * --from-builder} publishes, whatever versions and clocks say.
 */
class LastBuildTest {
  private static final ComponentName COMPONENT = new ComponentName("core-qubesdb");
  private static final String LOWER = "4.3.9-1";
  private static final String HIGHER = "4.3.10-1";

  @TempDir private Path directory;
  private Workplace here;
  private Path builder;

  @BeforeEach
  void begin() throws IOException {
    here = new Workplace(directory);
    builder = here.path("builder");
    here.configure("web: { url: repository }");
    String build = "build:\n  builder: builder\n  components: [" + COMPONENT + "]\n";
    here.write("qrepo.yml", Files.readString(here.path("qrepo.yml")) + build);
  }

  private SampleBuilder make(BuilderKind kind) {
    return kind == BuilderKind.CLASSIC
        ? SampleBuilder.classic(builder)
        : SampleBuilder.second(builder);
  }

  private BuilderTree tree() {
    return BuilderTree.at(builder);
  }

  /**
   * @param seconds when, by the clock of that moment
   */
  private void build(SampleBuilder sample, String version, long seconds) throws IOException {
    SamplePackage made = SamplePackage.of("qubes-db-vm", version);
    Path note = tree().packageList(COMPONENT, BuildDist.PLAIN);
    if (tree().kind() == BuilderKind.CLASSIC) {
      sample.builds(COMPONENT.value(), made);
    } else {
      sample.buildsVersion(COMPONENT.value(), version, made);
      String name = version + "/vm-archlinux/build/archlinux.build.yml";
      note = tree().versions(COMPONENT).resolve(name);
    }
    Files.setLastModifiedTime(note, FileTime.fromMillis(seconds * 1000));
  }

  private void fetch(String version) throws IOException {
    Path source = Files.createDirectories(tree().source(COMPONENT));
    Files.writeString(source.resolve("version"), version + "\n");
  }

  /** What a copy does that keeps no times, and has a coarse clock. */
  private void copied() throws IOException {
    try (Stream<Path> files = Files.walk(builder)) {
      for (Path file : files.toList()) {
        Files.setLastModifiedTime(file, FileTime.fromMillis(5000));
      }
    }
  }

  private List<String> located(String list, String field) {
    return Json.of(here.ok("build", "locate", "--json").out()).each(list, field);
  }

  private void assertLast(String version) throws IOException {
    List<Path> stage = ComponentOutput.of(tree(), COMPONENT, BuildDist.PLAIN).get(0).present();
    assertThat(stage).hasSize(1);
    assertThat(stage.get(0)).hasFileName("qubes-db-vm-" + version + "-any.pkg.tar.zst");
    assertThat(located("packages", "file")).containsExactly(stage.get(0).toString());
    here.ok("publish", "--from-builder", "--allow-downgrade");
    assertThat(here.published("repository")).containsExactly("qubes-db-vm " + version);
  }

  @ParameterizedTest
  @EnumSource(BuilderKind.class)
  void versionsGoUpAndDown(BuilderKind kind) throws IOException {
    SampleBuilder sample = make(kind);
    build(sample, LOWER, 100);
    assertLast(LOWER);
    build(sample, HIGHER, 200);
    assertLast(HIGHER);
    build(sample, LOWER, 300);
    assertThat(here.ended(3, "publish", "--from-builder").err())
        .contains("--allow-downgrade", "Nothing was changed.");
    assertLast(LOWER);
    assertThat(located("left-out", "reason"))
        .contains("the last build of core-qubesdb made " + LOWER);
  }

  @ParameterizedTest
  @EnumSource(BuilderKind.class)
  void timesThatAreEqualSayNothing(BuilderKind kind) throws IOException {
    SampleBuilder sample = make(kind);
    build(sample, LOWER, 100);
    build(sample, HIGHER, 200);
    copied();
    assertLast(HIGHER);
    build(sample, LOWER, 300);
    copied();
    assertLast(kind == BuilderKind.CLASSIC ? LOWER : HIGHER);
    fetch("4.3.9");
    assertLast(LOWER);
  }

  /** The second builder passes over sources that it has built before, and notes nothing. */
  @ParameterizedTest
  @ValueSource(longs = {-100, 100, 1_000_000_000_000L})
  void theSourcesSayWhichOfItsBuildsTheSecondBuilderMeans(long time) throws IOException {
    SampleBuilder sample = make(BuilderKind.V2);
    build(sample, LOWER, 200);
    build(sample, HIGHER, time);
    fetch("4.3.9");
    assertLast(LOWER);
    fetch("4.3.10");
    assertLast(HIGHER);
    sample.file("artifacts/sources/core-qubesdb/rel", "2\n");
    assertLast(time < 200 ? LOWER : HIGHER);
    build(sample, "4.3.10-2", 50);
    assertLast("4.3.10-2");
  }

  @Test
  void buildsThatTheSecondBuilderCountsHaveOneVersion() throws IOException {
    SampleBuilder sample = make(BuilderKind.V2);
    fetch("4.3.9");
    build(sample, "4.3.9-1.10", 200);
    build(sample, "4.3.9-1.9", 100);
    build(sample, "4.3.9-10", 300);
    assertLast("4.3.9-1.10");
    copied();
    assertLast("4.3.9-1.10");
    fetch("4.3.11");
    assertLast("4.3.9-10");
  }

  /** It deletes what it made of a version before it builds it again. */
  @Test
  void aBuildThatFailedIsNotTheLast() throws IOException {
    SampleBuilder sample = make(BuilderKind.V2);
    build(sample, LOWER, 100);
    fetch("4.3.10");
    Path failed = tree().versions(COMPONENT).resolve(HIGHER + "/vm-archlinux/build/pkgs");
    Files.createDirectories(failed);
    assertLast(LOWER);
    Files.setLastModifiedTime(failed.getParent(), FileTime.fromMillis(900_000));
    assertLast(LOWER);
  }
}

package org.qrepo.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.qrepo.cli.Json;
import org.qrepo.cli.Run;
import org.qrepo.cli.UnseenTerminal;
import org.qrepo.cli.Workplace;
import org.qrepo.cli.build.SampleBuilder;
import org.qrepo.sign.Programs;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

class BuildConfigureTest {
  private static final String EVERYTHING =
      """
        dist: archlinux
        components: [vmm-xen, core-agent-linux, app-linux-split-gpg, app-linux-pdf-converter]
        templates: [archlinux, 'archlinux+minimal+no-recommends:arch-min']
        template-root-size: 15G
        mirrors: ['https://m.example.org/$repo/os/$arch', 'https://n.example.org/archlinux']
        official-packages: current-testing
        source-urls: { core-agent-linux: 'https://example.org/agent' }
        source-branches: { core-agent-linux: my-branch, vmm-xen: xen-4.17 }
        overrides: { vmm-xen: ../xen }
      """;

  @TempDir private Path directory;
  private Workplace here;
  private Path builder;

  @BeforeEach
  void begin() {
    here = new Workplace(directory);
    builder = here.path("builder");
  }

  private void configure(String release, String more) {
    String name = release.isEmpty() ? "" : "repository: { release: " + release + " }\n";
    here.write("qrepo.yml", name + "build:\n  builder: builder\n" + more);
  }

  private String make(String... words) {
    Programs.need("make");
    List<String> command =
        java.util.stream.Stream.concat(
                java.util.stream.Stream.of("make", "-s", "-C", builder.toString()),
                java.util.stream.Stream.of(words))
            .toList();
    return Programs.run(Map.of("MAKEFLAGS", "", "MAKELEVEL", ""), new byte[0], command)
        .ok()
        .text()
        .stripTrailing();
  }

  private String variable(String name) {
    return make("get-var", "GET_VAR=" + name);
  }

  @Test
  void makeReadsTheClassicConfiguration() {
    SampleBuilder.classic(builder);
    configure("r4.2", EVERYTHING);
    Run run = here.ok("build", "configure");
    assertThat(run.out()).isEqualTo(builder.resolve("builder.conf") + "\n");
    assertThat(run.err()).contains("builds upon example-configs/qubes-os-r4.2.conf");

    assertThat(variable("COMPONENTS"))
        .isEqualTo(
            "vmm-xen core-agent-linux app-linux-split-gpg app-linux-pdf-converter"
                + " linux-template-builder builder-rpm builder-archlinux");
    assertThat(variable("BUILDER_PLUGINS")).isEqualTo("builder-rpm builder-archlinux");
    assertThat(variable("DISTS_VM")).isEqualTo("archlinux archlinux+minimal+no-recommends");
    assertThat(variable("TEMPLATE_LABEL"))
        .isEqualTo("archlinux:archlinux archlinux+minimal+no-recommends:arch-min");
    assertThat(variable("TEMPLATE_ALIAS")).isEmpty();
    assertThat(variable("TEMPLATE_ROOT_SIZE")).isEqualTo("15G");
    assertThat(make("environment", "GET_VAR=ARCHLINUX_MIRROR"))
        .isEqualTo("https://m.example.org/$repo/os/$arch,https://n.example.org/archlinux");
    assertThat(variable("RELEASE")).isEqualTo("4.2");
    assertThat(variable("USE_QUBES_REPO_VERSION")).isEqualTo("4.2");
    assertThat(variable("USE_QUBES_REPO_TESTING")).isEqualTo("1");
    assertThat(variable("GIT_URL_core_agent_linux")).isEqualTo("https://example.org/agent");
    assertThat(variable("BRANCH_core_agent_linux")).isEqualTo("my-branch");
    assertThat(variable("BRANCH_vmm_xen")).isEqualTo("xen-4.17");
    assertThat(variable("NO_SIGN")).isEqualTo("1");
    assertThat(variable("GIT_PREFIX")).as("from the example").isEqualTo("QubesOS/qubes-");
    assertThat(variable("DIST_DOM0")).as("from the example").isEqualTo("fc37");
  }

  /** What sed and a second include do to the example's configuration. */
  @Test
  void noTargetIsGivenTwice() {
    SampleBuilder.classic(builder);
    assertThat(make("get-sources", "BUILDERCONF=example-configs/qubes-os-r4.2.conf"))
        .contains("target 'builder-archlinux.get-sources' given more than once");
    configure("r4.2", "  components: [builder-archlinux, vmm-xen, linux-template-builder]\n");
    here.ok("build", "configure");
    here.ok("build", "configure", "--force");
    assertThat(make("get-sources")).isEmpty();
    assertThat(variable("COMPONENTS"))
        .isEqualTo("builder-archlinux vmm-xen linux-template-builder builder-rpm");
    assertThat(make("get-var", "GET_VAR=COMPONENTS", "COMPONENTS=gui-common"))
        .as("the command line wins")
        .isEqualTo("gui-common");
  }

  @Test
  void theDirectoryMayBeCalledWhatItLikes() {
    String name = "my $(shell touch x) #builder";
    builder = here.path(name);
    SampleBuilder.classic(builder);
    here.write(
        "qrepo.yml",
        "repository: { release: r4.2 }\nbuild: { builder: '"
            + name
            + "', components: [vmm-xen], overrides: { vmm-xen: 'a $(shell touch x)' } }\n");
    here.ok("build", "configure");
    assertThat(variable("COMPONENTS")).startsWith("vmm-xen linux-template-builder");
    assertThat(variable("GIT_PREFIX")).as("from the example").isEqualTo("QubesOS/qubes-");
    assertThat(builder.resolve("x")).doesNotExist();
  }

  @Test
  void theClassicBuilderGivesEachTemplateOneName() {
    SampleBuilder.classic(builder);
    configure("r4.2", "  templates: [archlinux, 'archlinux:other']\n");
    assertThat(here.ended(2, "build", "configure").err())
        .contains("build.templates has archlinux under two names");
    configure("r4.2", "  templates: [archlinux, 'archlinux+minimal:archlinux']\n");
    assertThat(here.ended(2, "build", "configure").err())
        .contains("build.templates: 'archlinux' is listed twice");
  }

  @Test
  void theKnownComponentsAreBuiltByThemselves() {
    SampleBuilder.classic(builder);
    configure("r4.1", "");
    here.ok("build", "configure");
    assertThat(variable("COMPONENTS"))
        .startsWith("vmm-xen core-vchan-xen core-qubesdb core-qrexec linux-utils core-agent-linux")
        .contains(" meta-packages linux-template-builder ")
        .doesNotContain("img-converter");
    assertThat(variable("DISTS_VM")).isEqualTo("archlinux");
    assertThat(variable("BRANCH")).isEqualTo("release4.1");
  }

  @Test
  void aSecondRunChangesNothing() throws IOException {
    SampleBuilder.classic(builder);
    configure("r4.2", EVERYTHING);
    here.ok("build", "configure");
    Path file = builder.resolve("builder.conf");
    Object inode = Files.getAttribute(file, "unix:ino");
    assertThat(here.ok("build", "configure").err()).contains("Nothing to do: " + file);
    assertThat(Files.getAttribute(file, "unix:ino")).isEqualTo(inode);
    assertThat(Json.of(here.ok("build", "configure", "--json").out()).text("outcome"))
        .isEqualTo("unchanged");
    assertThat(here.ok("build", "configure", "--dry-run").out()).doesNotContain("+++");
  }

  @Test
  void whatQrepoWroteItReplacesWithoutAQuestion() throws IOException {
    SampleBuilder.classic(builder);
    configure("r4.2", "  components: [vmm-xen]\n");
    here.ok("build", "configure");
    configure("r4.2", "  components: [vmm-xen, core-qubesdb]\n");
    String before = Files.readString(builder.resolve("builder.conf"));
    Run plan = here.ok("build", "configure", "--dry-run");
    assertThat(plan.out())
        .startsWith("--- a/builder.conf\n+++ b/builder.conf\n@@ ")
        .contains("\n-COMPONENTS := vmm-xen linux", "\n+COMPONENTS := vmm-xen core-qubesdb linux");
    assertThat(builder.resolve("builder.conf")).hasContent(before);
    Run run = here.ok("build", "configure");
    assertThat(run.err()).contains("+COMPONENTS := vmm-xen core-qubesdb").doesNotContain("kept");
    assertThat(builder).isDirectoryNotContaining("glob:**before-qrepo*");
  }

  @Test
  void whatSomebodyWroteIsShownAskedForAndKept() throws IOException {
    SampleBuilder.classic(builder).file("builder.conf", "COMPONENTS := mine\u001b[2J\n");
    configure("r4.2", EVERYTHING);
    Path file = builder.resolve("builder.conf");
    Path kept = builder.resolve("builder.conf.before-qrepo");
    Run refused = here.ended(3, "build", "configure");
    assertThat(refused.err())
        .contains("-COMPONENTS := mine")
        .contains("somebody else wrote it, or changed it", "--force", "Nothing was changed.")
        .doesNotContain("\u001b");
    assertThat(here.qrepo(new Says(false), "build", "configure").code()).isEqualTo(3);
    assertThat(file).hasContent("COMPONENTS := mine\u001b[2J\n");

    Run yes = here.qrepo(new Says(true), "build", "configure");
    assertThat(yes.code()).as(yes.err()).isZero();
    assertThat(yes.err()).contains("the old one is kept in " + kept);
    assertThat(kept).hasContent("COMPONENTS := mine\u001b[2J\n");

    Files.writeString(file, Files.readString(file) + "VERBOSE := 2\n");
    assertThat(here.ended(3, "build", "configure").err()).contains("-VERBOSE := 2");
    Json json = Json.of(here.ok("build", "configure", "--force", "--json").out());
    assertThat(json.text("kept")).isEqualTo(kept + "-2");
    assertThat(json.text("outcome")).isEqualTo("written");
    assertThat(kept).hasContent("COMPONENTS := mine\u001b[2J\n");
    assertThat(Path.of(kept + "-2")).content().endsWith("VERBOSE := 2\n");
  }

  /** The way in which the builder's own documentation begins. */
  @Test
  void aLinkToAnExampleIsKeptAndTheExampleLeftAlone() throws IOException {
    SampleBuilder.classic(builder);
    Path file = builder.resolve("builder.conf");
    Path example = builder.resolve("example-configs/qubes-os-r4.2.conf");
    String before = Files.readString(example);
    Files.createSymbolicLink(file, Path.of("example-configs/qubes-os-r4.2.conf"));
    configure("r4.2", EVERYTHING);
    here.ended(3, "build", "configure");
    here.ok("build", "configure", "--force");
    assertThat(file).isRegularFile();
    assertThat(Files.isSymbolicLink(file)).isFalse();
    assertThat(builder.resolve("builder.conf.before-qrepo")).isSymbolicLink();
    assertThat(example).hasContent(before);

    Files.delete(file);
    Files.createDirectory(file);
    assertThat(here.ended(3, "build", "configure", "--force").err()).contains("is no file");
  }

  @Test
  void aReleaseThatTheClassicBuilderDoesNotKnowIsRefused() {
    SampleBuilder.classic(builder);
    configure("r4.3", "");
    assertThat(here.ended(3, "build", "configure").err())
        .contains("this classic builder has no configuration for release r4.3")
        .contains("It has: r4.1, r4.2.", "set build.kind to v2", "qrepo build fetch");
    configure("r4.0", "");
    assertThat(here.ended(3, "build", "configure").err())
        .contains("Build for one of these (repository.release)")
        .doesNotContain("v2");
    configure("", "");
    assertThat(here.ended(2, "build", "configure").err()).contains("Set repository.release");
    configure("r4.2", "  kind: v2\n");
    assertThat(here.ended(3, "build", "configure").err())
        .contains("is a builder of kind classic, and build.kind says v2");
    assertThat(builder.resolve("builder.conf")).doesNotExist();
  }

  private Map<?, ?> yaml() throws IOException {
    return (Map<?, ?>)
        new Load(LoadSettings.builder().build())
            .loadFromString(Files.readString(builder.resolve("builder.yml")));
  }

  @Test
  void theSecondBuildersConfigurationSaysTheSame() throws IOException {
    SampleBuilder.second(builder);
    configure("r4.3", EVERYTHING + "  artifacts: big disk\n");
    here.ok("build", "configure");
    Map<?, ?> yaml = yaml();
    assertThat(yaml.get("include")).isEqualTo(List.of("example-configs/archlinux.yml"));
    assertThat(yaml.get("qubes-release")).isEqualTo("r4.3");
    assertThat(yaml.get("distributions")).isEqualTo(List.of("vm-archlinux"));
    assertThat(yaml.get("templates"))
        .isEqualTo(
            List.of(
                Map.of("archlinux", Map.of("dist", "archlinux")),
                Map.of(
                    "arch-min",
                    Map.of(
                        "dist",
                        "archlinux",
                        "flavor",
                        "minimal",
                        "options",
                        List.of("no-recommends")))));
    assertThat(yaml.get("components"))
        .isEqualTo(
            List.of(
                Map.of("builder-archlinux", Map.of("packages", false, "branch", "main")),
                Map.of("vmm-xen", Map.of("branch", "xen-4.17")),
                Map.of(
                    "core-agent-linux",
                    Map.of("url", "https://example.org/agent", "branch", "my-branch")),
                Map.of(
                    "app-linux-split-gpg",
                    Map.of(
                        "branch",
                        "main",
                        "maintainers",
                        List.of("0064428F455451B3EBE78A7F063938BA42CFA724"))),
                Map.of("app-linux-pdf-converter", Map.of("branch", "main", "timeout", 21600))));
    assertThat(yaml.get("mirrors"))
        .isEqualTo(
            Map.of(
                "vm-archlinux",
                List.of(
                    "https://m.example.org/$repo/os/$arch", "https://n.example.org/archlinux")));
    assertThat(yaml.get("use-qubes-repo")).isEqualTo(Map.of("version", "4.3", "testing", true));
    assertThat(yaml.get("template-root-size")).isEqualTo("15G");
    assertThat(yaml.get("artifacts-dir")).isEqualTo(here.path("big disk").toString());
    assertThat(yaml.get("stages")).isEqualTo(List.of("fetch", "prep", "build"));
    assertThat(yaml.containsKey("executor")).as("the example has one").isFalse();
    assertThat(here.ok("build", "configure").err()).contains("Nothing to do");
  }

  @Test
  void theExecutorIsTheOneSaid() throws IOException {
    SampleBuilder.second(builder);
    configure("r4.3", "  executor: qubes\n");
    here.ok("build", "configure");
    assertThat(yaml().get("executor"))
        .isEqualTo(Map.of("type", "qubes", "options", Map.of("dispvm", "@dispvm")));
    configure("r4.3", "  executor: podman\n  image: mine:1\n");
    here.ok("build", "configure");
    assertThat(yaml().get("executor"))
        .isEqualTo(Map.of("type", "podman", "options", Map.of("image", "mine:1")));
    configure("r4.3", "  image: mine:2\n");
    here.ok("build", "configure");
    assertThat(yaml().get("executor"))
        .isEqualTo(Map.of("type", "docker", "options", Map.of("image", "mine:2")));
  }

  @Test
  void withoutAnExampleAllIsSaidHere() throws IOException {
    SampleBuilder.second(builder);
    configure("r4.4", "");
    assertThat(here.ended(2, "build", "configure").err()).contains("where is v2 to build?");
    configure("r4.4", "  executor: docker\n");
    assertThat(here.ended(2, "build", "configure").err()).contains("docker needs an image");
    configure("r4.4", "  executor: docker\n  image: mine:1\n  components: [vmm-xen]\n");
    assertThat(here.ok("build", "configure").err()).doesNotContain("builds upon");
    assertThat(yaml().containsKey("include")).isFalse();
    assertThat(yaml().get("git"))
        .isEqualTo(
            Map.of(
                "baseurl",
                "https://github.com",
                "prefix",
                "QubesOS/qubes-",
                "branch",
                "release4.4"));
    assertThat(yaml().get("components"))
        .isEqualTo(
            List.of(
                Map.of("builder-archlinux", Map.of("packages", false, "branch", "main")),
                "vmm-xen"));
  }

  @Test
  void examplesOfAnotherKindAreNotBuiltUpon() throws IOException {
    SampleBuilder second = SampleBuilder.second(builder);
    configure("r4.3", "  executor: qubes\n  components: [vmm-xen]\n");
    second.file("example-configs/archlinux.yml", "qubes-release: r4.3\n+components: [a]\n");
    here.ok("build", "configure");
    assertThat(yaml().get("include")).isEqualTo(List.of("example-configs/qubes-os-r4.3.yml"));
    second.file("example-configs/archlinux.yml", "qubes-release: r4.2\n");
    assertThat(here.ok("build", "configure").err()).contains("Nothing to do");
    second.file("example-configs/archlinux.yml", "a: [\n");
    assertThat(here.ended(3, "build", "configure").err()).contains("archlinux.yml: is no YAML");
    second.file("example-configs/archlinux.yml", "a: &a [*a]\n");
    assertThat(here.ended(3, "build", "configure").err()).contains("refers to itself");
    second.file("example-configs/archlinux.yml", "a: " + "[".repeat(10_000) + "]".repeat(10_000));
    assertThat(here.ended(3, "build", "configure").err()).contains("nested too deeply");
    second.file("example-configs/archlinux.yml", "#".repeat(1 << 20) + "\n");
    assertThat(here.ended(3, "build", "configure").err()).contains("longer than 1024 KiB");
  }

  @Test
  void withoutABuilderItSaysWhatToSet() {
    here.write("qrepo.yml", "repository: { release: r4.2 }\n");
    assertThat(here.ended(2, "build", "configure").err()).contains("Set build.builder");
    configure("r4.2", "");
    assertThat(here.ended(3, "build", "configure").err())
        .contains("there is no such directory", "qrepo build fetch");
  }

  /** A user who answers. */
  private record Says(boolean yes) implements UnseenTerminal {
    @Override
    public Optional<char[]> readSecret(String prompt) {
      return Optional.empty();
    }

    @Override
    public boolean confirms(String question) {
      return yes;
    }
  }
}

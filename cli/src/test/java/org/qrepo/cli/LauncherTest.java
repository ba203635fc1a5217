package org.qrepo.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.qrepo.it.Programs;

/**
 * Runs the launcher in project directories made up for the purpose: their "Maven" and "Java" are
 * scripts that write down how they were called.
 */
@Timeout(120)
class LauncherTest {
  private static final Path LAUNCHER = Path.of("../qrepo").toAbsolutePath().normalize();

  @TempDir private Path temporary;
  private Path project;
  private Path jdk;
  private final Map<String, String> environment = new HashMap<>();

  private record Result(int code, String out, String err) {}

  @BeforeEach
  void makeProject() throws IOException {
    project = Files.createDirectories(temporary.resolve("a project with 'spaces'"));
    Files.copy(LAUNCHER, project.resolve("qrepo"), StandardCopyOption.COPY_ATTRIBUTES);
    Files.writeString(project.resolve("pom.xml"), "<project/>");
    Files.createDirectories(project.resolve("cli/src/main"));
    script(
        project.resolve("mvnw"),
        """
        echo "built with $*" >>builds
        echo "JAVA_HOME is $JAVA_HOME"
        [ ! -e broken ] || { echo 'COMPILATION ERROR: it is broken'; exit 1; }
        sleep 0.3
        mkdir -p cli/target && echo jar >cli/target/qrepo.jar
        """);
    jdk = fakeJava("jdk", "17.0.9");
    environment.put("JAVA_HOME", jdk.toString());
    environment.put("HOME", temporary.toString());
  }

  /** A Java whose program prints its arguments, one a line, and makes what -Xshare:dump makes. */
  private Path fakeJava(String name, String version) throws IOException {
    Path home = Files.createDirectories(temporary.resolve(name));
    Files.createDirectories(home.resolve("bin"));
    Files.writeString(home.resolve("release"), "JAVA_VERSION=\"" + version + "\"\n");
    script(
        home.resolve("bin/java"),
        """
        for a in "$@"; do
          case $a in
          -XX:SharedArchiveFile=*/archive.*/archive) echo archive >"${a#*=}"; exit 0 ;;
          -XX:DumpLoadedClassList=*) echo java/lang/Object >"${a#*=}"; exit 0 ;;
          esac
        done
        printf '%s\\n' "$@"
        [ ! -t 0 ] && cat
        exit 42
        """);
    script(home.resolve("bin/javac"), "exit 0\n");
    return home;
  }

  private static void script(Path file, String text) throws IOException {
    Files.writeString(file, "#!/bin/sh\n" + text);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  private Result launch(Path cwd, Path launcher, String... args) throws Exception {
    List<String> command = new ArrayList<>(List.of("/bin/sh", launcher.toString()));
    command.addAll(List.of(args));
    return finish(start(cwd, command));
  }

  private Process start(Path cwd, List<String> command) throws IOException {
    ProcessBuilder builder = new ProcessBuilder(command).directory(cwd.toFile());
    builder.environment().keySet().removeIf(k -> k.startsWith("QREPO") || k.equals("JAVA_HOME"));
    builder.environment().putAll(environment);
    builder.redirectError(Files.createTempFile(temporary, "err", "").toFile());
    Process process = builder.start();
    process.getOutputStream().write("typed\n".getBytes(StandardCharsets.UTF_8));
    process.getOutputStream().close();
    return process;
  }

  private Result finish(Process process) throws Exception {
    String out;
    try (InputStream stream = process.getInputStream()) {
      out = new String(stream.readAllBytes(), StandardCharsets.UTF_8);
    }
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    String err = Files.readString(lastErr());
    return new Result(process.exitValue(), out, err);
  }

  private Path lastErr() throws IOException {
    try (var files = Files.list(temporary)) {
      return files
          .filter(f -> f.getFileName().toString().startsWith("err"))
          .max((a, b) -> modified(a).compareTo(modified(b)))
          .orElseThrow();
    }
  }

  private static FileTime modified(Path file) {
    try {
      return Files.getLastModifiedTime(file);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private long builds() throws IOException {
    Path builds = project.resolve("builds");
    return Files.exists(builds) ? Files.readAllLines(builds).size() : 0;
  }

  @Test
  void buildsOnceAndPassesEverythingOn() throws Exception {
    Path cwd = Files.createDirectory(temporary.resolve("else where"));
    environment.put("QREPO_JAVA_OPTS", "-Xmx1g -Dx=y");
    Result first = launch(cwd, project.resolve("qrepo"), "publish", "a b", "", "--x='y'");
    assertThat(first.code()).isEqualTo(42);
    assertThat(first.err()).contains("==> Building qrepo (first use");
    assertThat(first.out().lines())
        .containsSubsequence(
            "-Xmx1g",
            "-Dx=y",
            "-cp",
            project.toRealPath().resolve("cli/target/qrepo.jar").toString(),
            "org.qrepo.cli.Main",
            "publish",
            "a b",
            "",
            "--x='y'",
            "typed");
    Result second = launch(cwd, project.resolve("qrepo"));
    assertThat(second.err()).isEmpty();
    assertThat(second.out()).contains("-XX:SharedArchiveFile=" + project.toRealPath());
    assertThat(builds()).isEqualTo(1);
    assertThat(Files.readString(project.resolve("builds")))
        .contains("-q -B -Dquick -DskipTests -Dqrepo.commit= package");
  }

  @Test
  void isFoundThroughLinks() throws Exception {
    Path links = Files.createDirectory(temporary.resolve("links"));
    Files.createSymbolicLink(links.resolve("one"), project.resolve("qrepo"));
    Files.createSymbolicLink(links.resolve("qrepo"), Path.of("one"));
    Result result = launch(links, Path.of("qrepo"));
    assertThat(result.code()).as(result.err()).isEqualTo(42);
    assertThat(launch(project, Path.of("qrepo")).code()).isEqualTo(42);
    assertThat(launch(project, Path.of("./qrepo")).code()).isEqualTo(42);
    assertThat(builds()).isEqualTo(1);
  }

  @Test
  void buildsAgainWhenSourcesChange() throws Exception {
    launch(project, Path.of("qrepo"));
    launch(project, Path.of("qrepo"));
    assertThat(builds()).isEqualTo(1);
    Path source = Files.writeString(project.resolve("cli/src/main/New.java"), "class New {}");
    Files.setLastModifiedTime(source, FileTime.from(Instant.now().plusSeconds(1)));
    Result result = launch(project, Path.of("qrepo"));
    assertThat(result.err()).contains("==> Building qrepo (the sources have changed)");
    assertThat(builds()).isEqualTo(2);
  }

  @Test
  void twoFirstUsesBuildOnce() throws Exception {
    Programs.require("flock");
    List<String> command = List.of("/bin/sh", project.resolve("qrepo").toString());
    List<Process> processes = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      processes.add(start(temporary, command));
    }
    for (Process process : processes) {
      assertThat(finish(process).code()).isEqualTo(42);
    }
    assertThat(builds()).isEqualTo(1);
  }

  @Test
  void aFailedBuildShowsItsEnd() throws Exception {
    Files.createFile(project.resolve("broken"));
    Result result = launch(temporary, project.resolve("qrepo"));
    assertThat(result.code()).isEqualTo(1);
    assertThat(result.out()).isEmpty();
    assertThat(result.err())
        .contains("error: the build failed", "    COMPILATION ERROR: it is broken", "build.log");
    Files.delete(project.resolve("broken"));
    assertThat(launch(temporary, project.resolve("qrepo")).code()).isEqualTo(42);
  }

  @Test
  void takesNoJavaThatIsTooOld() throws Exception {
    Path old = fakeJava("old", "11.0.20");
    environment.put("JAVA_HOME", old.toString());
    environment.put("PATH", jdk.resolve("bin") + ":/usr/bin:/bin");
    Result result = launch(temporary, project.resolve("qrepo"));
    assertThat(result.code()).isEqualTo(42);
    assertThat(Files.readString(project.resolve("cli/target/build.log")))
        .contains("JAVA_HOME is " + jdk);
  }

  @Test
  void aJavaOnThePathIsFoundThroughLinks() throws Exception {
    Path bin = Files.createDirectory(temporary.resolve("bin"));
    Files.createSymbolicLink(bin.resolve("java"), jdk.resolve("bin/java"));
    environment.put("JAVA_HOME", "");
    environment.put("PATH", bin + ":/usr/bin:/bin");
    assertThat(launch(temporary, project.resolve("qrepo")).code()).isEqualTo(42);
    assertThat(Files.readString(project.resolve("cli/target/build.log")))
        .contains("JAVA_HOME is " + jdk);
  }

  @Test
  void withoutAJavaItSaysHowToInstallOne() throws Exception {
    Path bin = withoutJava();
    script(bin.resolve("apt-get"), "exit 1\n");
    script(bin.resolve("apt-cache"), "[ \"$2\" = openjdk-17-jdk-headless ]\n");
    script(bin.resolve("id"), "echo 1000\n");
    script(bin.resolve("sudo"), "exit 1\n");
    Result result = launch(temporary, sealed(project.resolve("qrepo")));
    assertThat(result.code()).isEqualTo(1);
    assertThat(result.err())
        .contains(
            "error: no JDK 17 or newer was found",
            "    sudo apt-get update && sudo apt-get install -y --no-install-recommends"
                + " openjdk-17-jdk-headless ca-certificates");
    assertThat(builds()).isZero();
  }

  @Test
  void installsAJavaWhenItMay() throws Exception {
    Path bin = withoutJava();
    script(
        bin.resolve("apt-get"),
        """
        echo "apt-get $*" >>"$HOME/installed"
        echo "much to say"
        [ "$1" = update ] || { mkdir -p "$HOME/.jdks" && ln -s "$HOME/jdk" "$HOME/.jdks/new"; }
        """);
    script(bin.resolve("apt-cache"), "[ \"$2\" = openjdk-17-jdk-headless ]\n");
    script(bin.resolve("id"), "echo 0\n");
    Result result = launch(temporary, sealed(project.resolve("qrepo")));
    assertThat(result.code()).as(result.err()).isEqualTo(42);
    assertThat(Files.readAllLines(temporary.resolve("installed")))
        .hasSize(2)
        .last()
        .asString()
        .contains("install", "openjdk-17-jdk-headless");
    assertThat(result.err())
        .contains("==> No JDK 17 or newer was found: installing one", "  -> apt-get update");
  }

  /** The launcher, looking for a Java nowhere but on PATH and in the home directory. */
  private static Path sealed(Path launcher) throws IOException {
    String text = Files.readString(launcher);
    String sealed =
        text.replace("/usr/lib/jvm/* /usr/lib64/jvm/* /usr/java/* /opt/java/* /opt/jdk* ", "");
    assertThat(sealed).isNotEqualTo(text);
    Files.writeString(launcher, sealed);
    return launcher;
  }

  /** A PATH with the usual small programs and no Java. */
  private Path withoutJava() throws IOException {
    Path bin = Files.createDirectory(temporary.resolve("bin"));
    for (String program :
        List.of(
            "sh",
            "readlink",
            "sed",
            "find",
            "touch",
            "rm",
            "mv",
            "mkdir",
            "mktemp",
            "cat",
            "sort",
            "grep",
            "tail",
            "sleep",
            "flock",
            "tar",
            "curl",
            "ln",
            "env")) {
      Programs.find(program)
          .ifPresent(
              path -> {
                try {
                  Files.createSymbolicLink(bin.resolve(program), path);
                } catch (IOException e) {
                  throw new java.io.UncheckedIOException(e);
                }
              });
    }
    environment.put("JAVA_HOME", "");
    environment.put("PATH", bin.toString());
    return bin;
  }

  @Test
  void aReadOnlyProjectIsNotBuilt() throws Exception {
    Files.createDirectories(project.resolve("cli/target"));
    Path target = project.resolve("cli/target");
    Files.setPosixFilePermissions(target, PosixFilePermissions.fromString("r-xr-xr-x"));
    try {
      org.junit.jupiter.api.Assumptions.assumeFalse(
          Files.isWritable(target), "limitation: root may write anywhere");
      Result result = launch(temporary, project.resolve("qrepo"));
      assertThat(result.code()).isEqualTo(1);
      assertThat(result.err()).contains("run it once as the owner");
    } finally {
      Files.setPosixFilePermissions(target, PosixFilePermissions.fromString("rwxr-xr-x"));
    }
  }

  @Test
  void anArchiveThatCannotBeMadeIsDoneWithout() throws Exception {
    script(
        jdk.resolve("bin/java"),
        """
        case $1 in -Xshare:dump | -XX:DumpLoadedClassList=*) exit 1 ;; esac
        printf '%s\\n' "$@"
        exit 42
        """);
    launch(temporary, project.resolve("qrepo"));
    Result result = launch(temporary, project.resolve("qrepo"));
    assertThat(result.code()).isEqualTo(42);
    assertThat(result.err()).isEmpty();
    assertThat(result.out()).doesNotContain("SharedArchiveFile");
  }

  @Test
  void namesTheFilesOfAnyLocale() throws Exception {
    script(jdk.resolve("bin/java"), "echo \"LC_ALL=$LC_ALL LC_CTYPE=$LC_CTYPE\"\n");
    environment.putAll(Map.of("LC_ALL", "", "LC_CTYPE", "", "LANG", "C"));
    launch(temporary, project.resolve("qrepo"));
    assertThat(launch(temporary, project.resolve("qrepo")).out())
        .isEqualTo("LC_ALL= LC_CTYPE=C.UTF-8\n");
    environment.put("LANG", "de_DE.utf8");
    assertThat(launch(temporary, project.resolve("qrepo")).out()).isEqualTo("LC_ALL= LC_CTYPE=\n");
  }

  @Test
  void shellcheckFindsNothing() throws Exception {
    Programs.require("shellcheck");
    Process process = new ProcessBuilder("shellcheck", LAUNCHER.toString()).inheritIO().start();
    assertThat(process.waitFor()).isZero();
  }
}

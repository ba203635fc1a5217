package org.qrepo.cli.build.qube;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.qrepo.cli.config.BuildExecutor;
import org.qrepo.cli.config.BuilderKind;
import org.qrepo.cli.doctor.Result;

/** Looks for the programs that builders call. */
final class ToolLook {
  /**
   * A program, and the packages that bring it.
   *
   * @param needed whether nothing can begin without it; others the builder installs by itself
   */
  private record Tool(List<String> names, String fedora, String debian, boolean needed) {}

  private static final List<Tool> BOTH =
      List.of(
          new Tool(List.of("git"), "git", "git", true),
          new Tool(List.of("gpg", "gpg2"), "gnupg2", "gnupg", true),
          new Tool(List.of("sudo"), "sudo", "sudo", true),
          new Tool(List.of("python3"), "python3", "python3", true));

  private static final List<Tool> CLASSIC =
      List.of(
          new Tool(List.of("make"), "make", "make", true),
          new Tool(List.of("curl"), "curl", "curl", true),
          new Tool(List.of("wget"), "wget", "wget", false),
          new Tool(List.of("perl"), "perl-interpreter", "perl", false),
          new Tool(List.of("rpmbuild"), "rpm-build", "rpm", false),
          new Tool(List.of("createrepo_c", "createrepo"), "createrepo_c", "createrepo-c", false));

  private static final List<Tool> V2 =
      List.of(
          new Tool(List.of("openssl"), "openssl", "openssl", true),
          new Tool(List.of("rpm"), "rpm", "rpm", true),
          new Tool(List.of("rsync"), "rsync", "rsync", false),
          new Tool(List.of("tree"), "tree", "tree", false));

  private static final String SOCKET = "/run/docker.sock";

  private ToolLook() {}

  /** Those that the builder of this kind calls; of an unknown one, those that both call. */
  static List<Result> results(QubeSystem system, Optional<BuilderKind> kind) {
    List<Tool> tools = new ArrayList<>(BOTH);
    kind.ifPresent(k -> tools.addAll(k == BuilderKind.CLASSIC ? CLASSIC : V2));
    List<Result> missing = new ArrayList<>();
    for (Tool tool : tools) {
      if (tool.names().stream().allMatch(name -> system.program(name).isEmpty())) {
        missing.add(missing(system, tool, kind));
      }
    }
    String all = String.join(", ", tools.stream().map(tool -> tool.names().get(0)).toList());
    return Result.orOk(missing, Result.ok("tool", "programs", "all are there: " + all));
  }

  private static Result missing(QubeSystem system, Tool tool, Optional<BuilderKind> kind) {
    List<String> remedy = new ArrayList<>();
    remedy.add(install(system, tool.fedora(), tool.debian()));
    remedy.add("In an AppVM it lasts until the next start; install it in the template to keep it.");
    kind.ifPresent(k -> remedy.add(all(system, k)));
    String name = tool.names().get(0);
    String[] lines = remedy.toArray(String[]::new);
    return tool.needed()
        ? Result.error("tool-missing", name, "is not installed", lines)
        : Result.warning("tool-missing", name, "is not installed", lines);
  }

  private static String all(QubeSystem system, BuilderKind kind) {
    return kind == BuilderKind.V2
        ? "All that v2 needs, in its directory: " + dependencies(system)
        : "All that the classic builder needs, in its directory: make install-deps";
  }

  private static String install(QubeSystem system, String fedora, String debian) {
    return isDebian(system) ? "sudo apt-get install " + debian : "sudo dnf install " + fedora;
  }

  private static String dependencies(QubeSystem system) {
    return isDebian(system)
        ? "sudo apt-get install $(cat dependencies-debian.txt)"
        : "sudo dnf install $(cat dependencies-fedora.txt)";
  }

  private static boolean isDebian(QubeSystem system) {
    return system.has("/etc/debian_version");
  }

  /** What v2 builds in; Arch's packages are not built without a cage. */
  static Result executor(QubeSystem system, Qube qube, Optional<BuildExecutor> wanted) {
    Optional<BuildExecutor> executor =
        wanted.or(
            () ->
                List.of(BuildExecutor.DOCKER, BuildExecutor.PODMAN).stream()
                    .filter(e -> system.program(e.word()).isPresent())
                    .findFirst());
    if (executor.isEmpty()) {
      return Result.error(
          "executor",
          "docker or podman",
          "is not installed, and v2 builds Arch's packages in containers or disposables",
          install(system, "docker", "docker.io"),
          "Or build in disposables: build.executor: qubes in qrepo.yml.");
    }
    return executor(system, qube, executor.get());
  }

  private static Result executor(QubeSystem system, Qube qube, BuildExecutor executor) {
    String word = executor.word();
    if (executor == BuildExecutor.QUBES) {
      return qube.isQube() && system.program("qrexec-client-vm").isPresent()
          ? Result.ok("executor", word, "qrexec is there to start disposables with")
          : Result.error(
              "executor", word, "disposables are started with qrexec, which is not here");
    }
    if (system.program(word).isEmpty()) {
      return Result.error(
          "executor",
          word,
          "is not installed, and build.executor names it",
          install(system, word, executor == BuildExecutor.DOCKER ? "docker.io" : word));
    }
    return executor == BuildExecutor.DOCKER && !system.has(SOCKET)
        ? Result.warning(
            "executor",
            word,
            "its service does not run",
            "sudo systemctl start docker",
            "and let this user use it: sudo usermod -a -G docker user")
        : Result.ok("executor", word, "is there");
  }
}

package org.qrepo.cli.program;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.qrepo.cli.UsageException;
import org.qrepo.sign.program.ProgramFile;

/**
 * The git of this machine, run with nothing of the user's settings but what is needed to reach a
 * server: where programs and the home are, the ssh agent, proxies, certificates of authorities.
 * Nothing is asked on a terminal, and no hook, filter, helper or monitor is ever started.
 */
public final class GitProgram {
  private static final List<String> PASSED_ON =
      List.of(
          "PATH",
          "HOME",
          "USER",
          "LOGNAME",
          "TMPDIR",
          "SSH_AUTH_SOCK",
          "http_proxy",
          "https_proxy",
          "HTTPS_PROXY",
          "all_proxy",
          "ALL_PROXY",
          "no_proxy",
          "NO_PROXY",
          "SSL_CERT_FILE",
          "SSL_CERT_DIR",
          "GIT_SSL_CAINFO",
          "GIT_SSL_CAPATH");

  private static final Map<String, String> ALWAYS =
      Map.of(
          "LC_ALL", "C.UTF-8",
          "GIT_CONFIG_NOSYSTEM", "1",
          "GIT_CONFIG_GLOBAL", "/dev/null",
          "GIT_ATTR_NOSYSTEM", "1",
          "GIT_NO_REPLACE_OBJECTS", "1",
          "GIT_GRAFT_FILE", "/dev/null",
          "GIT_TERMINAL_PROMPT", "0",
          "GIT_SSH_COMMAND", "ssh -oBatchMode=yes",
          "GIT_OPTIONAL_LOCKS", "0");

  /**
   * What goes before any setting in a file; protocols that run a program of one's choice are off.
   */
  private static final List<String> SETTINGS =
      List.of(
          "core.hooksPath=/dev/null",
          "core.fsmonitor=false",
          "core.attributesFile=/dev/null",
          "core.excludesFile=/dev/null",
          "core.autocrlf=false",
          "core.symlinks=true",
          "core.fileMode=true",
          "core.commitGraph=false",
          "core.askPass=",
          "credential.helper=",
          "gc.auto=0",
          "maintenance.auto=false",
          "submodule.recurse=false",
          "fetch.recurseSubmodules=false",
          "http.lowSpeedLimit=100",
          "http.lowSpeedTime=60",
          "protocol.allow=never",
          "protocol.https.allow=always",
          "protocol.http.allow=always",
          "protocol.ssh.allow=always",
          "protocol.file.allow=always");

  private final Path program;
  private final Map<String, String> environment;

  private GitProgram(Path program, Map<String, String> environment) {
    this.program = program;
    this.environment = Map.copyOf(environment);
  }

  /**
   * Finds it.
   *
   * @param environment of the user
   * @throws UsageException if there is none
   */
  public static GitProgram find(Map<String, String> environment) {
    return installed(environment)
        .orElseThrow(
            () ->
                new UsageException(
                    "git was not found",
                    "Install it: dnf install git, apt install git, or pacman -S git"));
  }

  /**
   * Finds it if it is there.
   *
   * @param environment of the user
   */
  public static Optional<GitProgram> installed(Map<String, String> environment) {
    Map<String, String> clean = new HashMap<>(ALWAYS);
    clean.put("PATH", ProgramFile.USUAL_PATH);
    PASSED_ON.stream()
        .filter(name -> !environment.getOrDefault(name, "").isEmpty())
        .forEach(name -> clean.put(name, environment.getOrDefault(name, "")));
    return ProgramFile.find("git", clean.getOrDefault("PATH", ""))
        .map(file -> new GitProgram(file, clean));
  }

  /**
   * A call in its clean surroundings, ready to start in the directory {@code /}.
   *
   * @param more variables for this call
   */
  public ProcessBuilder process(Map<String, String> more, List<String> words) {
    List<String> command = new ArrayList<>(List.of(program.toString()));
    SETTINGS.forEach(setting -> command.addAll(List.of("-c", setting)));
    command.addAll(words);
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.directory(Path.of("/").toFile());
    builder.environment().clear();
    builder.environment().putAll(environment);
    builder.environment().putAll(more);
    return builder;
  }
}

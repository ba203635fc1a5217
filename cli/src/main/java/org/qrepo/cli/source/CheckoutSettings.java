package org.qrepo.cli.source;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.qrepo.Finding;
import org.qrepo.cli.program.GitProgram;
import org.qrepo.cli.program.GitRun;

/**
 * What git, run in a checkout by its user or by the builder, would take from it besides the source:
 * settings that name programs, and hooks. Nobody signed those, and what is signed does not help
 * against them. Only settings that are known to run nothing are let through.
 */
final class CheckoutSettings {
  private static final int MOST = 1 << 20;

  private static final Pattern HARMLESS =
      Pattern.compile(
          "core\\.(repositoryformatversion|filemode|bare|logallrefupdates|ignorecase|symlinks"
              + "|precomposeunicode|autocrlf|eol|safecrlf|abbrev|quotepath|preloadindex"
              + "|untrackedcache|sharedrepository|compression|packedgitlimit|bigfilethreshold)"
              + "|extensions\\.(objectformat|refstorage|worktreeconfig|relativeworktrees"
              + "|preciousobjects)"
              + "|remote\\..*\\.(url|pushurl|fetch|push|tagopt|prune|prunetags|mirror"
              + "|skipdefaultupdate|skipfetchall)"
              + "|branch\\..*\\.(remote|merge|rebase|pushremote|description)"
              + "|(user|author|committer)\\.(name|email|signingkey|useconfigonly)"
              + "|(color|advice|column|push|pull|fetch|index|status|feature|rerere)\\..*"
              + "|gc\\.(auto|autodetach|autopacklimit|pruneexpire|reflogexpire|writecommitgraph)"
              + "|(commit|tag)\\.gpgsign|maintenance\\.(auto|strategy|repo)"
              + "|http\\.(proxy|sslverify|lowspeedlimit|lowspeedtime|postbuffer|version)"
              + "|submodule\\.(active|recurse)|log\\.(date|decorate|follow|showsignature)");

  /** {@code ext::sh -c …} and the like start a program of that name. */
  private static final Pattern TRANSPORT_HELPER = Pattern.compile("[A-Za-z0-9+.-]+::.*");

  private CheckoutSettings() {}

  static List<Finding> review(GitProgram git, Checkout checkout)
      throws IOException, InterruptedException {
    List<Finding> findings = new ArrayList<>();
    Set<String> running = new TreeSet<>();
    List<Path> files =
        List.of(
            checkout.commonDir().resolve("config"), checkout.gitDir().resolve("config.worktree"));
    for (Path file : files) {
      running.addAll(review(git, file));
    }
    String subject = checkout.root().toString();
    if (!running.isEmpty()) {
      findings.add(
          Finding.of(
              "source-git-settings",
              subject,
              "its own git settings can run programs: " + String.join(", ", running),
              "Any git command in the checkout, also of the builder, would run them.",
              "If you know what they are for, have them in your own settings; here remove them:",
              "git config --file " + files.get(0) + " --unset-all NAME"));
    }
    Set<String> hooks = hooks(checkout);
    if (!hooks.isEmpty()) {
      findings.add(
          Finding.of(
              "source-git-hooks",
              subject,
              "it has git hooks: " + String.join(", ", hooks),
              "git commands in the checkout would run them.",
              "Remove them from " + checkout.commonDir().resolve("hooks") + "."));
    }
    return findings;
  }

  /** git itself takes the file apart, and nothing more. */
  private static List<String> review(GitProgram git, Path file)
      throws IOException, InterruptedException {
    if (!Files.exists(file)) {
      return List.of();
    }
    if (SmallFile.read(file, MOST).isEmpty()) {
      return List.of(String.valueOf(file.getFileName()));
    }
    GitRun.Result listing =
        GitRun.of(
            git.process(
                Map.of("GIT_DIR", "/dev/null"),
                List.of("config", "--file", file.toString(), "--no-includes", "--list", "-z")),
            "");
    if (!listing.ok()) {
      return List.of("(it cannot be read)");
    }
    return Stream.of(listing.out().split("\0", -1))
        .filter(entry -> !entry.isEmpty() && !isHarmless(entry))
        .map(entry -> entry.split("\n", 2)[0])
        .limit(20)
        .toList();
  }

  private static boolean isHarmless(String entry) {
    String[] parts = entry.split("\n", 2);
    String name = parts[0].toLowerCase(Locale.ROOT);
    String value = parts.length == 2 ? parts[1] : "true";
    if (name.equals("core.fsmonitor") || name.equals("core.commitgraph")) {
      return value.equals("false");
    }
    return HARMLESS.matcher(name).matches() && !TRANSPORT_HELPER.matcher(value).lookingAt();
  }

  private static Set<String> hooks(Checkout checkout) throws IOException {
    Path folder = checkout.commonDir().resolve("hooks");
    Set<String> hooks = new TreeSet<>();
    if (Files.isDirectory(folder)) {
      try (Stream<Path> files = Files.list(folder)) {
        files
            .filter(f -> !f.toString().endsWith(".sample") && Files.isExecutable(f))
            .filter(f -> !Files.isDirectory(f))
            .limit(20)
            .forEach(f -> hooks.add(String.valueOf(f.getFileName())));
      }
    }
    return hooks;
  }
}

package org.qrepo.cli.source;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.qrepo.RefusedException;
import org.qrepo.cli.UsageException;
import org.qrepo.cli.config.Location;
import org.qrepo.cli.program.GitProgram;
import org.qrepo.cli.program.GitRun;
import org.qrepo.publish.StoreException;
import org.qrepo.sign.git.ObjectId;

/** Where a source is fetched from. Nothing that comes from there is believed. */
final class GitRemote {
  private static final String HEADS = "refs/heads/";

  private final GitProgram git;
  private final Location location;
  private final Optional<String> branch;

  /**
   * @param branch empty: the server's first
   */
  GitRemote(GitProgram git, Location location, Optional<String> branch) {
    this.git = git;
    this.location = location;
    this.branch = branch;
  }

  /**
   * What a server has.
   *
   * @param branch without {@code refs/heads/}
   * @param commit at its end
   */
  record Offer(String branch, ObjectId commit) {}

  /** Without user info. */
  String display() {
    return location.display();
  }

  /**
   * The same on the branch that is checked out, if none is configured.
   *
   * @throws UsageException if another is
   */
  GitRemote onBranch(Optional<String> checkedOut, Path directory) {
    boolean other = branch.isPresent() && checkedOut.isPresent() && !checkedOut.equals(branch);
    if (other) {
      throw new UsageException(
          directory + " is on branch " + checkedOut.get() + ", not on " + branch.get(),
          "Switch it if you want the other: git -C " + directory + " switch " + branch.get(),
          "Or get that branch into another directory.");
    }
    return new GitRemote(git, location, branch.or(() -> checkedOut));
  }

  private String url() {
    return location instanceof Location.Directory directory
        ? directory.path().toString()
        : ((Location.Remote) location).uri().toString();
  }

  /**
   * Asks what is there.
   *
   * @throws StoreException if it cannot be reached
   */
  Offer offer() throws IOException, InterruptedException {
    List<String> words = new ArrayList<>(List.of("ls-remote", "--symref", "--", url(), "HEAD"));
    branch.ifPresent(b -> words.add(HEADS + b));
    List<String> lines =
        reached(GitRun.of(git.process(Map.of(), words), "")).out().lines().toList();
    String wanted =
        branch
            .or(() -> first(lines))
            .orElseThrow(
                () ->
                    new UsageException(
                        display() + " does not say which branch is its first",
                        "Name one: --branch BRANCH, or build.branch."));
    String ref = branch.isPresent() ? HEADS + wanted : "HEAD";
    return lines.stream()
        .map(line -> line.split("\t", 2))
        .filter(words2 -> words2.length == 2 && words2[1].equals(ref))
        .flatMap(words2 -> ObjectId.parse(words2[0]).stream())
        .findFirst()
        .map(id -> new Offer(wanted, id))
        .orElseThrow(() -> new UsageException(display() + " has no branch '" + wanted + "'"));
  }

  /** {@code ref: refs/heads/main TAB HEAD}. */
  private static Optional<String> first(List<String> lines) {
    return lines.stream()
        .filter(line -> line.startsWith("ref: " + HEADS) && line.endsWith("\tHEAD"))
        .map(line -> line.substring(("ref: " + HEADS).length(), line.indexOf('\t')))
        .filter(name -> !name.contains("..") && !name.startsWith("-"))
        .findFirst();
  }

  /** Makes an empty checkout that knows where it comes from. */
  void init(Path directory, Offer offer) throws IOException, InterruptedException {
    succeed(
        "init",
        "--quiet",
        "--template=",
        "--object-format=" + offer.commit().format().word(),
        "--initial-branch=" + offer.branch(),
        "--",
        directory.toString());
    String config = directory.resolve(".git/config").toString();
    succeed("config", "--file", config, "remote.origin.url", url());
    succeed(
        "config", "--file", config, "remote.origin.fetch", "+refs/heads/*:refs/remotes/origin/*");
    succeed("config", "--file", config, "branch." + offer.branch() + ".remote", "origin");
    succeed(
        "config", "--file", config, "branch." + offer.branch() + ".merge", HEADS + offer.branch());
  }

  private void succeed(String... words) throws IOException, InterruptedException {
    GitRun.Result result = GitRun.of(git.process(Map.of(), List.of(words)), "");
    if (!result.ok()) {
      throw new IOException("git " + words[0] + ": " + String.join("; ", result.complaints()));
    }
  }

  /**
   * Fetches a branch and all tags.
   *
   * @return the commit at the end of the branch
   */
  ObjectId fetch(PrivateGit into, Offer offer) throws IOException, InterruptedException {
    String ref = "refs/remotes/origin/" + offer.branch();
    reached(
        into.run(
            Map.of(),
            List.of(
                "fetch",
                "--quiet",
                "--no-tags",
                "--no-write-fetch-head",
                "--no-auto-maintenance",
                "--no-recurse-submodules",
                "--",
                url(),
                "+" + HEADS + offer.branch() + ":" + ref,
                "+refs/tags/*:refs/tags/*")));
    if (Files.exists(into.directory().resolve("shallow"))) {
      throw new RefusedException(SourceFindings.shallow(display()));
    }
    return GitRefs.one(into.directory(), ref)
        .orElseThrow(() -> new IOException("git fetched no branch " + offer.branch()));
  }

  private GitRun.Result reached(GitRun.Result result) throws StoreException {
    if (!result.ok()) {
      List<String> lines = new ArrayList<>(List.of("git cannot fetch from " + display()));
      result.complaints().forEach(l -> lines.add(l.replaceAll("(?<=://)[^/@\\s]*@", "")));
      lines.add("Nothing was changed.");
      throw new StoreException(StoreException.Kind.PERMANENT, String.join("\n", lines));
    }
    return result;
  }
}

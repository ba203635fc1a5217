package org.qrepo.cli.source;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.qrepo.Finding;
import org.qrepo.RefusedException;
import org.qrepo.cli.program.GitProgram;
import org.qrepo.cli.program.GitRun;
import org.qrepo.sign.git.ObjectId;

/** Brings a verified commit into a work tree, and then notes it in the checkout. */
final class WorkTreeChange {
  private final GitProgram git;
  private final PrivateGit own;
  private final Checkout checkout;

  WorkTreeChange(GitProgram git, PrivateGit own, Checkout checkout) {
    this.git = git;
    this.own = own;
    this.checkout = checkout;
  }

  /**
   * Writes its files. The index is made from the commits alone: what the old one was told to look
   * away from is looked at.
   *
   * @param old what the work tree holds, unchanged; empty if nothing
   * @throws RefusedException if a file of somebody else is in the way; nothing was written then
   */
  void checkOut(Optional<ObjectId> old, ObjectId commit) throws IOException, InterruptedException {
    if (old.isPresent()) {
      succeed("read-tree", old.get().hex());
      run("update-index", "-q", "--refresh");
      succeed("read-tree", "-m", "-u", old.get().hex(), commit.hex());
    } else {
      succeed("read-tree", "-m", "-u", commit.hex());
    }
    Path lock = checkout.gitDir().resolve("index.lock");
    try {
      Files.copy(own.directory().resolve("index"), lock);
    } catch (FileAlreadyExistsException e) {
      throw new IOException(lock + " is there: another git is at work in this checkout", e);
    }
    Files.move(lock, checkout.gitDir().resolve("index"), StandardCopyOption.REPLACE_EXISTING);
  }

  private void succeed(String... words) throws IOException, InterruptedException {
    GitRun.Result result = run(words);
    if (!result.ok()) {
      List<String> why = result.complaints();
      throw new RefusedException(
          new Finding(
              "source-in-the-way",
              checkout.root().toString(),
              "the new version cannot be put in the place of the old one",
              why));
    }
  }

  private GitRun.Result run(String... words) throws IOException, InterruptedException {
    Map<String, String> here =
        Map.of(
            "GIT_WORK_TREE", checkout.root().toString(),
            "GIT_INDEX_FILE", own.directory().resolve("index").toString());
    return own.run(here, List.of(words));
  }

  /**
   * Moves what is checked out, and the branches and tags of the server, in one step.
   *
   * @param branch that was fetched, without {@code refs/heads/}
   */
  void moveRefs(String branch, Optional<ObjectId> old, ObjectId commit, Map<String, ObjectId> tags)
      throws IOException, InterruptedException {
    StringBuilder changes = new StringBuilder();
    GitRefs now = GitRefs.read(checkout.gitDir(), checkout.commonDir());
    if (now.branch().isEmpty()) {
      changes.append("option no-deref\0");
    }
    String expected = old.map(ObjectId::hex).orElse("");
    update(changes, now.branch().orElse("HEAD"), commit, expected);
    update(changes, "refs/remotes/origin/" + branch, commit, "");
    tags.forEach(
        (name, id) -> {
          if (!id.equals(now.tags().get(name))) {
            update(changes, "refs/tags/" + name, id, "");
          }
        });
    GitRun.Result result =
        GitRun.of(
            git.process(
                Map.of("GIT_DIR", checkout.gitDir().toString()),
                List.of("update-ref", "-z", "--stdin")),
            changes.toString());
    if (!result.ok()) {
      throw new IOException(
          "the branch of the checkout cannot be moved: " + String.join("; ", result.complaints()));
    }
  }

  private static void update(StringBuilder changes, String ref, ObjectId id, String old) {
    changes.append("update ").append(ref).append('\0').append(id).append('\0').append(old);
    changes.append('\0');
  }
}

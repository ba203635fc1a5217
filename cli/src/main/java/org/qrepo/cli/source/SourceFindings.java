package org.qrepo.cli.source;

import org.qrepo.Finding;
import org.qrepo.RefusedException;
import org.qrepo.cli.config.BuilderKind;

/** What can be wrong with a checkout, apart from its signatures. */
final class SourceFindings {
  private static final String ANEW =
      "Get it anew into another directory: qrepo build fetch DIRECTORY.";

  private SourceFindings() {}

  static RefusedException notGit(String directory, String reason) {
    return new RefusedException(
        Finding.of(
            "source-not-git",
            directory,
            reason,
            "Only a git checkout has signatures to verify: an unpacked archive has none.",
            ANEW));
  }

  static Finding notBuilder(String subject) {
    return Finding.of(
        "source-not-builder",
        subject,
        "this is no qubes-builder: it has neither qb nor Makefile and Makefile.generic",
        "The classic builder is at https://github.com/QubesOS/qubes-builder.git, builder v2 at"
            + " https://github.com/QubesOS/qubes-builderv2.git.");
  }

  static Finding otherBuilder(String subject, BuilderKind kind, BuilderKind wanted) {
    return Finding.of(
        "source-other-builder",
        subject,
        "this is a builder of kind " + kind.word() + ", and " + wanted.word() + " is wanted",
        "Fetch from where the other is: build.url; or change build.kind.");
  }

  static Finding submodule(String path) {
    return Finding.of(
        "source-submodule",
        path,
        "it is a submodule, and what is in it nobody has verified",
        "qubes-builder has none. Choose a version without.");
  }

  static RefusedException corrupt(String subject, String reason) {
    return new RefusedException(
        Finding.of(
            "source-object-corrupt",
            subject,
            reason,
            "The git repository is damaged, or somebody changed it.",
            ANEW));
  }

  static Finding shallow(String directory) {
    return Finding.of(
        "source-shallow",
        directory,
        "the checkout has a part of the history only, so nobody can tell whether it went forward",
        "Get the rest of it (git fetch --unshallow), or get it anew into another directory.");
  }

  static Finding wentBack(String directory, String ours, String theirs) {
    return Finding.of(
        "source-went-back",
        directory,
        "the history went back: " + theirs + " is older than " + ours + ", which is here",
        "A server that offers an old state hides what was mended since; or commits were made here"
            + " that the server does not have.",
        "Ask the developers, or compare with another server: build.url.");
  }

  static Finding forked(String directory, String ours, String theirs) {
    return Finding.of(
        "source-forked",
        directory,
        "the history was rewritten: " + theirs + " does not follow " + ours + ", which is here",
        "Either the server's history was replaced, or commits were made here.",
        "If they are yours, keep them elsewhere and go back: git reset --hard COMMIT.");
  }
}

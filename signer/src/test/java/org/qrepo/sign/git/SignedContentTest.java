package org.qrepo.sign.git;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Commits and tags are taken apart as git does before it asks gpg. */
class SignedContentTest {
  private static final String PGP =
      "-----BEGIN PGP SIGNATURE-----\n\niQ==\n=abcd\n-----END PGP SIGNATURE-----\n";
  private static final String PERSON = "A <a@example.org> 1700000000 +0000";

  private final Random random = new Random(20261122);

  private String one(List<String> of) {
    return of.get(random.nextInt(of.size()));
  }

  private static String header(String name) {
    return name + " " + PGP.stripTrailing().replace("\n", "\n ") + "\n";
  }

  private String signatures() {
    return one(
        List.of(
            "",
            header("gpgsig"),
            header("gpgsig-sha256"),
            header("gpgsig") + header("gpgsig-sha256"),
            header("gpgsig-sha256") + "encoding UTF-8\n" + header("gpgsig")));
  }

  private String message() {
    return one(
        List.of(
            "\nmessage\n",
            "\n",
            "",
            "\nno end",
            "\n  gpgsig no header\n",
            "\n\0zero\n",
            "\nâ\n\n-----BEGIN PGP\n"));
  }

  private String tail() {
    return one(
        List.of(
            "",
            PGP,
            PGP + "after\n",
            PGP.stripTrailing(),
            " " + PGP,
            PGP.replace("\n", "\r\n"),
            "-----BEGIN PGP MESSAGE-----\nx\n-----END PGP MESSAGE-----\n"));
  }

  @ParameterizedTest
  @EnumSource
  void asGitTakesThemApart(ObjectFormat format, @TempDir Path folder) {
    GitJudge git = new GitJudge(folder, format);
    String tree = git.text("write-tree");
    String commit = git.text("commit-tree", tree, "-m", "m");
    int compared = 0;
    for (int round = 0; round < (Boolean.getBoolean("qrepo.full") ? 400 : 25); round++) {
      String mergetag = one(List.of("", "mergetag object x\n type commit\n \n x\n"));
      String head = "tree " + tree + "\nauthor " + PERSON + "\ncommitter " + PERSON + "\n";
      compared +=
          compare(git, format, ObjectType.COMMIT, head + mergetag + signatures() + message());
      String tag = "object " + commit + "\ntype commit\ntag v1\ntagger " + PERSON + "\n";
      compared += compare(git, format, ObjectType.TAG, tag + signatures() + message() + tail());
    }
    assertThat(compared).isGreaterThan(10);
  }

  private static int compare(GitJudge git, ObjectFormat format, ObjectType type, String text) {
    byte[] object = text.getBytes(StandardCharsets.UTF_8);
    ObjectId id = git.store(type, object);
    SignedContent ours;
    try {
      ours =
          type == ObjectType.TAG
              ? TagObject.parse(format, object).signed()
              : CommitObject.parse(format, object).signed();
    } catch (ObjectException e) {
      return 0;
    }
    assertThat(ObjectHash.of(format, type, object)).isEqualTo(id);
    byte[][] theirs = git.handed(type, id);
    boolean hands = theirs.length == 2;
    assertThat(ours.kind() == SignedContent.Kind.OPENPGP).as(text).isEqualTo(hands);
    if (hands) {
      assertThat(new String(ours.signature(), StandardCharsets.UTF_8))
          .as(text)
          .isEqualTo(new String(theirs[1], StandardCharsets.UTF_8));
      assertThat(new String(ours.payload(), StandardCharsets.UTF_8))
          .as(text)
          .isEqualTo(new String(theirs[0], StandardCharsets.UTF_8));
    }
    return hands ? 1 : 0;
  }
}

package org.qrepo.sign.git;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class ObjectsTest {
  private static final String ID = "0123456789abcdef0123456789abcdef01234567";
  private static final String PERSON = " A <a@example.org> 1700000000 +0000\n";
  private static final String COMMIT =
      "tree " + ID + "\nparent " + ID + "\nauthor" + PERSON + "committer" + PERSON + "\nmessage\n";
  private static final String TAG =
      "object " + ID + "\ntype commit\ntag v1\ntagger" + PERSON + "\nmessage\n";

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }

  @Test
  void readsWhatGitMakes() throws Exception {
    CommitObject commit = CommitObject.parse(ObjectFormat.SHA1, bytes(COMMIT));
    assertThat(commit.tree().hex()).isEqualTo(ID);
    assertThat(commit.parents()).containsExactly(new ObjectId(ID));
    assertThat(commit.signed().kind()).isEqualTo(SignedContent.Kind.NONE);
    TagObject tag = TagObject.parse(ObjectFormat.SHA1, bytes(TAG));
    assertThat(tag.name()).isEqualTo("v1");
    assertThat(tag.target().hex()).isEqualTo(ID);
    assertThat(tag.targetType()).isEqualTo(ObjectType.COMMIT);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "tree x\n",
        "parent ID\ntree ID\nauthor A\ncommitter A\n\n",
        "tree ID\ntree ID\nauthor A\ncommitter A\n\n",
        "tree ID\nauthor A\nparent ID\ncommitter A\n\n",
        "tree ID\nauthor A\nauthor A\ncommitter A\n\n",
        "tree ID\nauthor A\ncommitter A",
        "tree ID\nauthor A\ncommitter A\n gpgsig\n\0\n",
        "tree ID\nauthor A\ncommitter A\ngpgsig-other x\n\n",
        "tree ID\nauthor A\ncommitter A\ngpgsigx x\n\n",
        "tree ID\nauthor A\ncommitter A\nNoBlank\n\n",
        " tree ID\nauthor A\ncommitter A\n\n"
      })
  void refusesOtherCommits(String text) {
    byte[] object = bytes(text.replace("ID", ID));
    assertThatThrownBy(() -> CommitObject.parse(ObjectFormat.SHA1, object))
        .isInstanceOf(ObjectException.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "type commit\nobject ID\ntag v1\n\n",
        "object ID\ntype commit\ntype tree\ntag v1\n\n",
        "object ID\nobject ID\ntype commit\ntag v1\n\n",
        "object ID\ntype commit\ntag v1\ntag v2\n\n",
        "object ID\ntype else\ntag v1\n\n",
        "object ID\ntype commit\ntag v1\ngpgsig x\ngpgsig-sha256 x\n\n",
        "object ID1\ntype commit\ntag v1\n\n"
      })
  void refusesOtherTags(String text) {
    byte[] object = bytes(text.replace("ID", ID));
    assertThatThrownBy(() -> TagObject.parse(ObjectFormat.SHA1, object))
        .isInstanceOf(ObjectException.class);
  }

  private static byte[] tree(Object... entries) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (int i = 0; i < entries.length; i += 2) {
      out.writeBytes(bytes(entries[i] + " " + entries[i + 1] + "\0"));
      out.writeBytes(HexFormat.of().parseHex(ID));
    }
    return out.toByteArray();
  }

  @Test
  void directoriesAreInOrderAndLeadNowhereElse() throws Exception {
    byte[] good = tree("100644", "a.b", "40000", "a", "100755", "a0", "120000", "b", "160000", "c");
    assertThat(TreeObject.parse(ObjectFormat.SHA1, good).entries())
        .extracting(TreeObject.Entry::name)
        .containsExactly("a.b", "a", "a0", "b", "c");
    for (byte[] bad :
        new byte[][] {
          tree("40000", "a", "100644", "a.b"),
          tree("100644", "a", "40000", "a"),
          tree("100644", "a", "100644", "a"),
          tree("100644", ""),
          tree("40000", ".."),
          tree("40000", "."),
          tree("40000", ".git"),
          tree("40000", ".GiT"),
          tree("100644", "a/b"),
          tree("100644", "\u00ff"),
          tree("100600", "a"),
          tree("0100644", "a"),
          bytes("100644 a"),
          bytes("100644 a\0short"),
          bytes("100644")
        }) {
      assertThatThrownBy(() -> TreeObject.parse(ObjectFormat.SHA1, bad))
          .isInstanceOf(ObjectException.class);
    }
  }

  @ParameterizedTest
  @EnumSource
  void readsDirectoriesAsGitDoes(ObjectFormat format, @TempDir Path folder) throws Exception {
    GitJudge git = new GitJudge(folder, format);
    Random random = new Random(20261122);
    for (int i = 0; i < 60; i++) {
      String name = "f" + Integer.toString(random.nextInt(1000), 7).replace('3', '.');
      Path file = folder.resolve(random.nextBoolean() ? name : "d" + name + "/x");
      if (!Files.exists(file.getParent())) {
        Files.createDirectory(file.getParent());
      }
      Files.writeString(file, name);
      file.toFile().setExecutable(random.nextBoolean());
    }
    Files.createSymbolicLink(folder.resolve("link"), Path.of("to"));
    git.git(new byte[0], "add", "--all").ok();
    String id = git.text("write-tree");
    byte[] raw = git.git(new byte[0], "cat-file", "tree", id).ok().out();
    StringBuilder ours = new StringBuilder();
    for (TreeObject.Entry entry : TreeObject.parse(format, raw).entries()) {
      String mode =
          switch (entry.mode()) {
            case FILE -> "100644 blob ";
            case EXECUTABLE -> "100755 blob ";
            case LINK -> "120000 blob ";
            case DIRECTORY -> "040000 tree ";
            case SUBMODULE -> "160000 commit ";
          };
      ours.append(mode).append(entry.id()).append('\t').append(entry.name()).append('\n');
    }
    assertThat(ours.toString().strip()).isEqualTo(git.text("ls-tree", id));
    assertThat(ObjectHash.of(format, ObjectType.TREE, raw).hex()).isEqualTo(id);
  }

  @Test
  void aDamagedObjectHasATypedOutcome() {
    Random random = new Random(20261122);
    for (int i = 0; i < 3000; i++) {
      byte[] object = random.nextBoolean() ? bytes(COMMIT) : bytes(TAG);
      for (int n = random.nextInt(4); n >= 0; n--) {
        object[random.nextInt(object.length)] = (byte) random.nextInt(256);
      }
      try {
        CommitObject.parse(ObjectFormat.SHA1, object);
        TagObject.parse(ObjectFormat.SHA1, object);
        TreeObject.parse(ObjectFormat.SHA1, object);
      } catch (ObjectException e) {
        assertThat(e.reason()).isNotEmpty();
      }
    }
  }
}

package org.qrepo.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.qrepo.alpm.PackageFile;
import org.qrepo.cli.Json;
import org.qrepo.cli.Run;
import org.qrepo.cli.Workplace;
import org.qrepo.database.Database;
import org.qrepo.database.DatabaseEntry;
import org.qrepo.database.DatabaseWriter;
import org.qrepo.database.DescOptions;
import org.qrepo.io.Compression;
import org.qrepo.it.TreeState;

class AdoptTest {
  private static final String HELLO = "hello-1-1-any.pkg.tar.zst";

  private final Workplace work;

  AdoptTest(@TempDir Path directory) {
    work = new Workplace(directory).configure("web: {url: tree}");
  }

  /** A database without lineage, and the packages that it names. */
  @BeforeEach
  void makeTree() throws IOException {
    Path tree = Files.createDirectories(work.path("tree"));
    List<DatabaseEntry> entries = new ArrayList<>();
    for (String sample : List.of(work.sample("hello", "1-1"), work.sample("other", "1-1"))) {
      PackageFile file = PackageFile.read(work.path(sample), Set.of());
      Files.copy(file.path(), tree.resolve(file.fileName().value()));
      entries.add(
          DatabaseEntry.describe(
              file.info(),
              file.fileName().value(),
              file.size(),
              file.digests(),
              Optional.empty(),
              DescOptions.DEFAULT));
    }
    ByteArrayOutputStream database = new ByteArrayOutputStream();
    DatabaseWriter.write(Database.of(entries), Optional.empty(), Compression.GZIP, database);
    Files.write(tree.resolve("t.db.tar.gz"), database.toByteArray());
    Files.createSymbolicLink(tree.resolve("t.db"), Path.of("t.db.tar.gz"));
  }

  @Test
  void aDryRunShowsEverythingAndWritesNothing() throws IOException {
    TreeState before = TreeState.of(work.path("tree"));
    Run run = work.ok("adopt", "web", "--dry-run");
    assertThat(run.err())
        .contains(
            "warning: t.db: the database has no signature",
            "warning: t.files: there are no file lists",
            "warning: " + HELLO + ": has no signature, and gets yours",
            "==> An adoption would do this:",
            "==> Nothing was written.");
    assertThat(run.out())
        .contains("write generation seq 1 (2 packages)", "upload " + HELLO + ".sig (to be made)");
    assertThat(TreeState.of(work.path("tree"))).isEqualTo(before);

    Json json = work.json(0, "adopt", "--dry-run");
    assertThat(json.number("seq")).isEqualTo(1);
    assertThat(json.number("unchanged")).isEqualTo(2);
    assertThat(work.path("home/.local/state/qrepo/receipts")).doesNotExist();
  }

  @Test
  void itTakesOverAndThenSaysThatThereIsNothingToAdopt() {
    Json json = work.json(0, "adopt");
    assertThat(json.text("outcome")).isEqualTo("published");
    assertThat(json.number("seq")).isEqualTo(1);
    assertThat(work.published("tree")).containsExactly("hello 1-1", "other 1-1");
    assertThat(work.ok("adopt").err())
        .contains("==> Nothing to adopt: this repository has a lineage: generation");
    assertThat(work.json(0, "adopt").text("outcome")).isEqualTo("already-published");
    assertThat(work.ok("adopt", "--dry-run").err())
        .contains("Nothing to adopt: this repository has a lineage. An adoption would write");
    work.ok("verify", "web", "--deep");
    work.ok("publish", work.sample("hello", "2-1"));
    work.ok("remove", "other");
    work.ok("rollback");
    work.ok("prune");
    assertThat(work.published("tree")).containsExactly("hello 2-1", "other 1-1");
  }

  @Test
  void whatItSaysAtTheEndNamesWhatClientsSee() throws IOException {
    Files.delete(work.path("tree/" + HELLO));
    assertThat(work.ok("adopt", "--drop-missing").err())
        .contains("The entry hello-1-1 is left out.")
        .contains(
            "==> Adopted. Clients now see 1 package as before, signed, and no hello any more");
  }

  @Test
  void whatIsRefusedHasItsFindingAndItsFlag() throws IOException {
    Files.delete(work.path("tree/" + HELLO));
    Json missing = work.json(3, "adopt");
    assertThat(missing.findings()).containsExactly("package-missing");
    assertThat(work.ended(3, "adopt").err()).contains("--drop-missing", "Nothing was changed.");

    Files.copy(work.path(work.sample("hello", "1-1", "other bytes")), work.path("tree/" + HELLO));
    assertThat(work.json(3, "adopt", "--drop-missing").findings())
        .containsExactly("entry-other-bytes");
    work.ok("adopt", "--take-files");
    assertThat(work.published("tree")).containsExactly("hello 1-1", "other 1-1");
  }

  @Test
  void wrongUsageIsSaid() {
    work.ended(2, "adopt", "one", "two");
    work.ended(2, "adopt", "--replace");
    assertThat(work.json(3, "adopt", "--name", "nobody").findings())
        .containsExactly("database-not-there");
  }
}

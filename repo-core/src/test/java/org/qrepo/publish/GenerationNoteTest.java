package org.qrepo.publish;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.qrepo.alpm.PackageName;
import org.qrepo.alpm.PackageVersion;
import org.qrepo.database.Lineage;
import org.qrepo.io.Sha256;

class GenerationNoteTest {
  private static final Sha256 FILES = new Sha256("f".repeat(64));
  private static final Sha256 DATABASE = new Sha256("0123456789abcdef".repeat(4));

  @Test
  void aNoteSaysWhatAGenerationIsAndWhatItChanged() throws IOException {
    Lineage lineage =
        new Lineage(
            "t",
            2,
            Optional.of(new Sha256("a".repeat(64))),
            FILES,
            Instant.parse("2026-01-02T03:04:05Z"));
    List<PackageChange> changes =
        List.of(
            new PackageChange(
                new PackageName("a"),
                Optional.of(new PackageVersion("1-1")),
                Optional.of(new PackageVersion("1:2-1"))),
            new PackageChange(
                new PackageName("b"), Optional.of(new PackageVersion("1-1")), Optional.empty()));

    String note = note(lineage, changes);

    assertThat(note)
        .isEqualTo(
            """
            {
              "schema" : "qrepo.generation/1",
              "repository" : "t",
              "generation" : "0123456789abcdef",
              "seq" : 2,
              "parent" : "%s",
              "time" : "2026-01-02T03:04:05Z",
              "database" : "%s",
              "files" : "%s",
              "packages" : 1,
              "changes" : [ {
                "package" : "a",
                "kind" : "upgraded",
                "before" : "1-1",
                "after" : "1:2-1"
              }, {
                "package" : "b",
                "kind" : "removed",
                "before" : "1-1"
              } ]
            }
            """
                .formatted("a".repeat(64), DATABASE, FILES));
  }

  @Test
  void theFirstHasNoParentAndMayChangeNothing() throws IOException {
    Lineage lineage = new Lineage("t", 1, Optional.empty(), FILES, Instant.EPOCH);

    assertThat(note(lineage, List.of()))
        .contains("\"parent\" : \"-\"", "\"time\" : \"1970-01-01T00:00:00Z\"", "\"changes\" : [ ]");
  }

  private static String note(Lineage lineage, List<PackageChange> changes) throws IOException {
    return new String(
        GenerationNote.json(GenerationId.of(DATABASE), lineage, DATABASE, 1, changes),
        StandardCharsets.UTF_8);
  }
}

package org.qrepo.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.qrepo.Finding;
import org.qrepo.RefusedException;
import org.qrepo.alpm.PackageName;

class DatabaseTest {
  private final DatabaseEntry lower = Samples.entry("ctlcli", "1-1");
  private final DatabaseEntry dash = Samples.entry("ctl-themes", "1-1");
  private final DatabaseEntry upper = Samples.entry("Z", "1-1");

  @Test
  void standsInByteOrder() {
    assertThat(Database.of(List.of(lower, dash, upper)).entries())
        .containsExactly(upper, dash, lower);
  }

  @Test
  void findsReplacesAndRemovesEntries() {
    DatabaseEntry newer = Samples.entry("ctlcli", "2-1");
    PackageName name = new PackageName("ctlcli");
    Database before = Database.of(List.of(lower, dash));
    Database after = before.with(newer).with(upper);

    assertThat(after.entries()).containsExactly(upper, dash, newer);
    assertThat(after.entry(name)).contains(newer);
    assertThat(after.without(name).entries()).containsExactly(upper, dash);
    assertThat(after.without(name).without(name).entry(name)).isEmpty();
    assertThat(before.entries()).containsExactly(dash, lower);
    assertThat(Database.empty().size()).isZero();
  }

  @Test
  void refusesTwoVersionsOfOnePackageAndTwoEntriesForOneFile() {
    DatabaseEntry newer = Samples.entry("ctlcli", "2-1");
    String stolen = "%FILENAME%\n" + dash.fileName() + "\n\n%NAME%\nx\n\n%VERSION%\n1-1\n\n";
    DatabaseEntry thief =
        EntryParser.parse(
            EntryDirectory.parse("x-1-1"),
            stolen.getBytes(java.nio.charset.StandardCharsets.UTF_8),
            Map.of(),
            "t.db");

    assertThatThrownBy(() -> Database.of(List.of(newer, lower, dash, thief)))
        .isInstanceOfSatisfying(
            RefusedException.class,
            e ->
                assertThat(e.findings())
                    .extracting(Finding::id)
                    .containsExactly("database-duplicate-name", "database-duplicate-file"))
        .hasMessageContaining("two versions of 'ctlcli': 1-1 and 2-1")
        .hasMessageContaining("'ctl-themes-1-1' and 'x-1-1' both claim the file");
    assertThatThrownBy(() -> Database.of(List.of(dash)).with(thief))
        .isInstanceOf(RefusedException.class);
  }

  @Test
  void tellsWhatChanged() {
    DatabaseEntry kept = Samples.entry("kept", "1-1");
    Database before =
        Database.of(
            List.of(
                kept,
                Samples.entry("gone", "1-1"),
                Samples.entry("up", "1.9-1"),
                Samples.entry("down", "1:1-1"),
                Samples.entry("again", "1-1")));
    Database after =
        Database.of(
            List.of(
                kept,
                Samples.entry("new", "1-1"),
                Samples.entry("up", "1.10-1"),
                Samples.entry("down", "2-1"),
                Samples.entry("again", "1-1", "packager = another")));

    DatabaseDiff diff = DatabaseDiff.between(before, after);

    assertThat(diff.added()).extracting(DatabaseEntry::directory).containsExactly("new-1-1");
    assertThat(diff.removed()).extracting(DatabaseEntry::directory).containsExactly("gone-1-1");
    assertThat(diff.changed())
        .extracting(DatabaseDiff.Changed::kind)
        .containsExactly(
            DatabaseDiff.Kind.REBUILD, DatabaseDiff.Kind.DOWNGRADE, DatabaseDiff.Kind.UPGRADE);
    assertThat(diff.isEmpty()).isFalse();
    assertThat(DatabaseDiff.between(after, after).isEmpty()).isTrue();
  }
}

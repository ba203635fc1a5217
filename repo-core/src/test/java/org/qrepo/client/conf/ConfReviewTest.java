package org.qrepo.client.conf;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.qrepo.Finding;
import org.qrepo.alpm.Architecture;
import org.qrepo.alpm.PackageFile;
import org.qrepo.alpm.PackageName;
import org.qrepo.alpm.PackageVersion;
import org.qrepo.alpm.PackageWriter;
import org.qrepo.client.DropInPriority;
import org.qrepo.client.ServerUrl;
import org.qrepo.database.Database;
import org.qrepo.database.DatabaseEntry;
import org.qrepo.database.DatabaseWriter;
import org.qrepo.database.DescOptions;
import org.qrepo.database.DescVersion;
import org.qrepo.io.Compression;
import org.qrepo.publish.RepositoryName;

class ConfReviewTest {
  private static final String OFFICIAL = "[qubes-r4.3-current]\nServer = https://q.example.org\n";
  private static final String MINE =
      "[mine]\nSigLevel = Required TrustedOnly\nServer = https://example.org/mine/\n";

  @TempDir private Path folder;

  private List<Finding> review(Optional<ConfReview.Wanted> wanted, String... lines)
      throws IOException {
    Path file = folder.resolve("pacman.conf");
    Files.writeString(
        file, "[options]\nDBPath = " + folder + "\n" + String.join("", Arrays.asList(lines)));
    PacmanConf conf = PacmanConf.read(file, folder);
    return ConfReview.of(conf, wanted).stream().map(ConfFinding::finding).toList();
  }

  private static Optional<ConfReview.Wanted> mine(DropInPriority priority) {
    return Optional.of(
        new ConfReview.Wanted(
            new RepositoryName("mine"),
            priority,
            List.of(new ServerUrl("https://example.org/mine"))));
  }

  @Test
  void aRepositoryThatIsUsedAsItShouldBeIsNotRemarkedOn() throws IOException {
    assertThat(review(mine(DropInPriority.OVERRIDE), MINE, OFFICIAL)).isEmpty();
    assertThat(review(mine(DropInPriority.SUPPLEMENT), OFFICIAL, MINE)).isEmpty();
  }

  @Test
  void theWrongPlaceIsNamed() throws IOException {
    assertThat(review(mine(DropInPriority.SUPPLEMENT), MINE, OFFICIAL))
        .extracting(Finding::reason)
        .containsExactly("[mine] stands before [qubes-r4.3-current]");
    assertThat(review(mine(DropInPriority.OVERRIDE), OFFICIAL, MINE))
        .singleElement()
        .satisfies(f -> assertThat(f.id()).isEqualTo("pacman-conf-order"))
        .satisfies(f -> assertThat(f.subject()).endsWith("pacman.conf:5"));
  }

  @Test
  void aRepositoryThatIsNotThereIsMissed() throws IOException {
    assertThat(review(mine(DropInPriority.OVERRIDE), OFFICIAL))
        .extracting(Finding::id)
        .containsExactly("pacman-conf-not-used");
  }

  @Test
  void weakSignaturesAndOtherServersAreNamed() throws IOException {
    assertThat(
            review(
                mine(DropInPriority.OVERRIDE),
                "[mine]\nServer = https://example.org/mine\nServer = https://evil.example.org\n"))
        .extracting(Finding::headline)
        .containsExactly(
            folder
                + "/pacman.conf:3: [mine] takes packages without a signature, as nothing else is"
                + " said in its section",
            folder + "/pacman.conf:3: [mine] asks servers that are not those of the publisher");
    assertThat(review(Optional.empty(), "[a]\nSigLevel = Required TrustAll\nServer = http://a\n"))
        .extracting(Finding::reason)
        .containsExactly("[a] takes signatures of keys that nobody trusts");
    assertThat(
            review(
                Optional.empty(), "[a]\nSigLevel = Required DatabaseOptional\nServer = http://a\n"))
        .extracting(Finding::reason)
        .containsExactly("[a] takes databases without a signature");
  }

  @Test
  void packagesThatNeverArriveAreNamed() throws IOException {
    database("qubes-r4.3-current", "qubes-vm-core 4.3.1-1", "qubes-vm-gui 4.3.1-1", "x 1-1");
    database("mine", "qubes-vm-core 4.3.2-1", "qubes-vm-gui 4.3.1-1", "y 1-1");
    List<Finding> findings = review(mine(DropInPriority.SUPPLEMENT), OFFICIAL, MINE);
    assertThat(findings).hasSize(1);
    assertThat(findings.get(0).reason())
        .isEqualTo(
            "2 packages of [mine] never come from it, because [qubes-r4.3-current] stands before"
                + " it and has them");
    assertThat(findings.get(0).details())
        .containsExactly(
            "qubes-vm-core, qubes-vm-gui",
            "newer in [mine], and yet not taken from it: qubes-vm-core");
  }

  @Test
  void aDatabaseThatCannotBeReadIsNoReasonToStop() throws IOException {
    Files.createDirectories(folder.resolve("sync"));
    Files.writeString(folder.resolve("sync/mine.db"), "<html>");
    assertThat(review(mine(DropInPriority.OVERRIDE), MINE))
        .extracting(Finding::id)
        .containsExactly("pacman-conf-database-unreadable");
  }

  @Test
  void whereItStopsNothingElseIsLookedAt() throws IOException {
    Files.createSymbolicLink(folder.resolve("99-x.conf"), Path.of("99-x.conf.disabled"));
    assertThat(review(mine(DropInPriority.OVERRIDE), "Include = " + folder + "/*-x.conf\n"))
        .singleElement()
        .satisfies(f -> assertThat(f.id()).isEqualTo("pacman-conf-dangling-link"))
        .satisfies(f -> assertThat(f.subject()).isEqualTo(folder + "/99-x.conf"));
  }

  @Test
  void largeFilesAreNotRead() throws IOException {
    Files.write(folder.resolve("big"), new byte[ConfLines.MAX_FILE + 1]);
    assertThat(review(Optional.empty(), "Include = big\n"))
        .extracting(Finding::id)
        .containsExactly("pacman-conf-unreadable");
  }

  private void database(String name, String... packages) throws IOException {
    Database database = Database.empty();
    for (String one : packages) {
      database = database.with(entry(one.replaceFirst(" .*", ""), one.replaceFirst(".* ", "")));
    }
    Files.createDirectories(folder.resolve("sync"));
    try (OutputStream out = Files.newOutputStream(folder.resolve("sync/" + name + ".db"))) {
      DatabaseWriter.write(database, Optional.empty(), Compression.GZIP, out);
    }
  }

  private DatabaseEntry entry(String name, String version) throws IOException {
    PackageWriter writer =
        new PackageWriter(
            new PackageName(name), new PackageVersion(version), Architecture.ANY, Instant.EPOCH);
    Path file = folder.resolve(writer.fileName(Compression.ZSTD));
    try (OutputStream out = Files.newOutputStream(file)) {
      writer.writeTo(out, Compression.ZSTD);
    }
    PackageFile read = PackageFile.read(file, List.of());
    return DatabaseEntry.describe(
        read.info(),
        String.valueOf(file.getFileName()),
        Files.size(file),
        read.digests(),
        Optional.empty(),
        new DescOptions(DescVersion.V2, false));
  }
}

package org.qrepo.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.qrepo.cli.Json;
import org.qrepo.cli.Run;
import org.qrepo.cli.Workplace;
import org.qrepo.rpm.SampleRpm;
import org.qrepo.sign.Programs;

/** Template RPMs among what is published. */
class PublishTemplatesTest {
  private static final String NAME = "qubes-template-archlinux-4.3.0-202611010101.noarch.rpm";

  @TempDir private Path directory;
  private Workplace here;
  private Path published;

  @BeforeEach
  void build() throws IOException {
    here = new Workplace(directory);
    here.configure("web: { url: repository, templates: templates }");
    here.sample("hello", "1-1");
    template(SampleRpm.template(), "packages");
    published = here.path("templates/rpm/" + NAME);
  }

  private Path template(SampleRpm rpm, String folder) throws IOException {
    Path built = rpm.build(directory);
    Path target = Files.createDirectories(here.path(folder)).resolve(built.getFileName());
    return Files.move(built, target);
  }

  @Test
  void aTemplateIsSignedOnItsWay() throws IOException {
    byte[] before = Files.readAllBytes(here.path("packages/" + NAME));
    Run run = here.ok("publish", "packages");
    assertThat(run.err())
        .contains("Published 1 template in " + here.path("templates"))
        .contains("rpm/" + NAME)
        .contains("metadata and signature match; 1 template reachable, digests match");
    assertThat(here.published("repository")).containsExactly("hello 1-1");
    assertThat(here.path("packages/" + NAME)).hasBinaryContent(before);
    assertThat(published).hasSize(before.length);
    assertThat(here.ok("verify", published.toString()).out()).contains("digests signatures OK");
    Programs.need("rpmkeys");
    Path database = Files.createTempDirectory(directory, "rpmdb").toAbsolutePath();
    here.certificate();
    Programs.run("rpmkeys", "--dbpath=" + database, "--import", here.path("cert.asc").toString())
        .ok();
    assertThat(
            Programs.run(
                    "rpmkeys",
                    "--dbpath=" + database,
                    "--define=_pkgverify_level all",
                    "--checksig",
                    published.toString())
                .text())
        .endsWith(": digests signatures OK\n");
  }

  @Test
  void publishingAgainChangesNothing() throws IOException {
    here.ok("publish", "packages");
    byte[] once = Files.readAllBytes(published);
    assertThat(here.ok("publish", "packages").err()).contains("(published already)");
    here.ok("sign", "--force", "packages/" + NAME);
    Json json = here.json(0, "publish", "packages/" + NAME);
    assertThat(json.objects("templates").get(0).get("new")).isEqualTo(false);
    assertThat(published).hasBinaryContent(once);
  }

  @Test
  void theReceiptStaysWithThePublisher() throws IOException {
    Json json = here.json(0, "publish", "packages");
    Json receipt = json.object("template-receipt");
    assertThat(receipt.text("outcome")).isEqualTo("published");
    assertThat(receipt.number("seq")).isEqualTo(1);
    assertThat(receipt.each("changes", "key")).containsExactly("rpm/" + NAME);
    Path kept =
        here.path("home/.local/state/qrepo/receipts")
            .resolve("t-templates-1-" + receipt.text("generation") + ".json");
    assertThat(Files.readString(kept)).contains("\"qrepo.template-receipt/1\"");
  }

  @Test
  void templatesAreListedAndVerifiedWithThePackages() {
    here.ok("publish", "packages");
    assertThat(here.ok("list").out())
        .isEqualTo("hello 1-1\nqubes-template-archlinux 4.3.0-202611010101\n");
    assertThat(here.json(0, "list").each("templates", "template")).containsExactly("archlinux");
    assertThat(here.ok("verify", "web", "--deep").out())
        .contains("1 package,", "1 template,", "all templates are as dom0 wants them");
    assertThat(here.ok("templates", "repair").err()).contains("Nothing to repair");
    here.write("templates/repodata/repomd.xml", "<html>");
    assertThat(here.ended(3, "verify", "web").err()).contains("repodata/repomd.xml");
    assertThat(here.ended(3, "publish", "packages").err()).contains("it is no index of metadata");
  }

  @Test
  void templatesAloneRenewTheLandingPage() throws IOException {
    String server = here.path("repository").toUri().toString();
    here.configure(
        "web: { url: repository, server: '"
            + server
            + "', templates: templates, templates-server: '"
            + here.path("templates").toUri()
            + "', page: true }");
    Path rpm = here.path("packages/" + NAME);
    Path later = Files.move(rpm, here.path(NAME));
    here.ok("publish", "packages");
    Path page = here.path("repository/index.html");
    assertThat(page).content().contains("hello").doesNotContain("qvm-template");
    here.ok("publish", later.toString());
    assertThat(page).content().contains("qvm-template", "archlinux");
    assertThat(here.path("repository/repo.json")).content().contains("\"archlinux\"");
    assertThat(here.ok("templates", "remove", "archlinux").err()).contains("renewed repo.json");
    assertThat(page).content().contains("hello").doesNotContain("qvm-template");
    here.ok("templates", "rollback", "--dry-run");
    assertThat(page).content().doesNotContain("qvm-template");
    here.ok("templates", "rollback");
    assertThat(page).content().contains("qvm-template");
  }

  @Test
  void aDryRunWritesNothing() {
    Run run = here.ok("publish", "--dry-run", "packages");
    assertThat(run.err()).contains("Would publish 1 template");
    assertThat(here.path("templates")).doesNotExist();
  }

  @Test
  void whatIsSignedAlreadyIsPublishedAsItIs() throws IOException {
    here.ok("sign", "packages/" + NAME);
    here.ok("publish", "packages/" + NAME);
    assertThat(published).hasSameBinaryContentAs(here.path("packages/" + NAME));
    assertThat(here.path("repository")).doesNotExist();
  }

  @Test
  void aBadTemplateKeepsThePackagesFromBeingPublished() throws IOException {
    template(SampleRpm.template().set("License", "GPL AND MIT").set("Release", "3"), "packages");
    assertThat(here.ended(3, "publish", "packages").err()).contains("it must be one word");
    assertThat(here.path("repository")).doesNotExist();
    assertThat(here.path("templates")).doesNotExist();
  }

  @Test
  void otherBytesOfAPublishedNameAreRefused() throws IOException {
    here.ok("publish", "packages");
    byte[] once = Files.readAllBytes(published);
    Path other = template(SampleRpm.template().set("Summary", "Another build"), "other");
    assertThat(here.ended(3, "publish", other.toString()).err()).contains("has other bytes");
    assertThat(published).hasBinaryContent(once);
  }

  @Test
  void anOlderTemplateIsRefusedUnlessAllowed() throws IOException {
    here.ok("publish", "packages");
    Path older = template(SampleRpm.template().set("Version", "4.0.6"), "older");
    assertThat(here.ended(3, "publish", older.toString()).err())
        .contains("4.0.6-202611010101 is older than 4.3.0-202611010101");
    here.ok("publish", "--allow-downgrade", older.toString());
    assertThat(here.path("templates/rpm/" + older.getFileName())).exists();
  }

  @Test
  void theConfigurationNamesWhereTemplatesAre() throws IOException {
    String text = Files.readString(here.path("qrepo.yml"));
    here.write("qrepo.yml", text + "packages:\n  from: [packages]\n  templates: [rpms]\n");
    Files.createDirectories(here.path("rpms"));
    Files.move(here.path("packages/" + NAME), here.path("rpms/" + NAME));
    here.ok("publish");
    assertThat(published).exists();
    assertThat(here.published("repository")).containsExactly("hello 1-1");
  }

  @Test
  void aTargetWithoutAPlaceForTemplatesIsNamed() {
    here.configure("web: { url: repository }");
    assertThat(here.ended(2, "publish", "packages").err())
        .contains("target web has no place for templates", "targets.NAME.templates");
    assertThat(here.path("repository")).doesNotExist();
  }
}

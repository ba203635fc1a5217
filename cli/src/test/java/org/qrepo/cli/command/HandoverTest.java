package org.qrepo.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.qrepo.cli.Json;
import org.qrepo.cli.Run;
import org.qrepo.cli.Workplace;
import org.qrepo.it.Programs;
import org.qrepo.it.TreeState;

/**
 * Two qubes in one directory: {@code built} is published with the key and handed over with a
 * stand-in for qvm-copy; {@code live} is received with a configuration that has no key.
 */
class HandoverTest {
  private final Workplace work;
  private final Path incoming;

  HandoverTest(@TempDir Path directory) throws IOException {
    Programs.require("bash");
    work =
        new Workplace(directory)
            .configure("local: {url: built, templates: templates}", "other: {url: other}");
    receiver("web: {url: live}");
    incoming = Files.createDirectory(work.path("incoming"));
    Path programs = Files.createDirectory(work.path("programs"));
    try (InputStream in = HandoverTest.class.getResourceAsStream("/qubes/qvm-copy")) {
      Path copy = programs.resolve("qvm-copy");
      Files.copy(in, copy);
      Files.setPosixFilePermissions(copy, PosixFilePermissions.fromString("rwxr-xr-x"));
      Files.createLink(programs.resolve("qvm-copy-to-vm"), copy);
    }
    work.env("PATH", programs + ":" + System.getenv("PATH"))
        .env("STANDIN_INCOMING", incoming.toString())
        .env("STANDIN_LOG", work.path("log").toString());
    work.ok("publish", work.sample("hello", "1.0-1"), work.sample("b", "1-1"), "--to", "local");
  }

  private void receiver(String target) {
    work.write(
        "receiver.yml",
        "repository: {name: t}\nsigning: {certificates: ["
            + work.certificate()
            + "], trusted: ["
            + work.key().fingerprint()
            + "]}\ntargets:\n  "
            + target
            + "\n");
  }

  private void publish(String name, String version) {
    work.ok("publish", work.sample(name, version), "--to", "local");
  }

  private static String[] words(String first, String... more) {
    return Stream.concat(Stream.of(first), Stream.of(more)).toArray(String[]::new);
  }

  private String receive(Path parcel, String... more) {
    return "receive " + parcel + " --config receiver.yml " + String.join(" ", more);
  }

  private Run received(int code, Path parcel, String... more) {
    return work.ended(code, receive(parcel, more).strip().split(" ", -1));
  }

  private Json receivedJson(int code, Path parcel, String... more) {
    return work.json(code, receive(parcel, more).strip().split(" ", -1));
  }

  private Json handOver(String... more) {
    return work.json(0, words("handover", words("local", more)));
  }

  private Path arrived(Json handover) {
    return incoming.resolve(handover.text("parcel"));
  }

  @Test
  void whatIsNewGoesFromOneQubeToTheOther() throws IOException {
    Json first = handOver();
    assertThat(first.text("outcome")).isEqualTo("handed-over");
    assertThat(first.get("base")).isEqualTo("null");
    assertThat(first.number("packages")).isEqualTo(2);
    assertThat(first.get("directory")).isEqualTo("null");
    Json received = receivedJson(0, arrived(first));
    assertThat(received.text("outcome")).isEqualTo("received");
    assertThat(received.text("generation")).isEqualTo(first.text("generation"));
    assertThat(received.text("signer")).isEqualTo(work.key().fingerprint().hex());
    assertThat(received.get("removed")).isEqualTo(false);
    assertThat(work.published("live")).containsExactly("b 1-1", "hello 1.0-1");

    publish("hello", "2.0-1");
    Run second = work.ok("handover", "local", "--to", "publisher");
    assertThat(second.err())
        .contains("==> Sending it with qvm-copy-to-vm to qube publisher")
        .contains("    qrepo receive ~/QubesIncoming/*/qrepo-t-2-");
    Path parcel = newest();
    assertThat(work.path("home/.local/state/qrepo/parcels")).isEmptyDirectory();
    // To this qube nothing went before: dom0 may have chosen another one.
    assertThat(Files.exists(parcel.resolve("repository/b-1-1-any.pkg.tar.zst"))).isTrue();
    received(0, parcel, "--remove");
    assertThat(parcel).doesNotExist();
    assertThat(work.published("live")).containsExactly("b 1-1", "hello 2.0-1");

    Json none = work.json(0, "handover", "local", "--to", "publisher");
    assertThat(none.text("outcome")).isEqualTo("nothing-new");
    assertThat(work.ok("handover", "local", "--to", "publisher").err())
        .startsWith("==> Nothing new since generation ");
  }

  private Path newest() throws IOException {
    try (Stream<Path> parcels = Files.list(incoming)) {
      return parcels.filter(p -> p.toString().contains("qrepo-t-2-")).findFirst().orElseThrow();
    }
  }

  @Test
  void receivingAgainWritesNothing() throws IOException {
    Json parcel = handOver();
    received(0, arrived(parcel));
    TreeState before = TreeState.of(work.path("live"));
    Run again = received(0, arrived(parcel));
    assertThat(again.err()).contains("==> Already received: generation ", "Nothing was written.");
    assertThat(receivedJson(0, arrived(parcel)).text("outcome")).isEqualTo("already-received");
    assertThat(TreeState.of(work.path("live"))).isEqualTo(before);
    Files.delete(work.path("live/b-1-1-any.pkg.tar.zst"));
    assertThat(receivedJson(0, arrived(parcel)).text("outcome")).isEqualTo("completed");
  }

  @Test
  void whatDidNotArriveDoesNotCount() throws IOException {
    work.env("STANDIN_COPY", "refuse");
    Run refused = work.ended(5, "handover", "local");
    assertThat(refused.err())
        .contains("    Request refused\n", "error: qvm-copy ended with exit code 1")
        .contains("It does not count as handed over: run this again.");
    work.env("STANDIN_COPY", "break");
    work.ended(5, "handover", "local");
    Path half;
    try (Stream<Path> parcels = Files.list(incoming)) {
      half = parcels.findFirst().orElseThrow();
    }
    Run broken = received(3, half);
    assertThat(broken.err()).contains("error: ", "Nothing was changed.");
    assertThat(work.path("live")).doesNotExist();
    assertThat(work.path("home/.local/state/qrepo/parcels")).isEmptyDirectory();

    work.without("STANDIN_COPY");
    Json whole = handOver();
    assertThat(whole.get("base")).isEqualTo("null");
    received(0, arrived(whole));
  }

  /** qvm-copy takes nothing whose name is there. */
  /** No pacman sees the manifest, and who receives it has no key to sign it with. */
  @Test
  void ofAnAlteredManifestItIsSaidWhatTheReceiverCanDo() throws IOException {
    publish("a", "1-1");
    Path parcel = arrived(handOver());
    Path manifest = parcel.resolve("manifest.json");
    Files.writeString(manifest, Files.readString(manifest) + " ");
    assertThat(received(3, parcel).err())
        .contains("error: manifest.json.sig: ", "Hand the parcel over again.")
        .doesNotContain("pacman", "qrepo sign");
  }

  @Test
  void theSameCanBeSentAgain() {
    Json one = handOver("--all");
    Json two = handOver("--all");
    assertThat(one.text("parcel")).isNotEqualTo(two.text("parcel"));
    assertThat(one.text("generation")).isEqualTo(two.text("generation"));
    assertThat(arrived(two)).exists();
  }

  @Test
  void aParcelThatIsOnlyMadeDoesNotCount() {
    Json made = handOver("--out", "here");
    assertThat(made.text("outcome")).isEqualTo("made");
    Path parcel = Path.of(made.text("directory"));
    assertThat(parcel.getParent()).isEqualTo(work.path("here"));
    received(0, parcel);
    assertThat(handOver().get("base")).isEqualTo("null");
  }

  @Test
  void aLostParcelIsMadeAgainWithTheCommandThatReceiveSays() {
    Json first = handOver();
    received(0, arrived(first));
    publish("hello", "2.0-1");
    handOver();
    publish("hello", "3.0-1");
    Json third = handOver();
    TreeState before = TreeState.of(work.path("live"));
    Run lost = received(6, arrived(third));
    String command = "qrepo handover local --since " + first.text("generation");
    assertThat(lost.err())
        .contains("error: a parcel before this one is missing", command, "Nothing was changed.");
    assertThat(TreeState.of(work.path("live"))).isEqualTo(before);
    String[] words = command.substring("qrepo ".length()).split(" ");
    Json again = work.json(0, words);
    assertThat(again.text("base")).isEqualTo(first.text("generation"));
    received(0, arrived(again));
    assertThat(work.published("live")).containsExactly("b 1-1", "hello 3.0-1");
    assertThat(received(3, arrived(first)).err()).contains("what is published is newer");
  }

  /** Also the commands of the message, one after the other. */
  @Test
  void theSecondOfTwoBuildQubesFollowsTheFirst() {
    received(0, arrived(handOver()));
    work.ok("mirror", "local", "other", "--layout", "plain");
    Json other = work.json(0, "handover", "other", "--all");
    received(0, arrived(other));
    publish("hello", "2.0-1");
    received(0, arrived(handOver()));
    work.ok("publish", work.sample("b", "2-1"), "--to", "other");
    Json second = work.json(0, "handover", "other");
    Run conflict = received(6, arrived(second));
    assertThat(conflict.err())
        .contains("do not follow upon each other")
        .contains("qrepo mirror web ~/qrepo-t --layout plain && qvm-copy ~/qrepo-t");
    String since = conflict.err().replaceAll("(?s).* --since ([0-9a-f]{16}).*", "$1");

    work.ok("mirror", "web", "./carried", "--layout", "plain", "--config", "receiver.yml");
    work.ok("mirror", "./carried", "./anew");
    work.ok("publish", work.sample("b", "2-1"), "--to", "./anew");
    Json follows = work.json(0, "handover", "./anew", "--since", since);
    received(0, arrived(follows));
    assertThat(work.published("live")).containsExactly("b 2-1", "hello 2.0-1");
  }

  @Test
  void aParcelOfAnotherRepositoryIsRefused() {
    Path parcel = arrived(handOver());
    Run run = received(3, parcel, "--name", "u", "--to", "./u");
    assertThat(run.err()).contains("the parcel is of repository t, not of u");
    assertThat(work.path("u")).doesNotExist();
  }

  @Test
  void whoseSignaturesCountTheReceiverSays() throws IOException {
    Path parcel = arrived(handOver());
    String configuration = Files.readString(work.path("receiver.yml"));
    work.write(
        "receiver.yml",
        configuration.replace(
            work.key().fingerprint().hex(), "0123456789ABCDEF0123456789ABCDEF01234567"));
    Run run = received(3, parcel);
    assertThat(run.err())
        .contains("manifest.json.sig: ", "those of this machine's own configuration");
    assertThat(work.path("live")).doesNotExist();
  }

  private void template(String name, String text) {
    work.write("templates/rpm/" + name, text);
    work.write("templates/repodata/repomd.xml", "index of " + name);
  }

  @Test
  void templatesThatDom0WouldNotTakeStopThePublish() {
    template("qubes-template-a-4.3.0-1.noarch.rpm", "no RPM at all");
    Json parcel = handOver();
    assertThat(parcel.number("templates")).isEqualTo(1);
    Run nowhere = received(2, arrived(parcel));
    assertThat(nowhere.err())
        .contains("the parcel brings templates, and target web has no place for them")
        .contains("--without-templates");
    receiver("web: {url: live, templates: served}");
    Run refused = received(3, arrived(parcel));
    assertThat(refused.err()).contains("qubes-template-a-4.3.0-1.noarch.rpm: ");
    assertThat(work.path("live")).doesNotExist();
    assertThat(work.path("served")).doesNotExist();
    received(0, arrived(parcel), "--without-templates");
    assertThat(work.published("live")).hasSize(2);
    assertThat(work.path("served")).doesNotExist();
  }

  @Test
  void theMetadataOfTemplatesIsNotTakenBack() throws IOException {
    receiver("web: {url: live, templates: served}");
    work.env("SOURCE_DATE_EPOCH", "1000000000");
    work.write("templates/repodata/repomd.xml", "one");
    Json first = handOver();
    received(0, arrived(first));
    assertThat(work.json(0, "handover", "local").text("outcome")).isEqualTo("nothing-new");
    work.env("SOURCE_DATE_EPOCH", "1000000001");
    work.write("templates/repodata/repomd.xml", "two");
    Json second = handOver();
    assertThat(second.text("base")).isEqualTo(second.text("generation"));
    Run completed = received(0, arrived(second));
    assertThat(completed.err()).contains("==> Completed: ", "and 1 file of templates");
    assertThat(work.path("served/repodata/repomd.xml")).hasContent("two");
    Run older = received(3, arrived(first));
    assertThat(older.err()).contains("templates of a newer parcel were received before");
    assertThat(work.path("served/repodata/repomd.xml")).hasContent("two");
    assertThat(receivedJson(0, arrived(second)).text("outcome")).isEqualTo("already-received");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "handover local --since xyz|16 hex digits",
        "handover local --since 0123456789abcdef --all|contradict each other",
        "handover local --out here --to publisher|only makes the parcel",
        "handover local --out here --service|only makes the parcel",
        "handover local --to no/qube|is not the name of a qube",
        "handover|say which target",
        "receive|say which parcel",
        "receive x --stream|name none",
        "client service local --from a|'--to=PUBLISHER'",
        "client service local --from a --to a|itself",
        "client service local --from a --to b;c|is not the name of a qube"
      })
  void wrongWordsAreRefused(String line, String reason) {
    Run run = work.ended(2, line.split(" ", -1));
    assertThat(run.err()).contains(reason);
  }

  @Test
  void whatCannotWorkHereIsSaidBeforeAnythingIsMade() {
    work.env("PATH", "/nowhere");
    Run run = work.ended(2, "handover", "local");
    assertThat(run.err()).contains("there is no program qvm-copy here", "--out DIR");
    work.env("QREXEC_CLIENT_PATH", "/nowhere/qrexec-client-vm");
    assertThat(work.ended(2, "handover", "local", "--service").err())
        .contains("there is no program /nowhere/qrexec-client-vm here");
  }

  @Test
  void generationsThatAreUnknownAreRefused() {
    Run run = work.ended(3, "handover", "local", "--since", "0123456789abcdef");
    assertThat(run.err())
        .contains("is not one from which the live one came", "qrepo handover --all");
    Run empty = work.ended(3, "handover", "./nothing");
    assertThat(empty.err()).contains("nothing is published there");
  }

  @Test
  void aDamagedMemoryIsSaid() throws IOException {
    handOver();
    Path memory;
    try (Stream<Path> files = Files.list(work.path("home/.local/state/qrepo/handed-over"))) {
      memory = files.findFirst().orElseThrow();
    }
    Files.writeString(memory, "head x\n");
    assertThat(work.ended(1, "handover", "local").err())
        .contains(memory + " is damaged. Remove it");
  }

  @Test
  void theServiceAndItsPolicyAreWrittenWithTheCommandsThatInstallThem() throws IOException {
    Json json =
        Json.of(
            work.ok(
                    "client",
                    "service",
                    "local",
                    "--from",
                    "build",
                    "--to",
                    "publisher",
                    "--out",
                    "a b",
                    "--json")
                .out());
    Path script = work.path("a b/qrepo.Publish");
    Path policy = work.path("a b/30-qrepo.policy");
    assertThat(json.text("schema")).isEqualTo("qrepo.client-service/1");
    assertThat(json.text("service")).isEqualTo(script.toString());
    assertThat(Files.isExecutable(script)).isTrue();
    assertThat(script)
        .content()
        .contains(
            "exec qrepo --config " + work.path("qrepo.yml") + " receive --stream --to local\n");
    assertThat(policy).content().contains("build  publisher  allow\n");
    assertThat(json.get("commands"))
        .isEqualTo(
            List.of(
                "sudo install -D -m 755 '" + script + "' /usr/local/etc/qubes-rpc/qrepo.Publish",
                "qvm-run --pass-io publisher 'cat '\\''"
                    + policy
                    + "'\\''' | sudo tee /etc/qubes/policy.d/30-qrepo.policy"));
    Run run =
        work.ok("client", "service", "local", "--from", "build", "--to", "publisher", "--ask");
    assertThat(run.out())
        .isEqualTo(work.path("qrepo.Publish") + "\n" + work.path("30-qrepo.policy") + "\n");
    assertThat(run.err()).contains("    qrepo handover --service --to publisher\n");
    assertThat(work.path("30-qrepo.policy"))
        .content()
        .containsPattern("ask +default_target=publisher");
  }
}

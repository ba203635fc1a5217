package org.qrepo.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.qrepo.alpm.SamplePackage;
import org.qrepo.cli.Run;

/**
 * Hand-overs through the qrexec service: the receiving qube is a process of its own, with nothing
 * of the sender's but the stream, and its verdict is the sender's.
 */
class HandoverServiceIT {
  private final Scratch scratch = new Scratch();
  private Qubes qubes;
  private Path build;
  private Path publisher;

  @BeforeEach
  void prepare() throws IOException {
    qubes = new Qubes(scratch);
    build = scratch.folder("build");
    publisher = scratch.folder("publisher");
    Path secret = qubes.exportSecretKey(scratch.path().resolve("secret.asc"));
    scratch.file(
        "build/qrepo.yml",
        "repository: {name: t}\nsigning: {key-file: "
            + secret
            + "}\ntargets: {local: {url: built}}\n");
    receiver(qubes.key());
    install("--from", "build", "--to", "publisher");
    publish("1.0-1");
  }

  @AfterEach
  void tidy() {
    qubes.close();
    scratch.close();
  }

  private void receiver(String trusted) {
    scratch.file(
        "publisher/qrepo.yml",
        "repository: {name: t}\nsigning: {trusted: ["
            + trusted
            + "], certificates: ["
            + qubes.certificate()
            + "]}\ntargets: {web: {url: live}}\n");
  }

  private void install(String... words) throws IOException {
    List<String> line = new java.util.ArrayList<>(List.of("client", "service", "web"));
    line.addAll(List.of(words));
    line.addAll(List.of("--program", qubes.qrepo().toString(), "--out", "service"));
    Run run = Run.of(publisher, Map.of("HOME", publisher.toString()), line);
    assertThat(run.code()).as(run.toString()).isZero();
    assertThat(Files.getPosixFilePermissions(publisher.resolve("service/qrepo.Publish")))
        .isEqualTo(PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  private void publish(String version) {
    Path file =
        SamplePackage.of("hello", version)
            .file("usr/share/hello", version)
            .writeTo(scratch.folder("packages"));
    assertThat(inBuild("publish", file.toString(), "--to", "local").code()).isZero();
  }

  private Run inBuild(String... words) {
    Map<String, String> environment = new HashMap<>();
    environment.put("PATH", qubes.programs() + ":" + System.getenv("PATH"));
    environment.put("HOME", build.toString());
    environment.put("QREXEC_CLIENT_PATH", qubes.programs().resolve("qrexec-client-vm").toString());
    environment.put("STANDIN_LOG", scratch.path().resolve("log").toString());
    environment.put("STANDIN_POLICY", publisher.resolve("service/30-qrepo.policy").toString());
    environment.put("STANDIN_SERVICES", publisher.resolve("service").toString());
    environment.put("STANDIN_PUBLISHER", publisher.toString());
    return Run.of(build, environment, List.of(words));
  }

  private Run handOver(int code, String... more) {
    List<String> words = new java.util.ArrayList<>(List.of("handover", "local", "--service"));
    words.addAll(List.of(more));
    Run run = inBuild(words.toArray(String[]::new));
    assertThat(run.code()).as(run.toString()).isEqualTo(code);
    assertThat(scratch.folder("publisher/.local/state/qrepo/incoming")).isEmptyDirectory();
    assertThat(scratch.folder("build/.local/state/qrepo/parcels")).isEmptyDirectory();
    return run;
  }

  private TreeState live() {
    return TreeState.of(scratch.folder("publisher/live"));
  }

  @Test
  void theReceiverPublishesAndWhatItSaysIsHeard() {
    Run first = handOver(0, "--to", "publisher");
    assertThat(first.err())
        .contains("    ==> Receiving qrepo-t-1-", "    ==> Received. Clients of ")
        .endsWith("==> Handed over and received by qube publisher\n");
    publish("2.0-1");
    // The policy knows where it goes. Nothing went there under that name, so that all of it goes.
    assertThat(handOver(0).err()).contains("==> Handed over and received by the qube that dom0");
    assertThat(handOver(0, "--to", "publisher").err()).contains("==> Already received: ");
    assertThat(handOver(0, "--to", "publisher").err()).contains("==> Nothing new since ");
    assertThat(publisher.resolve("live/hello-2.0-1-any.pkg.tar.zst")).exists();
  }

  @Test
  void whatTheReceiverRefusesIsTheSendersFailureToo() throws IOException {
    receiver("0123456789ABCDEF0123456789ABCDEF01234567");
    Run refused = handOver(3, "--to", "publisher");
    assertThat(refused.err())
        .contains("    error: manifest.json.sig: ")
        .contains("error: qube publisher: the parcel was not received: exit code 3 (refused)");
    assertThat(publisher.resolve("live")).doesNotExist();

    receiver(qubes.key());
    handOver(0, "--to", "publisher");
    Path copy = scratch.path().resolve("copy");
    Command.of("cp", "-a", build.resolve("built").toString(), copy.toString())
        .run()
        .expectSuccess();
    publish("2.0-1");
    handOver(0, "--to", "publisher");
    TreeState before = live();
    // Another build qube publishes upon the older state.
    Command.of("rm", "-rf", build.resolve("built").toString()).run().expectSuccess();
    Files.move(copy, build.resolve("built"));
    Command.of("rm", "-rf", build.resolve(".local").toString()).run().expectSuccess();
    publish("1.5-1");
    Run conflict = handOver(6, "--to", "publisher", "--all");
    assertThat(conflict.err())
        .contains("    error: what is published and what the parcel brings do not follow")
        .contains("exit code 6 (conflict with another publisher)");
    assertThat(live()).isEqualTo(before);
    // What was refused does not count: it is sent again, not "nothing new".
    assertThat(handOver(6, "--to", "publisher").err()).contains("all of it");
  }

  @Test
  void dom0AndAMissingServiceAreNamed() throws IOException {
    install("--from", "other", "--to", "publisher");
    Run refused = handOver(1, "--to", "publisher");
    assertThat(refused.err())
        .contains("    Request refused\n", "dom0 refused the call of the service")
        .contains("qrepo client service prints it");
    install("--from", "build", "--to", "publisher");
    assertThat(handOver(1, "--to", "elsewhere").err()).contains("dom0 refused");
    Files.delete(publisher.resolve("service/qrepo.Publish"));
    assertThat(handOver(1, "--to", "publisher").err()).contains("the service is not there");
    assertThat(publisher.resolve("live")).doesNotExist();
  }

  /** Whoever may call the service can send anything. */
  @Test
  void whateverElseIsSentIsRefusedAndLeavesNothing() {
    Path text = scratch.file("text", "GET / HTTP/1.1\r\n\r\n".repeat(1000));
    for (String sent : List.of("/dev/null", text.toString())) {
      Command.Output output =
          Command.of("sh", "-c", "exec \"$0\" < \"$1\"")
              .with(publisher.resolve("service/qrepo.Publish").toString(), sent)
              .env("HOME", publisher)
              .run()
              .expectCode(3);
      assertThat(output.out()).contains("error: standard input: this is no whole parcel");
      assertThat(output.err()).isEmpty();
    }
    assertThat(publisher.resolve("live")).doesNotExist();
    assertThat(scratch.folder("publisher/.local/state/qrepo/incoming")).isEmptyDirectory();
  }
}

package org.qrepo.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.qrepo.alpm.SamplePackage;

/** What the README tells people to type does what it says, in the order in which it says it. */
class ReadmeIT {
  private static final Path README = Path.of("..", "README.md");
  private static final Pattern SPAN = Pattern.compile("`(qrepo [^`]+)`");
  private static final Pattern WORD = Pattern.compile("'([^']*)'|(\\S+)");

  private final Scratch scratch = new Scratch();
  private final Path place = scratch.folder("empty");
  private final QrepoCli qrepo = new QrepoCli(scratch.folder("home"));

  @BeforeEach
  void somethingToPublish() throws IOException {
    Path packages = Files.createDirectories(place.resolve("path/to/packages"));
    SamplePackage.of("hello", "1.0-1").file("usr/share/hello", "hello").writeTo(packages);
    Files.createSymbolicLink(place.resolve("packages"), packages);
  }

  @AfterEach
  void tidy() {
    scratch.close();
  }

  /** The commands of blocks and in the text; blocks with a prompt show what one once said. */
  private static List<String> commands() throws IOException {
    List<String> commands = new ArrayList<>();
    boolean block = false;
    boolean transcript = false;
    for (String line : Files.readAllLines(README)) {
      if (line.startsWith("```")) {
        block = !block;
        transcript = false;
      } else if (block) {
        transcript |= line.startsWith("$ ");
        if (!transcript && line.startsWith("qrepo ")) {
          commands.add(line.replaceFirst("\\s+#.*", ""));
        }
      } else {
        Matcher matcher = SPAN.matcher(line);
        while (matcher.find()) {
          commands.add(matcher.group(1));
        }
      }
    }
    return commands;
  }

  private Command typed(String line) {
    List<String> words = new ArrayList<>();
    Matcher matcher = WORD.matcher(line.substring("qrepo ".length()));
    while (matcher.find()) {
      words.add(matcher.group(1) == null ? matcher.group(2) : matcher.group(1));
    }
    words.replaceAll(
        word ->
            switch (word) {
              case "COMMAND" -> "publish";
              case "/srv/www/mine" -> scratch.path().resolve("www").toString();
              default -> word;
            });
    return qrepo.command().with(words).in(place).env("QREPO_PASSPHRASE", "typed at the prompt");
  }

  @Test
  void itsCommandsWorkInTheirOrder() throws Exception {
    List<String> commands = commands();
    assertThat(commands)
        .anyMatch(c -> c.startsWith("qrepo init "))
        .anyMatch(c -> c.startsWith("qrepo publish ") && c.contains("--to local"))
        .anyMatch(c -> c.startsWith("qrepo publish ") && c.contains("--key secret.asc"))
        .anyMatch(c -> c.startsWith("qrepo serve "))
        .anyMatch(c -> c.startsWith("qrepo key export "))
        .contains("qrepo config check", "qrepo config show --origin");
    for (String command : commands) {
      if (command.startsWith("qrepo serve ")) {
        serve(command);
      } else {
        typed(command).run().expectSuccess();
      }
      if (command.startsWith("qrepo init ")) {
        keyUnderTheNameThatFlagsUse();
      }
    }
    Command.Output listed = typed("qrepo list").run().expectSuccess();
    assertThat(listed.out()).isEqualTo("hello 1.0-1\n");
    typed("qrepo verify --deep").run().expectSuccess();
    typed("qrepo verify " + scratch.path().resolve("www") + " --deep").run().expectSuccess();
    clientsInstall();
  }

  private void keyUnderTheNameThatFlagsUse() throws IOException {
    try (Stream<Path> keys = Files.list(place.resolve("keys"))) {
      Path secret =
          keys.filter(k -> k.toString().endsWith(".secret.asc")).findFirst().orElseThrow();
      Files.copy(secret, place.resolve("secret.asc"));
    }
  }

  private void serve(String command) throws Exception {
    Path out = scratch.path().resolve("serve.out");
    Path err = scratch.path().resolve("serve.err");
    Process server = typed(command + " --listen 0").start(out, err);
    try {
      String url = "";
      for (int i = 0; i < 200 && !url.endsWith("\n") && server.isAlive(); i++) {
        Thread.sleep(50);
        url = Files.readString(out);
      }
      assertThat(url).as(Files.readString(err)).matches("http://127\\.0\\.0\\.1:[0-9]+/\n");
      HttpResponse<byte[]> response =
          HttpClient.newBuilder()
              .followRedirects(HttpClient.Redirect.NORMAL)
              .build()
              .send(
                  HttpRequest.newBuilder(URI.create(url.strip() + "mine.db")).build(),
                  HttpResponse.BodyHandlers.ofByteArray());
      assertThat(response.statusCode()).isEqualTo(200);
      assertThat(response.body())
          .isEqualTo(Files.readAllBytes(place.resolve("repository/mine.db")));
    } finally {
      server.destroy();
      assertThat(server.waitFor(20, TimeUnit.SECONDS)).isTrue();
    }
  }

  /** With the certificate that was exported, and the section that is to be pasted. */
  private void clientsInstall() throws IOException {
    assertThat(Files.readString(README)).contains("[mine]\nSigLevel = Required\nServer = ");
    try (PacmanClient client =
        new PacmanClient(
            scratch.path().resolve("c"),
            "mine",
            "file://" + place.resolve("repository"),
            place.resolve("mine.asc"))) {
      client.sync().expectSuccess();
      client.install("hello").expectSuccess();
      assertThat(client.installed()).containsExactly("hello 1.0-1");
    }
  }

  @Test
  void itsTableNamesEveryCommand() throws IOException {
    String readme = Files.readString(README);
    String help = qrepo.run("-h").expectSuccess().out();
    List<String> names =
        help.substring(help.indexOf("Commands:"), help.indexOf("Exit codes:"))
            .lines()
            .filter(line -> line.matches("  [a-z]+ .*"))
            .map(line -> line.strip().replaceFirst(" .*", ""))
            .toList();
    assertThat(names).contains("publish", "demo");
    assertThat(names)
        .allSatisfy(name -> assertThat(readme).containsPattern("[|,;] `" + name + "[ `]"));
  }

  @Test
  void itsExitCodesAreThoseOfTheProgram() throws IOException {
    String readme = Files.readString(README).replaceAll("\\s+", " ");
    String help = qrepo.run("-h").expectSuccess().out();
    List<String> codes =
        help.substring(help.indexOf("Exit codes:"))
            .lines()
            .filter(line -> line.matches("  [0-9]+ .*"))
            .map(line -> line.strip().replaceFirst(" .*", ""))
            .toList();
    assertThat(codes).hasSize(10);
    assertThat(codes)
        .allSatisfy(code -> assertThat(readme).containsPattern("(: |· )" + code + " [a-z]"));
  }
}

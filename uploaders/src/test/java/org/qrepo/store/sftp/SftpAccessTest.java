package org.qrepo.store.sftp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.qrepo.publish.Store;
import org.qrepo.publish.StoreException;
import org.qrepo.publish.StoreException.Kind;
import org.qrepo.publish.StoreKey;
import org.qrepo.store.Blobs;
import org.qrepo.store.Programs;

/** Who gets in where: keys of hosts and of users, the ssh configuration, hosts on the way. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class SftpAccessTest {
  private static final StoreKey KEY = new StoreKey("a");

  @TempDir Path temporary;
  private Path repository = Path.of("/");
  private Sshd sshd;

  @BeforeEach
  void startServer() throws IOException {
    repository = temporary.resolve("repo");
    sshd = Sshd.start(temporary.resolve("sshd"));
  }

  @AfterEach
  void stopServer() {
    sshd.close();
  }

  // The server's key

  @Test
  void unknownHostKeyIsRefusedWithItsFingerprintAndTheLineToAdd() throws Exception {
    Path knownHosts = sshd.home().resolve(".ssh/known_hosts");
    Files.delete(knownHosts);
    StoreException e = refused(sshd.settings());
    assertThat(e.kind()).isEqualTo(Kind.DENIED);
    assertThat(e)
        .hasMessageContaining(fingerprint("host_ed25519"))
        .hasMessageContaining(knownHosts.toString())
        .hasMessageContaining(sshd.knownHost());
    assertThat(knownHosts).doesNotExist();
    Files.writeString(knownHosts, line(e));
    assertWorks(sshd.settings());
  }

  @Test
  void changedHostKeyIsRefused() throws Exception {
    Path other = Sshd.key(temporary.resolve("other"), "ed25519", "");
    String[] key = Files.readString(Path.of(other + ".pub")).split(" ", -1);
    Path knownHosts = sshd.home().resolve(".ssh/known_hosts");
    String old = "[127.0.0.1]:" + sshd.port() + " " + key[0] + " " + key[1] + "\n";
    Files.writeString(knownHosts, old);
    StoreException e = refused(sshd.settings());
    assertThat(e.kind()).isEqualTo(Kind.DENIED);
    assertThat(e)
        .hasMessageContaining("not the one that is known")
        .hasMessageContaining(fingerprint("host_ed25519"));
    assertThat(knownHosts).hasContent(old);
    assertThat(repository).doesNotExist();
  }

  @Test
  void hashedKnownHostIsKnown() throws Exception {
    Path knownHosts = sshd.home().resolve(".ssh/known_hosts");
    Programs.run(List.of(Programs.need("ssh-keygen"), "-q", "-H", "-f", knownHosts.toString()));
    assertThat(Files.readString(knownHosts)).startsWith("|1|");
    assertWorks(sshd.settings());
  }

  @Test
  void knownHostsAreTakenFromWhereTheSettingsSay() throws IOException {
    Path elsewhere = temporary.resolve("elsewhere");
    sshd.trust(elsewhere);
    Files.delete(sshd.home().resolve(".ssh/known_hosts"));
    assertWorks(sshd.settings().withKnownHosts(List.of(elsewhere)));
  }

  @Test
  void revokedHostKeyIsRefused() throws IOException {
    Path knownHosts = sshd.home().resolve(".ssh/known_hosts");
    Files.writeString(knownHosts, "@revoked " + sshd.knownHost() + "\n");
    assertThat(refused(sshd.settings()).kind()).isEqualTo(Kind.DENIED);
  }

  // The user's key

  @ParameterizedTest
  @CsvSource({"ed25519, ''", "rsa, ''", "ecdsa, ''", "ed25519, secret", "rsa, geheimnis ü"})
  void keyFileIsUsed(String type, String passphrase) throws IOException {
    Path key = Sshd.key(temporary.resolve("key"), type, passphrase);
    sshd.allow(key);
    AtomicInteger asked = new AtomicInteger();
    SftpSettings.Passphrases source =
        file -> {
          asked.incrementAndGet();
          return Optional.of(passphrase.toCharArray());
        };
    assertWorks(nobody().withIdentities(List.of(key)).withPassphrases(source));
    assertThat(asked).hasValue(passphrase.isEmpty() ? 0 : 1);
  }

  @Test
  void wrongPassphraseIsAskedForOnceAndDenied() throws IOException {
    Path key = Sshd.key(temporary.resolve("key"), "ed25519", "secret");
    sshd.allow(key);
    AtomicInteger asked = new AtomicInteger();
    StoreException e =
        refused(
            nobody()
                .withIdentities(List.of(key))
                .withPassphrases(
                    file -> {
                      asked.incrementAndGet();
                      return Optional.of("guess".toCharArray());
                    }));
    assertThat(e.kind()).isEqualTo(Kind.DENIED);
    assertThat(e).hasMessageContaining("the passphrase of " + key + " is another one");
    assertThat(asked).hasValue(1);
  }

  @Test
  void keyThatCannotBeOpenedKeepsNoOtherFromBeingTried() throws IOException {
    Path locked = Sshd.key(temporary.resolve("locked"), "ed25519", "secret");
    Path open = Sshd.key(temporary.resolve("open"), "ed25519", "");
    Path broken = Files.writeString(temporary.resolve("broken"), "no key\n");
    sshd.allow(locked);
    StoreException e = refused(nobody().withIdentities(List.of(locked, broken)));
    assertThat(e.kind()).isEqualTo(Kind.DENIED);
    assertThat(e)
        .hasMessageContaining("the passphrase of " + locked + " is not known")
        .hasMessageContaining(broken + " cannot be read as a key");
    sshd.allow(open);
    assertWorks(nobody().withIdentities(List.of(locked, broken, open)));
  }

  @Test
  void keyThatTheServerDoesNotKnowIsDenied() throws IOException {
    Path key = Sshd.key(temporary.resolve("key"), "ed25519", "");
    StoreException e = refused(nobody().withIdentities(List.of(key)));
    assertThat(e.kind()).isEqualTo(Kind.DENIED);
    assertThat(e).hasMessageContaining("does not let").hasMessageContaining(key.toString());
  }

  @Test
  void noKeyAtAllIsSaid() {
    StoreException e = refused(nobody());
    assertThat(e.kind()).isEqualTo(Kind.DENIED);
    assertThat(e).hasMessageContaining("no key was found");
  }

  @Test
  void agentSignsWithAKeyWhoseFileIsLocked() throws Exception {
    Path key = Sshd.key(temporary.resolve("key"), "ed25519", "");
    sshd.allow(key);
    Path socket = temporary.resolve("agent");
    Process agent = Programs.start(List.of(Programs.need("ssh-agent"), "-D", "-a", socket + ""));
    try {
      ProcessBuilder add = new ProcessBuilder(Programs.need("ssh-add"), "-q", key.toString());
      add.environment().putAll(Map.of("SSH_AUTH_SOCK", socket.toString()));
      add.redirectErrorStream(true);
      // The agent listens a moment after its socket is there.
      for (int i = 0; i < 200 && Programs.outcome(add.start()).status() != 0; i++) {
        Thread.sleep(25);
      }
      Programs.run(
          List.of(Programs.need("ssh-keygen"), "-q", "-p", "-N", "secret", "-f", key + ""));
      SftpSettings.Passphrases none =
          file -> {
            throw new AssertionError("asked for " + file);
          };
      SftpSettings settings = nobody().withAgent(Optional.of(socket)).withPassphrases(none);
      assertWorks(settings);
      Files.delete(repository.resolve("a"));
      assertWorks(settings.withIdentities(List.of(key)));
    } finally {
      agent.destroy();
    }
  }

  @Test
  void goneAgentIsNoAgent() throws IOException {
    assertWorks(sshd.settings().withAgent(Optional.of(temporary.resolve("gone"))));
  }

  // The way

  @Test
  void configurationGivesHostPortUserKeyAndKnownHosts() throws IOException {
    Path home = Files.createDirectories(temporary.resolve("alias"));
    Files.createDirectory(home.resolve(".ssh"));
    Files.copy(sshd.home().resolve(".ssh/id_ed25519"), home.resolve("key"));
    sshd.trust(home.resolve("hosts"));
    Files.writeString(
        home.resolve(".ssh/config"),
        "Host web\n  HostName 127.0.0.1\n  Port "
            + sshd.port()
            + "\n  User "
            + System.getProperty("user.name")
            + "\n  IdentityFile ~/key\n  UserKnownHostsFile %d/hosts\n");
    try (Store store = SftpStore.open("sftp://web" + repository, SftpSettings.of("nobody", home))) {
      store.putOnce(KEY, Blobs.text("x"));
    }
    assertThat(repository.resolve("a")).hasContent("x");
  }

  @Test
  void jumpHostIsPassedAndItsKeyChecked() throws IOException {
    try (Sshd jump = Sshd.start(temporary.resolve("jump"), "AllowTcpForwarding yes")) {
      jump.allow(sshd.home().resolve(".ssh/id_ed25519"));
      SftpSettings settings = sshd.settings().withJump(Optional.of("127.0.0.1:" + jump.port()));
      StoreException e = refused(settings);
      assertThat(e).hasMessageContaining(jump.knownHost());
      Path knownHosts = sshd.home().resolve(".ssh/known_hosts");
      Files.writeString(knownHosts, sshd.knownHost() + "\n" + jump.knownHost() + "\n");
      assertWorks(settings);
      assertThat(jump.log()).contains("Accepted publickey");
      Files.writeString(knownHosts, jump.knownHost() + "\n");
      Files.delete(repository.resolve("a"));
      assertThat(refused(settings)).hasMessageContaining(sshd.knownHost());
    }
  }

  @Test
  void jumpHostThatForwardsNothingIsSaid() throws IOException {
    try (Sshd jump = Sshd.start(temporary.resolve("jump"), "AllowTcpForwarding no")) {
      jump.allow(sshd.home().resolve(".ssh/id_ed25519"));
      Files.writeString(
          sshd.home().resolve(".ssh/known_hosts"),
          sshd.knownHost() + "\n" + jump.knownHost() + "\n");
      StoreException e = refused(sshd.settings().withJump(Optional.of("127.0.0.1:" + jump.port())));
      assertThat(e.kind()).isEqualTo(Kind.TRANSIENT);
    }
  }

  @Test
  void proxyCommandIsNotRun() throws IOException {
    Files.writeString(
        sshd.home().resolve(".ssh/config"),
        "Host 127.0.0.1\n  ProxyCommand touch " + temporary.resolve("ran") + "\n");
    assertThat(refused(sshd.settings())).hasMessageContaining("ProxyJump");
    assertThat(temporary.resolve("ran")).doesNotExist();
  }

  @Test
  void pathMayStartAtTheUsersHome() throws IOException {
    String there = Path.of(System.getProperty("user.home")).relativize(repository).toString();
    try (Store store =
        SftpStore.open("sftp://127.0.0.1:" + sshd.port() + "/~/" + there, sshd.settings())) {
      store.putOnce(KEY, Blobs.text("x"));
      assertThat(store.location()).contains("/~/");
    }
    assertThat(repository.resolve("a")).hasContent("x");
  }

  @ParameterizedTest
  @ValueSource(strings = {"PermitOpen none", "Subsystem other /bin/true"})
  void serverIsReachedOrItsLackIsSaid(String directive) throws IOException {
    try (Sshd other = Sshd.start(temporary.resolve("other"), directive)) {
      Store store = SftpStore.open(other.url(repository), other.settings());
      if (directive.startsWith("Subsystem")) {
        StoreException e = refusedBy(store);
        assertThat(e).hasMessageContaining("SFTP");
      } else {
        store.putOnce(KEY, Blobs.text("x"));
        store.close();
      }
    }
  }

  // What the tests are made of

  /** Knows the server, and has no key. */
  private SftpSettings nobody() {
    return SftpSettings.of(System.getProperty("user.name"), temporary)
        .withKnownHosts(List.of(sshd.home().resolve(".ssh/known_hosts")));
  }

  private void assertWorks(SftpSettings settings) throws IOException {
    try (Store store = SftpStore.open(sshd.url(repository), settings)) {
      store.putOnce(KEY, Blobs.text("x"));
      assertThat(store.stat(KEY)).isPresent();
    }
    assertThat(repository.resolve("a")).hasContent("x");
  }

  private StoreException refused(SftpSettings settings) {
    return refusedBy(SftpStore.open(sshd.url(repository), settings));
  }

  private static StoreException refusedBy(Store store) {
    try (store) {
      StoreException e =
          catchThrowableOfType(StoreException.class, () -> store.putOnce(KEY, Blobs.text("x")));
      assertThat(e).as("a StoreException").isNotNull();
      return e;
    } catch (StoreException e) {
      throw new AssertionError(e);
    }
  }

  private String fingerprint(String key) throws Exception {
    Path file = temporary.resolve("sshd").resolve(key + ".pub");
    String told =
        Programs.run(List.of(Programs.need("ssh-keygen"), "-l", "-f", file + "")).output();
    return told.split(" ", -1)[1];
  }

  private static String line(StoreException e) {
    String message = String.valueOf(e.getMessage());
    return message.substring(message.lastIndexOf(": ") + 2) + "\n";
  }
}

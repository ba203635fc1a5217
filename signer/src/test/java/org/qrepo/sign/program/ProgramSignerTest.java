package org.qrepo.sign.program;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.ByteArrayInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.qrepo.Finding;
import org.qrepo.io.Digests;
import org.qrepo.publish.Fingerprint;
import org.qrepo.publish.Signable;
import org.qrepo.publish.SigningException;
import org.qrepo.sign.Certificate;
import org.qrepo.sign.Gnupg;
import org.qrepo.sign.Keyring;

class ProgramSignerTest {
  private static final byte[] DATA = "to be signed".getBytes(StandardCharsets.UTF_8);
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private static Gnupg gnupg;
  private static Fingerprint key;
  private static Fingerprint other;
  private static Path gpg;

  @TempDir private Path directory;
  private final List<String> notices = Collections.synchronizedList(new ArrayList<>());

  @BeforeAll
  static void open() {
    gnupg = Gnupg.inTemporaryHome();
    key = gnupg.generate("Mine <m@example.org>", "ed25519", "cert,sign", "never", "");
    other = gnupg.generate("Other <o@example.org>", "ed25519", "cert,sign", "never", "");
    gpg = ProgramFile.find("gpg", System.getenv("PATH")).orElseThrow();
  }

  @AfterAll
  static void close() {
    gnupg.close();
  }

  private static Certificate certificate(Fingerprint fingerprint) {
    return Keyring.parse("test", gnupg.export(fingerprint)).find(fingerprint).orElseThrow();
  }

  private static Map<String, String> environment() {
    return Map.of("PATH", System.getenv("PATH"), "HOME", gnupg.home().toString());
  }

  private ProgramSettings settings(Duration patience, InstantSource clock) {
    return new ProgramSettings(environment(), patience, notices::add, clock);
  }

  private ProgramSigner real(Fingerprint wanted) {
    return ProgramSigner.of(
        new GpgBackend(gpg, Optional.of(gnupg.home())),
        certificate(wanted),
        wanted,
        settings(PATIENCE, InstantSource.system()));
  }

  /** A signer whose gpg is a few lines of shell; {@code $GPG} in them is the real one. */
  private ProgramSigner scripted(Duration patience, String... lines) {
    return ProgramSigner.of(
        new GpgBackend(script(lines), Optional.empty()),
        certificate(key),
        key,
        settings(patience, InstantSource.system()));
  }

  private Path script(String... lines) {
    List<String> all = new ArrayList<>();
    all.add("echo call >> " + directory.resolve("calls"));
    all.add("GPG='" + gpg + " --homedir " + gnupg.home() + " --batch --no-tty --quiet'");
    all.addAll(List.of(lines));
    return Script.in(directory, "fake-gpg", all.toArray(String[]::new));
  }

  private long calls() throws IOException {
    Path file = directory.resolve("calls");
    return Files.exists(file) ? Files.readAllLines(file).size() : 0;
  }

  private static Finding failure(ProgramSigner signer) {
    return failure(signer, Signable.of("a.pkg", DATA));
  }

  private static Finding failure(ProgramSigner signer, Signable signable) {
    SigningException e = catchThrowableOfType(SigningException.class, () -> signer.sign(signable));
    assertThat(e).isNotNull();
    return e.finding().orElseThrow();
  }

  @ParameterizedTest
  @CsvSource({"ed25519", "rsa3072", "nistp256", "nistp384", "nistp521"})
  void gpgSignsAndGpgAccepts(String algorithm) {
    Fingerprint made =
        gnupg.generate("A " + algorithm + " <a@example.org>", algorithm, "cert,sign", "never", "");
    byte[] signature = real(made).sign(Signable.of("a.pkg", DATA));
    String verdict = gnupg.verify(signature, DATA).ok().text();
    assertThat(verdict).contains("VALIDSIG " + made.hex());
    assertThat(signature[0] & 0xfc).isEqualTo(0x88);
  }

  @Test
  void theWantedKeyOfACertificateSigns() {
    Fingerprint primary =
        gnupg.generate("Sub <s@example.org>", "ed25519", "cert,sign", "never", "");
    Fingerprint first = gnupg.addSubkey(primary, "ed25519", "sign", "never", "");
    Fingerprint second = gnupg.addSubkey(primary, "rsa2048", "sign", "never", "");
    assertThat(signedBy(ProgramSigner.of(backend(), certificate(primary), first, plain())))
        .isEqualTo(first);
    assertThat(signedBy(ProgramSigner.of(backend(), certificate(primary), second, plain())))
        .isEqualTo(second);
    assertThat(signedBy(ProgramSigner.of(backend(), certificate(primary), primary, plain())))
        .isIn(first, second);
    assertThat(real(primary).certificate()).isEqualTo(primary);
  }

  private static GpgBackend backend() {
    return new GpgBackend(gpg, Optional.of(gnupg.home()));
  }

  private ProgramSettings plain() {
    return settings(PATIENCE, InstantSource.system());
  }

  private static Fingerprint signedBy(ProgramSigner signer) {
    String verdict = gnupg.verify(signer.sign(Signable.of("a", DATA)), DATA).ok().text();
    return verdict
        .lines()
        .filter(l -> l.startsWith("[GNUPG:] VALIDSIG"))
        .map(l -> Fingerprint.parse(l.split(" ", -1)[2]))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void nothingOfTheUsersConfigurationGetsIntoASignature() throws IOException {
    Path conf = gnupg.home().resolve("gpg.conf");
    Files.writeString(
        conf,
        "armor\ncomment hello\nsig-notation a@b.org=c\ndefault-sig-expire 1d\nask-sig-expire\n");
    try {
      byte[] signature = real(key).sign(Signable.of("a.pkg", DATA));
      String packets =
          gnupg.run(signature, "--no-options", "--list-packets", "--verbose").ok().text();
      assertThat(packets).contains("digest algo 8").doesNotContain("notation", "sig expires");
    } finally {
      Files.delete(conf);
    }
  }

  @Test
  void aKeyThatMayNotSignIsRefusedBeforeAnybodyIsAsked() {
    Fingerprint expired =
        gnupg.generate(
            "Old <x@example.org>",
            "ed25519",
            "cert,sign",
            "10d",
            "",
            Gnupg.at(Instant.parse("2020-01-02T03:04:05Z")));
    assertThatThrownBy(() -> real(expired))
        .isInstanceOfSatisfying(
            SigningException.class,
            e -> assertThat(e.finding().orElseThrow().id()).isEqualTo("key-expired"));
    Fingerprint certifying =
        gnupg.generate("Certifier <c@example.org>", "ed25519", "cert", "never", "");
    assertThatThrownBy(() -> real(certifying))
        .isInstanceOfSatisfying(
            SigningException.class,
            e -> assertThat(e.finding().orElseThrow().id()).isEqualTo("key-not-signing"));
  }

  @Test
  void anArmoredAnswerIsMadeBinary() {
    byte[] signature =
        scripted(PATIENCE, "exec $GPG --armor -u " + key + " --output - --detach-sign")
            .sign(Signable.of("a.pkg", DATA));
    assertThat(signature[0] & 0xfc).isEqualTo(0x88);
    gnupg.verify(signature, DATA).ok();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          signing-program-failed | cat > /dev/null; echo oops >&2; exit 3
          signing-program-failed | exit 1
          signing-program-failed | $GPG -u KEY --output - --detach-sign; exit 2
          signing-program-failed | kill -9 $$
          signing-program-silent | cat > /dev/null
          signing-program-silent | exit 0
          signing-output-useless | cat > /dev/null; echo '<html>404</html>'
          signing-output-useless | cat > /dev/null; head -c 300 /dev/urandom
          signing-output-useless | cat > /dev/null; printf '\\210'
          signing-output-useless | cat
          signing-output-useless | cat > /dev/null; echo -----BEGIN PGP SIGNATURE-----
          signing-output-useless | echo other | $GPG -u KEY --output - --detach-sign
          signing-output-useless | $GPG -u KEY --output - --sign
          signing-output-useless | $GPG -u KEY --digest-algo SHA1 --output - --detach-sign
          signing-output-useless | $GPG -u KEY --output - --detach-sign; echo more
          signing-output-too-long | cat > /dev/null; head -c 16385 /dev/zero
          signing-output-too-long | yes
          signing-key-unexpected | $GPG -u OTHER --output - --detach-sign
          signing-key-unexpected | $GPG -u KEY -u OTHER --output - --detach-sign
          key-secret-missing | echo '[GNUPG:] INV_SGNR 9 X' >&2; exit 2
          key-secret-missing | echo '[GNUPG:] FAILURE sign 67108881' >&2; exit 2
          key-expired | echo '[GNUPG:] INV_SGNR 5 X' >&2; exit 2
          key-revoked | echo '[GNUPG:] INV_SGNR 4 X' >&2; exit 2
          key-not-signing | echo '[GNUPG:] INV_SGNR 3 X' >&2; exit 2
          signing-cancelled | echo '[GNUPG:] FAILURE sign 83886179' >&2; exit 2
          signing-cancelled | echo '[GNUPG:] FAILURE sign 83886142' >&2; exit 2
          passphrase-wrong | echo '[GNUPG:] FAILURE sign 67108875' >&2; exit 2
          pinentry-missing | echo '[GNUPG:] FAILURE sign 67108949' >&2; exit 2
          agent-missing | echo '[GNUPG:] FAILURE sign 67108941' >&2; exit 2
          card-missing | echo '[GNUPG:] FAILURE sign 100663408' >&2; exit 2
          card-blocked | echo '[GNUPG:] FAILURE sign 100663426' >&2; exit 2
          signing-program-failed | echo '[GNUPG:] FAILURE sign x' >&2; exit 2
          """)
  void whatGoesWrongIsNamed(String id, String line) throws IOException {
    ProgramSigner signer =
        scripted(PATIENCE, line.replace("KEY", key.hex()).replace("OTHER", other.hex()));
    Finding finding = failure(signer);
    assertThat(finding.id()).as(finding.toString()).isEqualTo(id);
    assertThat(finding.subject()).isEqualTo("a.pkg");
    assertThat(finding.reason()).isNotBlank().doesNotContain("\n");
    assertThat(calls()).isEqualTo(1);
  }

  @Test
  void afterAFailureNobodyIsAskedAgain() throws IOException {
    ProgramSigner signer =
        scripted(
            PATIENCE,
            "if [ $(wc -l < " + directory.resolve("calls") + ") -gt 2 ]; then exit 1; fi",
            "exec $GPG -u " + key + " --output - --detach-sign");
    signer.sign(Signable.of("a.pkg", DATA));
    signer.sign(Signable.of("b.pkg", DATA));
    Finding finding = failure(signer);
    assertThat(finding.details().toString()).contains("The 2 signatures made before are kept");
    assertThat(failure(signer)).isEqualTo(finding);
    assertThat(calls()).isEqualTo(3);
  }

  @ParameterizedTest
  @CsvSource({
    "exec sleep 600",
    "sleep 600",
    "trap '' TERM; sleep 600; sleep 600",
    "sleep 600 & wait"
  })
  void whatHangsIsStoppedWithAllItStarted(String line) throws Exception {
    Path pid = directory.resolve("pid");
    ProgramSigner signer =
        scripted(Duration.ofSeconds(1), "echo $$ > " + pid, "echo hello >&2", line);
    Finding finding = failure(signer);
    assertThat(finding.id()).isEqualTo("signing-program-hung");
    assertThat(finding.reason()).contains("1 second");
    assertThat(finding.details().get(0)).isEqualTo("it says: hello");
    assertGone(pid);
  }

  @Test
  void anInterruptionStopsTheProgram() throws Exception {
    Path pid = directory.resolve("pid");
    ProgramSigner signer = scripted(PATIENCE, "echo $$ > " + pid, "sleep 600");
    AtomicReference<Throwable> thrown = new AtomicReference<>();
    Thread thread =
        new Thread(
            () -> {
              try {
                signer.sign(Signable.of("a.pkg", DATA));
              } catch (SigningException e) {
                thrown.set(Thread.currentThread().isInterrupted() ? e : new AssertionError(e));
              }
            });
    thread.start();
    while (!Files.exists(pid) || Files.size(pid) == 0) {
      Thread.sleep(10);
    }
    thread.interrupt();
    thread.join();
    assertThat(thrown.get()).isInstanceOf(SigningException.class);
    assertGone(pid);
  }

  /** What was killed may take a moment to be gone. */
  private static void assertGone(Path pid) throws Exception {
    long number = Long.parseLong(Files.readString(pid).strip());
    long end = System.nanoTime() + Duration.ofSeconds(10).toNanos();
    while (isLeft(number) && System.nanoTime() < end) {
      Thread.sleep(20);
    }
    assertThat(isLeft(number)).as("a process is left").isFalse();
  }

  private static boolean isLeft(long pid) {
    return ProcessHandle.of(pid).filter(ProcessHandle::isAlive).isPresent()
        || ProcessHandle.current()
            .descendants()
            .anyMatch(p -> p.info().command().orElse("").endsWith("/sleep"));
  }

  @Test
  void aLongFileThatNobodyReadsEndsWell() {
    byte[] large = new byte[4 << 20];
    assertThat(failure(scripted(PATIENCE, "exit 9"), Signable.of("large", large)).id())
        .isEqualTo("signing-program-failed");
  }

  @Test
  void slowProgramsThatGoOnReadingAreNotStopped() {
    byte[] large = new byte[1 << 20];
    byte[] signature =
        scripted(
                Duration.ofSeconds(2),
                "(for i in 1 2 3 4; do head -c 262144; sleep 0.8; done) |"
                    + " $GPG -u "
                    + key
                    + " --output - --detach-sign")
            .sign(Signable.of("large", large));
    gnupg.verify(signature, large).ok();
  }

  @Test
  void aTalkativeProgramIsReadToItsEndAndCutShort() {
    Finding finding =
        failure(
            scripted(
                PATIENCE,
                "cat > /dev/null",
                "i=0; while [ $i -lt 20000 ]; do echo line $i >&2; i=$((i+1)); done",
                "head -c 100000 /dev/zero | tr '\\\\0' x >&2",
                "exit 1"));
    assertThat(finding.details()).hasSizeLessThan(20);
    assertThat(finding.details().get(0)).startsWith("it says: line 199");
    assertThat(finding.details()).allMatch(d -> d.length() <= 320);
  }

  @Test
  void aProgramThatCannotBeStartedIsNamed() throws IOException {
    Path broken = script("exit 0");
    Files.writeString(broken, "#!/nowhere/interpreter\n");
    ProgramSigner signer =
        ProgramSigner.of(new GpgBackend(broken, Optional.empty()), certificate(key), key, plain());
    assertThat(failure(signer).id()).isEqualTo("signing-program-missing");
  }

  @Test
  void aFileThatChangedIsNoticed() {
    byte[] changed = "changed".getBytes(StandardCharsets.UTF_8);
    Finding finding = failure(real(key), signable(() -> new ByteArrayInputStream(changed)));
    assertThat(finding.id()).isEqualTo("changed-while-signing");
  }

  @Test
  void aFileThatCannotBeReadAgainIsNeverSignedInPart() {
    InputStream start = new ByteArrayInputStream(new byte[5]);
    InputStream end =
        new FilterInputStream(start) {
          @Override
          public int read(byte[] bytes, int offset, int length) throws IOException {
            throw new IOException("broken disk");
          }
        };
    InputStream breaking = new SequenceInputStream(start, end);
    assertThatThrownBy(() -> real(key).sign(signable(() -> breaking)))
        .isInstanceOf(SigningException.class)
        .hasMessageContaining("a.pkg cannot be read again")
        .hasMessageContaining("broken disk");
  }

  private static Signable signable(ProgramCall.Input input) {
    return new Signable() {
      @Override
      public String name() {
        return "a.pkg";
      }

      @Override
      public Digests digests() {
        return Digests.of(DATA, Set.of());
      }

      @Override
      public InputStream open() throws IOException {
        return input.open();
      }
    };
  }

  @Test
  void theQuestionForAPassphraseIsAnnounced() {
    scripted(
            PATIENCE,
            "echo '[GNUPG:] PINENTRY_LAUNCHED 3 curses' >&2",
            "exec $GPG -u " + key + " --output - --detach-sign")
        .sign(Signable.of("a.pkg", DATA));
    assertThat(notices).containsExactly("gpg asks for a passphrase or PIN");
  }

  @Test
  void whoeverWaitsIsToldWhere() {
    scripted(
            PATIENCE,
            "cat > " + directory.resolve("in"),
            "sleep 4.5",
            "exec $GPG -u " + key + " --output - --detach-sign < " + directory.resolve("in"))
        .sign(Signable.of("a.pkg", DATA));
    assertThat(notices).hasSize(1);
    assertThat(notices.get(0)).startsWith("waiting for gpg: does it ask");
  }

  @Test
  void aConsentThatIsOverIsAnnounced() {
    Instant start = Instant.now();
    AtomicLong passed = new AtomicLong();
    ProgramSigner signer =
        ProgramSigner.of(
            new SplitGpgBackend(
                script("exec $GPG -u " + key + " --output - --detach-sign"),
                Optional.of(new QubeName("vault"))),
            certificate(key),
            key,
            settings(PATIENCE, () -> start.plusSeconds(passed.get())));
    signer.sign(Signable.of("a", DATA));
    passed.set(299);
    signer.sign(Signable.of("b", DATA));
    assertThat(notices).isEmpty();
    passed.set(301);
    signer.sign(Signable.of("c", DATA));
    assertThat(notices)
        .containsExactly(
            "a consent of 300 seconds is over after 2 signatures:"
                + " split-gpg in qube vault may ask again");
    signer.sign(Signable.of("d", DATA));
    assertThat(notices).hasSize(1);
  }

  @Test
  void severalThreadsTakeTurns() throws Exception {
    Path busy = directory.resolve("busy");
    ProgramSigner signer =
        scripted(
            PATIENCE,
            "mkdir " + busy + " || exit 5",
            "$GPG -u " + key + " --output - --detach-sign; code=$?",
            "rmdir " + busy,
            "exit $code");
    List<Thread> threads = new ArrayList<>();
    List<byte[]> made = Collections.synchronizedList(new ArrayList<>());
    for (int i = 0; i < 6; i++) {
      String name = "file " + i;
      Thread thread = new Thread(() -> made.add(signer.sign(Signable.of(name, DATA))));
      threads.add(thread);
      thread.start();
    }
    for (Thread thread : threads) {
      thread.join();
    }
    assertThat(made).hasSize(6);
  }
}

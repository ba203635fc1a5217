package org.qrepo.sign.rpm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.qrepo.RefusedException;
import org.qrepo.publish.Fingerprint;
import org.qrepo.publish.Signable;
import org.qrepo.publish.Signer;
import org.qrepo.publish.SigningException;
import org.qrepo.rpm.RpmFile;
import org.qrepo.rpm.RpmRewrite;
import org.qrepo.rpm.RpmTag;
import org.qrepo.rpm.SampleRpm;
import org.qrepo.sign.Gnupg;
import org.qrepo.sign.KeyFileSigner;
import org.qrepo.sign.Keyring;
import org.qrepo.sign.KeyringVerifier;
import org.qrepo.sign.NewKey;
import org.qrepo.sign.Programs;
import org.qrepo.sign.SecretKeyFile;
import org.qrepo.sign.TestKeys;

/** Signs what rpmbuild made; rpm itself and the rules of rpmcanon are the judges. */
class RpmSignerTest {
  private static final String GOOD = "-: digests signatures OK\n";
  private static final Map<String, String> PAYLOADS =
      Map.of("gzip", "w9.gzdio", "xz", "w2.xzdio", "zstd", "w3.zstdio", "none", "w.ufdio");
  private static final Map<String, Path> BUILT = new LinkedHashMap<>();

  @TempDir private static Path builds;
  @TempDir private Path directory;

  @BeforeAll
  static void build() {
    PAYLOADS.forEach(
        (name, mode) -> BUILT.put(name, SampleRpm.template().payload(mode).build(builds)));
  }

  static Stream<Arguments> everyWay() {
    Map<String, NewKey> keys = Map.of("rsa4096", TestKeys.rsa4096(), "ed25519", TestKeys.ed25519());
    return BUILT.keySet().stream()
        .flatMap(
            payload ->
                keys.entrySet().stream()
                    .flatMap(
                        key ->
                            Stream.of("header", "rpmv3", "in place")
                                .map(
                                    how ->
                                        Arguments.of(payload, key.getKey(), key.getValue(), how))));
  }

  @ParameterizedTest(name = "{0} {1} {3}")
  @MethodSource("everyWay")
  void rpmAcceptsIt(String payload, String keyName, NewKey key, String how) throws IOException {
    Path rpm = copy(built(payload));
    byte[] before = Files.readAllBytes(rpm);
    Rpm rpmTools = new Rpm(directory);
    assertThat(rpmTools.checksig(rpm, key.certificate()))
        .isEqualTo("-: digests SIGNATURES NOT OK\n");

    KeyFileSigner signer = TestKeys.signer(key);
    RpmSigner rpmSigner =
        how.equals("rpmv3") ? RpmSigner.withContentSignature(signer) : RpmSigner.of(signer);
    RpmFile file = RpmFile.read(rpm, rpmSigner.wish());
    RpmSigner.Signed signed =
        rpmSigner.sign(file, how.equals("in place") ? RpmRewrite.IN_PLACE : RpmRewrite.COPY);

    byte[] after = Files.readAllBytes(rpm);
    assertThat(signed.sameSize()).isTrue();
    assertThat(after).hasSameSizeAs(before);
    int content = (int) file.contentOffset();
    assertThat(Arrays.copyOfRange(after, content, after.length))
        .isEqualTo(Arrays.copyOfRange(before, content, before.length));
    assertThat(rpmTools.checksig(rpm, key.certificate())).isEqualTo(GOOD);
    Rpmcanon.check(after);
    assertThat(rpmTools.query(rpm, "%{NAME} %{VERSION} %{PAYLOADDIGEST}"))
        .isEqualTo(rpmTools.query(built(payload), "%{NAME} %{VERSION} %{PAYLOADDIGEST}"));
    assertThat(rpmTools.payload(rpm)).isEqualTo(rpmTools.payload(built(payload)));
    assertThat(Rpm.leftovers(directory)).isEmpty();
    RpmVerifier verifier = new RpmVerifier(TestKeys.verifier(key));
    RpmVerifier.Report report = verifier.verify(RpmFile.read(rpm, verifier.wish()));
    assertThat(report.findings()).isEmpty();
    assertThat(report.good().orElseThrow().certificate()).isEqualTo(key.fingerprint());

    rpmTools.delsign(rpm);
    RpmFile bare = RpmFile.read(rpm, RpmFile.Wish.NOTHING);
    for (int tag : new int[] {267, 268, 1002, 1005}) {
      assertThat(bare.signatures().has(tag)).isFalse();
    }
    assertThat(bare.header().bytes()).isEqualTo(file.header().bytes());
    assertThat(rpmTools.checksig(rpm, key.certificate()))
        .isEqualTo("-: digests SIGNATURES NOT OK\n");
  }

  @Test
  void aSignatureIsReplaced() throws IOException {
    Path rpm = copy(built("gzip"));
    long size = Files.size(rpm);
    NewKey first = TestKeys.rsa4096();
    NewKey second = TestKeys.ed25519();
    sign(rpm, first);
    sign(rpm, second);
    Rpm rpmTools = new Rpm(directory);
    assertThat(rpmTools.checksig(rpm, second.certificate())).isEqualTo(GOOD);
    assertThat(rpmTools.checksig(rpm, first.certificate())).isNotEqualTo(GOOD);
    assertThat(Files.size(rpm)).isEqualTo(size);
    byte[] once = Files.readAllBytes(rpm);
    sign(copy(built("gzip")), second);
    assertThat(once).hasSameSizeAs(Files.readAllBytes(rpm));
    Rpmcanon.check(once);
  }

  @Test
  void whereNoSpaceIsReservedTheFileGrows() throws IOException {
    Path rpm = SampleRpm.template().define("__gpg_reserved_space", "0").build(directory);
    NewKey key = TestKeys.rsa4096();
    long size = Files.size(rpm);
    sign(rpm, key);
    assertThat(Files.size(rpm)).isGreaterThan(size);
    assertThat(new Rpm(directory).checksig(rpm, key.certificate())).isEqualTo(GOOD);
    Rpmcanon.check(Files.readAllBytes(rpm));
    long grown = Files.size(rpm);
    sign(rpm, TestKeys.ed25519());
    assertThat(Files.size(rpm)).isEqualTo(grown);
  }

  /** As the classic builder and builderv2 sign: gpg states the signer's user id besides. */
  @Test
  void whatRpmsignSignedIsVerifiedAndReplaced() throws IOException {
    Programs.need("rpmsign");
    Path rpm = copy(built("zstd"));
    try (Gnupg gpg = Gnupg.inTemporaryHome()) {
      Fingerprint theirs = gpg.generate("B <b@example.org>", "ed25519", "sign", "never", "");
      Programs.run(
              Map.of("GNUPGHOME", gpg.home().toString(), "HOME", directory.toString()),
              new byte[0],
              List.of(
                  "rpmsign",
                  "--define=__gpg /usr/bin/gpg",
                  "--define=_gpg_name B",
                  "--rpmv3",
                  "--addsign",
                  rpm.toString()))
          .ok();
      KeyFileSigner signer =
          SecretKeyFile.parse("theirs", gpg.exportSecret(theirs, ""))
              .signer(Optional.empty(), TestKeys.noPassphrase(), InstantSource.system());
      RpmVerifier verifier =
          new RpmVerifier(
              new KeyringVerifier(
                  Keyring.of(signer.publicCertificate()), Set.of(theirs), InstantSource.system()));
      assertThat(verifier.verify(RpmFile.read(rpm, verifier.wish())).findings()).isEmpty();
      Rpmcanon.check(Files.readAllBytes(rpm));
    }
    NewKey key = TestKeys.ed25519();
    sign(rpm, key);
    assertThat(new Rpm(directory).checksig(rpm, key.certificate())).isEqualTo(GOOD);
    assertThat(RpmFile.read(rpm, RpmFile.Wish.NOTHING).signatures().has(1005)).isFalse();
  }

  @Test
  void aByteChangedAnywhereOfASignedPackageIsSeen() throws IOException {
    NewKey key = TestKeys.ed25519();
    Path rpm = copy(built("gzip"));
    RpmSigner signer = RpmSigner.withContentSignature(TestKeys.signer(key));
    signer.sign(RpmFile.read(rpm, signer.wish()), RpmRewrite.COPY);
    byte[] bytes = Files.readAllBytes(rpm);
    RpmVerifier verifier = new RpmVerifier(TestKeys.verifier(key));
    Random random = new Random(20261122);
    Path damaged = directory.resolve("damaged.rpm");
    Files.write(damaged, bytes);
    for (int i = 0; i < bytes.length; i += i < 700 ? 1 : 1 + random.nextInt(40)) {
      byte[] copy = bytes.clone();
      copy[i] ^= (byte) (1 << random.nextInt(8));
      try (FileChannel channel = FileChannel.open(damaged, StandardOpenOption.WRITE)) {
        channel.write(ByteBuffer.wrap(copy));
      }
      assertThat(bad(verifier, damaged)).as("byte %d", i).isTrue();
    }
  }

  private static boolean bad(RpmVerifier verifier, Path rpm) throws IOException {
    try {
      return !verifier.verify(RpmFile.read(rpm, verifier.wish())).findings().isEmpty();
    } catch (RefusedException e) {
      return true;
    }
  }

  @Test
  void saysWhatRpmWillSay() throws IOException {
    Path rpm = copy(built("gzip"));
    NewKey key = TestKeys.ed25519();
    RpmVerifier verifier = new RpmVerifier(TestKeys.verifier(key));
    assertThat(verifier.verify(RpmFile.read(rpm, verifier.wish())).findings())
        .singleElement()
        .satisfies(
            f -> {
              assertThat(f.id()).isEqualTo("rpm-unsigned");
              assertThat(f.details()).anyMatch(d -> d.contains("rpmcanon: header not signed"));
            });
    sign(rpm, TestKeys.ed25519());
    assertThat(verifier.verify(RpmFile.read(rpm, verifier.wish())).findings())
        .singleElement()
        .satisfies(
            f -> {
              assertThat(f.id()).isEqualTo("key-unknown");
              assertThat(f.details()).anyMatch(d -> d.contains("No key available!"));
              assertThat(f.details()).noneMatch(d -> d.contains("pacman"));
            });
  }

  @Test
  void aKeyThatDom0CannotReadSignsNothing() throws IOException {
    try (Gnupg gpg = Gnupg.inTemporaryHome()) {
      Fingerprint nist = gpg.generate("N <n@example.org>", "nistp256", "sign", "never", "");
      KeyFileSigner signer =
          SecretKeyFile.parse("nist", gpg.exportSecret(nist, ""))
              .signer(Optional.empty(), TestKeys.noPassphrase(), InstantSource.system());
      assertThat(refusal(signer)).isEqualTo("rpm-key-algorithm");
    }
  }

  /** What gpg.conf of a vault may add; each is refused, and the package stays as it was. */
  @ParameterizedTest
  @MethodSource("statements")
  void aSignatureThatStatesTooMuchIsNotStored(String[] options, String id) throws IOException {
    try (Gnupg gpg = Gnupg.inTemporaryHome()) {
      Fingerprint key = gpg.generate("G <g@example.org>", "ed25519", "sign", "never", "");
      assertThat(refusal(new GpgSigner(gpg, key, options))).isEqualTo(id);
    }
  }

  static Stream<Arguments> statements() {
    return Stream.of(
        Arguments.of(new String[] {"--sig-notation", "a@example.org=b"}, "rpm-signature-statement"),
        Arguments.of(
            new String[] {"--sig-policy-url", "https://example.org"}, "rpm-signature-statement"),
        Arguments.of(new String[] {"--default-sig-expire", "1y"}, "rpm-signature-statement"),
        Arguments.of(new String[] {"--digest-algo", "SHA1"}, "rpm-signature-unreadable"),
        Arguments.of(new String[] {"--armor"}, "rpm-signature-unreadable"));
  }

  @Test
  void aPlainGpgSignatureIsStored() throws IOException {
    Path rpm = copy(built("xz"));
    try (Gnupg gpg = Gnupg.inTemporaryHome()) {
      Fingerprint key = gpg.generate("G <g@example.org>", "rsa2048", "sign", "never", "");
      RpmSigner signer = RpmSigner.of(new GpgSigner(gpg, key));
      signer.sign(RpmFile.read(rpm, signer.wish()), RpmRewrite.COPY);
      Rpmcanon.check(Files.readAllBytes(rpm));
      assertThat(RpmFile.read(rpm, RpmFile.Wish.NOTHING).signatures().has(268)).isTrue();
      String certificate = gpg.run("--armor", "--export", key.hex()).ok().text();
      assertThat(new Rpm(directory).checksig(rpm, certificate)).isEqualTo(GOOD);
    }
  }

  private String refusal(Signer signer) throws IOException {
    Path rpm = copy(built("gzip"));
    byte[] before = Files.readAllBytes(rpm);
    RpmSigner rpmSigner = RpmSigner.of(signer);
    RpmFile file = RpmFile.read(rpm, rpmSigner.wish());
    SigningException refused =
        catchThrowableOfType(SigningException.class, () -> rpmSigner.sign(file, RpmRewrite.COPY));
    assertThat(rpm).hasBinaryContent(before);
    return refused.finding().orElseThrow().id();
  }

  @Test
  void aCopyKeepsThePermissionsAndALinkStaysOne() throws IOException {
    Path rpm = copy(built("gzip"));
    Files.setPosixFilePermissions(rpm, PosixFilePermissions.fromString("rw-rw----"));
    Path link = Files.createSymbolicLink(directory.resolve("link.rpm"), rpm);
    sign(link, TestKeys.ed25519());
    assertThat(link).isSymbolicLink();
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(rpm)))
        .isEqualTo("rw-rw----");
    assertThat(
            RpmFile.read(rpm, RpmFile.Wish.NOTHING).signatures().has(RpmTag.Signature.HEADER_DSA))
        .isTrue();
  }

  private static void sign(Path rpm, NewKey key) throws IOException {
    RpmSigner signer = RpmSigner.of(TestKeys.signer(key));
    signer.sign(RpmFile.read(rpm, signer.wish()), RpmRewrite.COPY);
  }

  private static Path built(String payload) {
    return Objects.requireNonNull(BUILT.get(payload));
  }

  private Path copy(Path built) throws IOException {
    return Files.copy(
        built, directory.resolve("template.rpm"), StandardCopyOption.REPLACE_EXISTING);
  }

  /** The real gpg with options that a careless gpg.conf has. */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record GpgSigner(Gnupg gpg, Fingerprint certificate, String... options)
      implements Signer {
    @Override
    public String description() {
      return "gpg";
    }

    @Override
    public byte[] sign(Signable signable) {
      try (var in = signable.open()) {
        String[] all = Arrays.copyOf(options, options.length + 3);
        all[options.length] = "--detach-sign";
        all[options.length + 1] = "--local-user";
        all[options.length + 2] = certificate.hex();
        return gpg.run(in.readAllBytes(), all).ok().out();
      } catch (IOException e) {
        throw new SigningException("cannot read", e);
      }
    }
  }
}

package org.qrepo.sign;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.qrepo.io.Digests;
import org.qrepo.io.HashAlgorithm;
import org.qrepo.publish.Fingerprint;
import org.qrepo.publish.Verifier.Form;
import org.qrepo.sign.SignatureFault.Reaction;
import org.qrepo.sign.openpgp.KeySignature;
import org.qrepo.sign.openpgp.NewKeyPair;
import org.qrepo.sign.openpgp.Packet;
import org.qrepo.sign.openpgp.SignatureType;
import org.qrepo.sign.openpgp.Subpacket;

/**
 * Every fault of a signature, made by gpg where it makes such a thing and by hand where it does
 * not, put before qrepo, before gpg, and before pacman, once on a package and once on a database:
 * each accepts or refuses as the fault says, and pacman prints the fault's line.
 */
class SignatureFaultTest {
  private static final Instant NOW = TestKeys.now();
  private static final Instant IN_2020 = Instant.parse("2020-01-01T00:00:00Z");

  @TempDir static Path scratch;

  private static Gnupg maker;
  private static PacmanJudge judge;
  private static final List<Certificate> known = new ArrayList<>();
  private static final Set<Fingerprint> allowed = new HashSet<>();
  private static final Set<Fingerprint> disabled = new HashSet<>();
  private static final List<Case> cases = new ArrayList<>();

  /** Makes a signature over a file. */
  private interface Making {
    byte[] sign(Path file) throws IOException;
  }

  /** Where a case makes sense. */
  private enum Of {
    BOTH,
    PACKAGE,
    DATABASE
  }

  private record Case(String name, Of of, Optional<SignatureFault> fault, Making making) {}

  /** How one case went, on one kind of file. */
  private record Outcome(boolean asGpg, boolean asPacman) {}

  @BeforeAll
  static void makeCases() throws IOException {
    judge = new PacmanJudge(scratch);
    maker = Gnupg.inTemporaryHome();
    Fingerprint real = trusted("Real <real@example.org>", "ed25519");
    Making good = file -> maker.sign(file, "-u", real.hex());
    sound(good, real);
    files(good, real);
    packets(good, real);
    keys();
    subkeys();
    stranger(good);
    judge.begin();
  }

  @AfterAll
  static void close() {
    if (maker != null) {
      maker.close();
    }
    if (judge != null) {
      judge.close();
    }
  }

  private static Fingerprint generate(String user, String algorithm, String... more) {
    return maker.generate(user, algorithm, "cert,sign", "never", "", more);
  }

  private static Fingerprint trusted(String user, String algorithm, String... more) {
    return trust(generate(user, algorithm, more));
  }

  private static Fingerprint trust(Fingerprint key) {
    byte[] exported = maker.export(key);
    judge.trusts(exported, key);
    known.addAll(Keyring.parse("gpg", exported).certificates());
    allowed.add(key);
    return key;
  }

  private static void trust(Certificate certificate, byte[] packets) {
    judge.trusts(packets, certificate.fingerprint());
    known.add(certificate);
    allowed.add(certificate.fingerprint());
  }

  private static void good(String name, Of of, Making making) {
    cases.add(new Case(name, of, Optional.empty(), making));
  }

  private static void bad(SignatureFault fault, String name, Of of, Making making) {
    cases.add(new Case(name, of, Optional.of(fault), making));
  }

  private static void bad(SignatureFault fault, String name, Making making) {
    bad(fault, name, Of.BOTH, making);
  }

  private static Making with(Fingerprint key, String... more) {
    List<String> options = new ArrayList<>(List.of("-u", key.hex()));
    options.addAll(List.of(more));
    return file -> maker.sign(file, options.toArray(String[]::new));
  }

  private static void sound(Making good, Fingerprint real) {
    good("ed25519", Of.BOTH, good);
    good("armored", Of.DATABASE, with(real, "--armor"));
    for (String hash : List.of("SHA224", "SHA384", "SHA512")) {
      good(hash, Of.PACKAGE, with(real, "--digest-algo", hash));
    }
    good("notation", Of.PACKAGE, with(real, "--sig-notation", "a@example.org=b"));
    good("rsa2048", Of.BOTH, with(trusted("Rsa <rsa@example.org>", "rsa2048")));
    good("brainpool", Of.PACKAGE, with(trusted("Brain <b@example.org>", "brainpoolP256r1")));
    good("nistp256", Of.PACKAGE, with(trusted("Nist <n@example.org>", "nistp256")));
    good(
        "signature older than a key's expiry",
        Of.PACKAGE,
        with(trust(maker.generate("Y <y@example.org>", "ed25519", "cert,sign", "2y", ""))));
  }

  private static void files(Making good, Fingerprint real) {
    bad(SignatureFault.EMPTY, "empty", file -> new byte[0]);
    bad(
        SignatureFault.TOO_LARGE,
        "too large",
        file -> Crafted.join(good.sign(file), new byte[16384]));
    bad(SignatureFault.ARMORED, "armored", Of.PACKAGE, with(real, "--armor"));
    bad(SignatureFault.NOT_OPENPGP, "web page", file -> "<!DOCTYPE html>".getBytes(UTF_8));
    bad(SignatureFault.NOT_OPENPGP, "a key", file -> maker.export(real));
    bad(SignatureFault.TRUNCATED, "head", file -> Arrays.copyOf(good.sign(file), 2));
    bad(SignatureFault.TRUNCATED, "subpackets", file -> Arrays.copyOf(good.sign(file), 30));
    bad(SignatureFault.TRUNCATED, "numbers", file -> cut(good.sign(file)));
    armor(SignatureFault.ARMOR_LOOSE, "no end", real, "-----END PGP SIGNATURE-----", "");
    armor(SignatureFault.ARMOR_LOOSE, "before", real, "-----BEGIN", "x\n-----BEGIN");
    armor(SignatureFault.ARMOR_LOOSE, "after", real, "SIGNATURE-----\n$", "SIGNATURE-----\nx");
    armor(SignatureFault.ARMOR_DAMAGED, "two sums", real, "\n=", "\n=AAAA\n=");
    armor(SignatureFault.ARMOR_DAMAGED, "wrong sum", real, "\n=....", "\n=AAAA");
    armor(SignatureFault.ARMOR_DAMAGED, "label", real, "BEGIN PGP SIGNATURE", "BEGIN PGP SIGNATUR");
    bad(
        SignatureFault.TRAILING_BYTES,
        "zero",
        file -> Crafted.join(good.sign(file), new byte[] {0}));
    bad(
        SignatureFault.TRAILING_BYTES,
        "newline",
        file -> Crafted.join(good.sign(file), "\n".getBytes(UTF_8)));
    bad(SignatureFault.SEVERAL, "twice", file -> Crafted.join(good.sign(file), good.sign(file)));
    bad(SignatureFault.TOO_MANY, "five times", file -> repeated(good.sign(file)));
  }

  private static void armor(
      SignatureFault fault, String name, Fingerprint key, String from, String to) {
    Making armored = with(key, "--armor");
    bad(
        fault,
        name,
        Of.DATABASE,
        file -> new String(armored.sign(file), UTF_8).replaceFirst(from, to).getBytes(UTF_8));
  }

  private static byte[] cut(byte[] signature) {
    return Arrays.copyOf(signature, signature.length - 1);
  }

  private static byte[] repeated(byte[] s) {
    return Crafted.join(s, s, s, s, s);
  }

  private static void packets(Making good, Fingerprint real) {
    bad(SignatureFault.OPEN_LENGTH, "in pieces", file -> pieces(Crafted.body(good.sign(file))));
    bad(
        SignatureFault.OPEN_LENGTH,
        "without length",
        file -> Crafted.join(new byte[] {(byte) 0x8B}, Crafted.body(good.sign(file))));
    bad(SignatureFault.VERSION, "5", file -> version(good.sign(file), 5));
    bad(SignatureFault.VERSION, "6", file -> version(good.sign(file), 6));
    bad(SignatureFault.TEXT, "text", with(real, "--textmode"));
    bad(SignatureFault.WEAK_HASH, "SHA-1", with(real, "--digest-algo", "SHA1"));
    bad(SignatureFault.WEAK_HASH, "RIPEMD-160", with(real, "--digest-algo", "RIPEMD160"));
    bad(
        SignatureFault.BROKEN_HASH,
        "MD5",
        with(real, "--allow-weak-digest-algos", "--digest-algo", "MD5"));
    bad(SignatureFault.HASH_UNSUPPORTED, "SHA3-256", file -> octet(good.sign(file), 3, 12));
    bad(SignatureFault.CRITICAL_SUBPACKET, "notation", with(real, "--sig-notation", "!a@b.org=c"));
    bad(
        SignatureFault.ISSUER_MISSING,
        "no key id",
        file -> Crafted.withUnhashed(good.sign(file), new byte[0]));
    bad(
        SignatureFault.ISSUER_MISMATCH,
        "another key id",
        file ->
            Crafted.withUnhashed(good.sign(file), HexFormat.of().parseHex("09104142434445464748")));
    bad(SignatureFault.LEADING_OCTETS, "changed", file -> leading(good.sign(file)));
    bad(SignatureFault.BAD, "numbers changed", file -> last(good.sign(file)));
    bad(SignatureFault.BAD, "of another file", file -> other(good, file));
    bad(
        SignatureFault.FROM_FUTURE,
        "two hours",
        with(real, Gnupg.at(NOW.plus(Duration.ofHours(2)))));
    Fingerprint old = trusted("Ancient <a@example.org>", "ed25519", Gnupg.at(IN_2020));
    bad(
        SignatureFault.EXPIRED,
        "after a day",
        with(old, "--default-sig-expire", "1d", Gnupg.at(IN_2020)));
    crafted();
  }

  private static byte[] pieces(byte[] body) {
    return Crafted.join(
        new byte[] {(byte) 0xC2, (byte) 0xE5},
        Arrays.copyOf(body, 32),
        new byte[] {(byte) (body.length - 32)},
        Arrays.copyOfRange(body, 32, body.length));
  }

  private static byte[] version(byte[] signature, int version) {
    return octet(signature, 0, version);
  }

  private static byte[] octet(byte[] signature, int at, int value) {
    byte[] body = Crafted.body(signature);
    body[at] = (byte) value;
    return new Packet(Packet.SIGNATURE, body).encoded();
  }

  private static byte[] leading(byte[] signature) {
    byte[] body = Crafted.body(signature);
    int unhashed = 6 + (body[5] & 0xff);
    int at = unhashed + 2 + (body[unhashed + 1] & 0xff);
    body[at] ^= 1;
    return new Packet(Packet.SIGNATURE, body).encoded();
  }

  private static byte[] last(byte[] signature) {
    byte[] changed = signature.clone();
    changed[changed.length - 1] ^= 1;
    return changed;
  }

  private static byte[] other(Making making, Path file) throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    bytes[bytes.length / 2] ^= 1;
    return making.sign(Files.write(scratch.resolve("other " + file.getFileName()), bytes));
  }

  /** What gpg does not make. */
  private static void crafted() {
    NewKeyPair pair = trustedPair(Crafted.SIGN);
    good("by hand", Of.PACKAGE, file -> Crafted.detached(pair, NOW, Files.readAllBytes(file)));
    bad(
        SignatureFault.ISSUER_UNHASHED,
        "key id alone",
        file -> bare(pair, Files.readAllBytes(file), List.of(time(NOW))));
    bad(
        SignatureFault.WITHOUT_TIME,
        "no time",
        file -> bare(pair, Files.readAllBytes(file), List.of()));
    bad(
        SignatureFault.MALFORMED,
        "subpacket beyond its area",
        file -> octet(Crafted.detached(pair, NOW, Files.readAllBytes(file)), 6, 0x7f));
    bad(
        SignatureFault.MALFORMED,
        "time of three octets",
        file ->
            bare(
                pair,
                Files.readAllBytes(file),
                List.of(Subpacket.of(Subpacket.CREATION_TIME, new byte[3]))));
    bad(
        SignatureFault.CRITICAL_SUBPACKET,
        "private",
        file ->
            Crafted.detached(
                pair, NOW, Files.readAllBytes(file), new Subpacket(101, true, new byte[1])));
    bad(
        SignatureFault.TYPE,
        "certification",
        file ->
            Crafted.sign(
                    Crafted.draft(pair, SignatureType.POSITIVE_CERTIFICATION),
                    pair,
                    Files.readAllBytes(file))
                .encoded());
    bad(
        SignatureFault.TRAILING_BYTES,
        "user id",
        file ->
            Crafted.join(
                Crafted.detached(pair, NOW, Files.readAllBytes(file)),
                new Packet(Packet.USER_ID, "x".getBytes(UTF_8)).encoded()));
    bad(
        SignatureFault.KEY_NEWER,
        "by a day",
        file -> Crafted.detached(pair, NOW.minus(Duration.ofDays(1)), Files.readAllBytes(file)));
    NewKeyPair rsa = NewKeyPair.rsa(2048, NOW, new SecureRandom());
    trust(rsa, Crafted.SIGN);
    bad(SignatureFault.OLD_VERSION, "3", file -> versionThree(rsa, Files.readAllBytes(file)));
  }

  private static Subpacket time(Instant created) {
    return Subpacket.ofSeconds(Subpacket.CREATION_TIME, created.getEpochSecond());
  }

  /** A true signature with exactly these statements in its signed part. */
  private static byte[] bare(NewKeyPair by, byte[] data, List<Subpacket> hashed) {
    byte[] area =
        Crafted.join(
            hashed.stream()
                .map(
                    s ->
                        Crafted.join(
                            new byte[] {(byte) (s.data().length + 1), (byte) s.type()}, s.data()))
                .toArray(byte[][]::new));
    byte[] head =
        Crafted.join(
            new byte[] {4, 0, (byte) by.publicHalf().algorithm(), 8, 0, (byte) area.length}, area);
    byte[] trailer = Crafted.join(head, new byte[] {4, (byte) 0xff, 0, 0, 0, (byte) head.length});
    byte[] digest = KeySignature.digest(HashAlgorithm.SHA256, data, trailer);
    byte[] issuer = HexFormat.of().parseHex("000a0910" + by.publicHalf().keyId());
    return new Packet(
            Packet.SIGNATURE,
            Crafted.join(
                head,
                issuer,
                Arrays.copyOf(digest, 2),
                by.privateKey().sign(HashAlgorithm.SHA256, digest)))
        .encoded();
  }

  private static byte[] versionThree(NewKeyPair by, byte[] data) {
    byte[] signed = Arrays.copyOfRange(time(NOW).data(), 0, 4);
    byte[] digest =
        KeySignature.digest(HashAlgorithm.SHA256, data, Crafted.join(new byte[] {0}, signed));
    return new Packet(
            Packet.SIGNATURE,
            Crafted.join(
                new byte[] {3, 5, 0},
                signed,
                HexFormat.of().parseHex(by.publicHalf().keyId()),
                new byte[] {(byte) by.publicHalf().algorithm(), 8},
                Arrays.copyOf(digest, 2),
                by.privateKey().sign(HashAlgorithm.SHA256, digest)))
        .encoded();
  }

  private static NewKeyPair trustedPair(byte flags, Packet... more) {
    NewKeyPair pair = Crafted.pair(NOW);
    trust(pair, flags, more);
    return pair;
  }

  private static void trust(NewKeyPair primary, byte flags, Packet... more) {
    List<Packet> packets = new ArrayList<>();
    packets.add(new Packet(Packet.PUBLIC_KEY, primary.publicHalf().body()));
    packets.addAll(Crafted.identity(primary, flags));
    packets.addAll(List.of(more));
    trust(Crafted.certificate(primary, flags, more), Packet.encode(packets));
  }

  private static void keys() {
    Fingerprint expired =
        trust(
            maker.generate(
                "Old <old@example.org>", "ed25519", "cert,sign", "100d", "", Gnupg.at(IN_2020)));
    bad(SignatureFault.KEY_EXPIRED, "in 2020", with(expired, Gnupg.at(IN_2020.plusSeconds(9))));
    Fingerprint shortened = generate("Short <s@example.org>", "ed25519", Gnupg.at(IN_2020));
    Making late = with(shortened, Gnupg.at(IN_2020.plus(Duration.ofDays(90))));
    byte[] ofPackage = sign(late, judge.packageFile());
    byte[] ofDatabase = sign(late, judge.databaseFile());
    Instant tenDays = IN_2020.plus(Duration.ofDays(10));
    maker.run(Gnupg.at(tenDays), "--quick-set-expire", shortened.hex(), "10d").ok();
    trust(shortened);
    bad(
        SignatureFault.KEY_EXPIRED_AT_SIGNING,
        "shortened",
        file -> file.equals(judge.packageFile()) ? ofPackage : ofDatabase);
    Fingerprint soon =
        trust(maker.generate("Soon <soon@example.org>", "ed25519", "cert,sign", "30d", ""));
    bad(SignatureFault.KEY_EXPIRES_SOON, "in 30 days", with(soon));
    Fingerprint revoked = trusted("Revoked <r@example.org>", "ed25519");
    bad(SignatureFault.KEY_REVOKED, "primary", with(revoked));
    byte[] revocation = maker.revocation(revoked);
    judge.knows(revocation);
    Gnupg after = judge.keys();
    known.addAll(Keyring.parse("gpg", after.export(revoked)).certificates());
    Fingerprint withdrawn = trusted("Disabled <d@example.org>", "ed25519");
    judge.disables(withdrawn);
    disabled.add(withdrawn);
    bad(SignatureFault.KEY_DISABLED, "disabled", with(withdrawn));
    bad(SignatureFault.KEY_WEAK, "rsa1024", with(trusted("Weak <w@example.org>", "rsa1024")));
    NewKeyPair tiny = NewKeyPair.rsa(768, NOW, new SecureRandom());
    trust(tiny, Crafted.SIGN);
    bad(
        SignatureFault.KEY_UNSUPPORTED,
        "rsa768",
        file -> Crafted.detached(tiny, NOW, Files.readAllBytes(file)));
    NewKeyPair certifier = trustedPair(Crafted.CERTIFY);
    bad(
        SignatureFault.KEY_NOT_SIGNING,
        "primary",
        file -> Crafted.detached(certifier, NOW, Files.readAllBytes(file)));
  }

  private static byte[] sign(Making making, Path file) {
    try {
      return making.sign(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void subkeys() {
    Fingerprint primary = generate("Sub <sub@example.org>", "ed25519");
    Fingerprint subkey = maker.addSubkey(primary, "ed25519", "sign", "never", "");
    Making revoked = file -> maker.sign(file, "-u", subkey.hex() + "!");
    byte[] ofPackage = sign(revoked, judge.packageFile());
    byte[] ofDatabase = sign(revoked, judge.databaseFile());
    maker.revokeSubkey(primary, 1);
    trust(primary);
    bad(
        SignatureFault.KEY_REVOKED,
        "subkey",
        file -> file.equals(judge.packageFile()) ? ofPackage : ofDatabase);
    Fingerprint second = generate("Sub2 <sub2@example.org>", "ed25519");
    Fingerprint sound = maker.addSubkey(second, "ed25519", "sign", "never", "");
    trust(second);
    good("subkey", Of.BOTH, file -> maker.sign(file, "-u", sound.hex() + "!"));
    NewKeyPair lone = Crafted.pair(NOW);
    NewKeyPair adopter = Crafted.pair(NOW);
    trust(adopter, Crafted.CERTIFY, Crafted.subkey(lone), Crafted.binding(adopter, lone));
    bad(
        SignatureFault.KEY_NOT_CROSS_CERTIFIED,
        "adopted",
        file -> Crafted.detached(lone, NOW, Files.readAllBytes(file)));
    NewKeyPair unbound = Crafted.pair(NOW);
    trustedPair(Crafted.SIGN, Crafted.subkey(unbound));
    bad(
        SignatureFault.KEY_NOT_BOUND,
        "no binding",
        file -> Crafted.detached(unbound, NOW, Files.readAllBytes(file)));
  }

  private static void stranger(Making good) {
    Fingerprint stranger = generate("Unknown <x@example.org>", "ed25519");
    bad(SignatureFault.KEY_UNKNOWN, "stranger", with(stranger));
    bad(
        SignatureFault.KEY_UNKNOWN,
        "good and a stranger's",
        file -> Crafted.join(good.sign(file), maker.sign(file, "-u", stranger.hex())));
    bad(
        SignatureFault.KEY_UNKNOWN,
        "a stranger's and good",
        file -> Crafted.join(maker.sign(file, "-u", stranger.hex()), good.sign(file)));
    Fingerprint untrusted = generate("Untrusted <u@example.org>", "ed25519");
    byte[] exported = maker.export(untrusted);
    judge.knows(exported);
    known.addAll(Keyring.parse("gpg", exported).certificates());
    bad(SignatureFault.KEY_NOT_ALLOWED, "untrusted", with(untrusted));
  }

  @Test
  void qrepoAndItsJudgesAgree() {
    CompletableFuture<Verdicts> databases = CompletableFuture.supplyAsync(this::onDatabase);
    Verdicts packages = onPackage();
    List<Outcome> outcomes = new ArrayList<>(packages.outcomes());
    outcomes.addAll(databases.join().outcomes());
    packages.all().assertAll();
    databases.join().all().assertAll();
    System.out.printf(
        "%d signatures: pacman agrees on %d, gpg on %d; on the others qrepo is the stricter%n",
        outcomes.size(),
        outcomes.stream().filter(Outcome::asPacman).count(),
        outcomes.stream().filter(Outcome::asGpg).count());
    Set<SignatureFault> seen = EnumSet.noneOf(SignatureFault.class);
    cases.forEach(c -> c.fault().ifPresent(seen::add));
    assertThat(EnumSet.complementOf(EnumSet.copyOf(seen)))
        .containsExactlyInAnyOrder(SignatureFault.MISSING, SignatureFault.ORPHAN);
  }

  private record Verdicts(List<Outcome> outcomes, SoftAssertions all) {}

  private Verdicts onPackage() {
    return verdicts(Of.DATABASE, judge.packageFile(), Form.BINARY);
  }

  private Verdicts onDatabase() {
    return verdicts(Of.PACKAGE, judge.databaseFile(), Form.BINARY_OR_ARMORED);
  }

  private static Verdicts verdicts(Of not, Path file, Form form) {
    SoftAssertions all = new SoftAssertions();
    List<Outcome> outcomes = new ArrayList<>();
    for (Case one : cases) {
      if (one.of() != not) {
        outcomes.add(judged(all, one, file, form));
      }
    }
    return new Verdicts(outcomes, all);
  }

  private static Outcome judged(SoftAssertions all, Case one, Path file, Form form) {
    try {
      return judge(all, one, file, form);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Outcome judge(SoftAssertions all, Case one, Path file, Form form)
      throws IOException {
    String what =
        one.fault().map(SignatureFault::id).orElse("good")
            + ": "
            + one.name()
            + ", "
            + file.getFileName();
    byte[] signature = one.making().sign(file);
    Examination ours = examine(file, signature, form);
    boolean accepted = ours.good().isPresent();
    all.assertThat(ours.findings().stream().map(SignatureFinding::fault))
        .as(what)
        .containsExactlyElementsOf(one.fault().stream().toList());
    boolean database = form == Form.BINARY_OR_ARMORED;
    PacmanJudge.Judgement pacman =
        database ? judge.ofDatabase(Stream.of(signature)) : judge.ofPackage(Stream.of(signature));
    Optional<Reaction> reaction = one.fault().map(f -> database ? f.ofDatabase() : f.ofPackage());
    all.assertThat(pacman.accepted())
        .as(what + "\n" + String.join("\n", pacman.said()))
        .isEqualTo(reaction.map(Reaction::taken).orElse(true));
    ours.findings().stream()
        .flatMap(f -> f.pacman().stream())
        .forEach(line -> assertPrinted(all, what, pacman, line));
    Programs.Result gpg = judge.gpg(file, signature);
    boolean valid = gpg.exit() == 0 && gpg.text().contains("] TRUST_ULTIMATE");
    all.assertThat(accepted && !valid).as(what + ": gpg refuses\n" + gpg.text()).isFalse();
    return new Outcome(accepted == valid, accepted == pacman.accepted());
  }

  private static void assertPrinted(
      SoftAssertions all, String what, PacmanJudge.Judgement pacman, String line) {
    Pattern expected =
        Pattern.compile(
            Arrays.stream(line.split("\"\\.\\.\\.\"", -1))
                .map(Pattern::quote)
                .collect(Collectors.joining("\".*\"")));
    all.assertThat(pacman.said()).as(what).anyMatch(said -> expected.matcher(said).find());
  }

  private static Examination examine(Path file, byte[] signature, Form form) throws IOException {
    KeyringVerifier verifier =
        new KeyringVerifier(
            Keyring.of(known), allowed, disabled, InstantSource.fixed(NOW.plusSeconds(30)));
    Digests digests = Digests.of(Files.readAllBytes(file), verifier.algorithms(signature));
    return verifier.examine(file.getFileName().toString(), signature, digests, form);
  }

  @Test
  void aMissingSignatureIsWhatPacmanMissesToo() throws IOException {
    SoftAssertions all = new SoftAssertions();
    for (Path file : List.of(judge.packageFile(), judge.databaseFile())) {
      boolean database = file.equals(judge.databaseFile());
      PacmanJudge.Judgement pacman =
          database ? judge.ofDatabase(Stream.of()) : judge.ofPackage(Stream.of());
      assertThat(pacman.accepted()).isFalse();
      SignatureFinding finding =
          SignatureFinding.of(SignatureFault.MISSING, file.getFileName().toString());
      assertPrinted(all, "missing", pacman, finding.pacman().orElseThrow());
    }
    all.assertAll();
  }

  @Test
  void whatIsStricterThanPacmanSaysWhy() {
    for (SignatureFault fault : SignatureFault.values()) {
      boolean taken = fault.ofPackage().taken() || fault.ofDatabase().taken();
      assertThat(fault.why().isPresent()).as(fault.id()).isEqualTo(taken);
      assertThat(fault.id()).matches("(signature|key)(-[a-z]+)+");
      assertThat(fault.meaning()).isNotBlank().doesNotEndWith(".").doesNotContain("\n");
      assertThat(fault.remedy()).isNotBlank().doesNotContain("\n");
      assertThat(SignatureFault.ofId(fault.id())).contains(fault);
    }
    assertThat(Arrays.stream(SignatureFault.values()).map(SignatureFault::id).distinct())
        .hasSameSizeAs(SignatureFault.values());
    assertThat(SignatureFault.ofId("nothing")).isEmpty();
  }
}

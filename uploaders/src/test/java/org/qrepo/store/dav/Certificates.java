package org.qrepo.store.dav;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.NullMarked;
import org.qrepo.store.Programs;

/** A certificate authority of a test, and what it signs: made by openssl, P-256, in PEM. */
@NullMarked
public final class Certificates {
  private final Path folder;

  private Certificates(Path folder) {
    this.folder = folder;
  }

  /**
   * Makes an authority.
   *
   * @param folder to make
   */
  public static Certificates in(Path folder) throws IOException, InterruptedException {
    Files.createDirectories(folder);
    Certificates made = new Certificates(folder);
    made.openssl(
        "req",
        "-x509",
        "-newkey",
        "ec",
        "-pkeyopt",
        "ec_paramgen_curve:P-256",
        "-nodes",
        "-days",
        "30",
        "-subj",
        "/CN=qrepo test CA",
        "-keyout",
        "ca.key",
        "-out",
        "ca.pem");
    return made;
  }

  /** The certificate of the authority. */
  public Path authority() {
    return folder.resolve("ca.pem");
  }

  public Path certificate(String name) {
    return folder.resolve(name + ".pem");
  }

  /** In PKCS#8, without a passphrase. */
  public Path key(String name) {
    return folder.resolve(name + ".key");
  }

  /** Signs one for a server at {@code localhost} and {@code 127.0.0.1}. */
  public void server(String name) throws IOException, InterruptedException {
    sign(name, "DNS:localhost,IP:127.0.0.1", 30);
  }

  /**
   * Signs one.
   *
   * @param names as openssl lists them
   * @param days from now on; it has expired if they are fewer than none
   */
  public void sign(String name, String names, int days) throws IOException, InterruptedException {
    Path extensions =
        Files.writeString(folder.resolve(name + ".ext"), "subjectAltName=" + names + "\n");
    openssl(
        "req",
        "-new",
        "-newkey",
        "ec",
        "-pkeyopt",
        "ec_paramgen_curve:P-256",
        "-nodes",
        "-subj",
        "/CN=" + name,
        "-keyout",
        name + ".key",
        "-out",
        name + ".csr");
    openssl(
        "x509",
        "-req",
        "-in",
        name + ".csr",
        "-CA",
        "ca.pem",
        "-CAkey",
        "ca.key",
        "-CAcreateserial",
        "-days",
        "" + days,
        "-extfile",
        extensions.toString(),
        "-out",
        name + ".pem");
  }

  /** Runs openssl in the folder. */
  public void openssl(String... arguments) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of(Programs.need("openssl")));
    command.addAll(List.of(arguments));
    Process process =
        new ProcessBuilder(command).directory(folder.toFile()).redirectErrorStream(true).start();
    Programs.Outcome outcome = Programs.outcome(process);
    assertThat(outcome.status()).as("openssl: %s", outcome.output()).isZero();
  }
}

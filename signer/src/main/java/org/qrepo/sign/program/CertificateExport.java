package org.qrepo.sign.program;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.qrepo.Finding;
import org.qrepo.RefusedException;
import org.qrepo.publish.Fingerprint;
import org.qrepo.publish.SigningException;
import org.qrepo.sign.Certificate;
import org.qrepo.sign.Keyring;

/** Fetches the public certificate of a key from the program that holds the key. */
public final class CertificateExport {
  /** The largest certificate that is taken, in bytes. */
  static final int MOST = 4 << 20;

  private final Backend backend;
  private final ProgramSettings settings;

  public CertificateExport(Backend backend, ProgramSettings settings) {
    this.backend = backend;
    this.settings = settings;
  }

  /**
   * The certificate that has exactly this key; whatever else was answered is left out.
   *
   * @return empty if this way to the key has none to give
   * @throws SigningException if the program fails, or answers something else
   */
  public Optional<Certificate> fetch(Fingerprint key) {
    return backend.exporting(key).map(words -> fetch(key, words));
  }

  private Certificate fetch(Fingerprint key, List<String> words) {
    String subject = "certificate " + key;
    ProgramAnswer answer =
        new Caller(backend, settings).call(subject, words, ProgramCall.Input.NONE, Set.of(), MOST);
    Diagnosis diagnosis = new Diagnosis(backend, key);
    if (answer.exit() != 0) {
      throw new SigningException(diagnosis.failed(subject, answer));
    }
    if (answer.out().length == 0) {
      throw new SigningException(
          diagnosis.withWords(
              subject,
              Backend.Trouble.of(
                  "certificate-missing",
                  backend.holder() + " has no such key",
                  "Import it there, or correct signing.key."),
              answer.said()));
    }
    return read(subject, answer.out())
        .find(key)
        .orElseThrow(
            () ->
                new SigningException(
                    Finding.of(
                        "certificate-unexpected",
                        subject,
                        backend.holder() + " answered the certificate of another key",
                        "It was thrown away.")));
  }

  private Keyring read(String subject, byte[] bytes) {
    try {
      return Keyring.parse(subject, bytes);
    } catch (RefusedException e) {
      throw new SigningException(
          Finding.of(
              "certificate-unreadable",
              subject,
              backend.holder() + " answered something that is no certificate",
              e.findings().get(0).reason()));
    }
  }
}

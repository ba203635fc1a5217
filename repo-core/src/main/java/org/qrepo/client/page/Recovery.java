package org.qrepo.client.page;

import java.net.URI;
import java.util.List;
import org.qrepo.client.ClientSteps;

/**
 * What a client does that was not upgraded while both keys were accepted: it does not know the new
 * key, so that it cannot fetch the package that would bring it.
 */
public final class Recovery {
  private final ClientSteps client;
  private final URI certificates;
  private final boolean keyring;

  /**
   * @param client with the keys that are to be trusted from now on
   * @param certificates where the file with the certificates is
   * @param keyring whether the repository has its keyring package
   */
  public Recovery(ClientSteps client, URI certificates, boolean keyring) {
    this.client = client;
    this.certificates = certificates;
    this.keyring = keyring;
  }

  /** The steps, for root on the client. */
  public List<Instruction> steps() {
    return List.of(
        new Instruction(
            "Trust the new key",
            "If pacman says that the database is signed by a key that is unknown or of unknown"
                + " trust, the client was not upgraded in time. As root, in Qubes OS in the"
                + " template: compare the fingerprint that gpg shows with one that you know from"
                + " somewhere else.",
            Setup.trusting(client, certificates)),
        keyring
            ? new Instruction(
                "Update the keyring",
                "From here on the keyring package keeps the keys up to date again.",
                client.refresh())
            : new Instruction("Update", "", List.of("pacman -Syu")));
  }
}

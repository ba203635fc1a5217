package org.qrepo.client.page;

import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import org.qrepo.client.ClientSteps;

/** How a client is set up by hand, in three steps. */
public final class Setup {
  private final ClientSteps client;
  private final URI certificates;
  private final boolean keyring;

  /**
   * @param certificates where the file with the certificates is
   * @param keyring whether the repository has its keyring package
   */
  public Setup(ClientSteps client, URI certificates, boolean keyring) {
    this.client = client;
    this.certificates = certificates;
    this.keyring = keyring;
  }

  /** The steps, for root on the client. */
  public List<Instruction> steps() {
    return List.of(trust(), configure(), install());
  }

  private Instruction trust() {
    return new Instruction(
        "Trust the key",
        "As root, in Qubes OS in the template. The command gpg shows the fingerprint: go on only"
            + " if it is one of those below, and if you know them from somewhere else too.",
        trusting(client, certificates));
  }

  /** Fetches the certificates, shows them, and makes pacman trust their keys. */
  static List<String> trusting(ClientSteps client, URI certificates) {
    String url = certificates.toASCIIString();
    String file = url.substring(url.lastIndexOf('/') + 1);
    List<String> commands = new ArrayList<>(ClientSteps.fetch(url));
    commands.add("gpg --show-keys --with-fingerprint " + Shell.word(file));
    commands.addAll(client.trust(file));
    return commands;
  }

  private Instruction configure() {
    return new Instruction(
        "Name the repository",
        "Where two repositories have a package of one name, pacman takes it from the one that it"
            + " reads first.",
        client.configure());
  }

  private Instruction install() {
    return keyring
        ? new Instruction(
            "Update", "The keyring package tells the client of new keys in time.", client.install())
        : new Instruction("Update", "", List.of("pacman -Syu"));
  }
}

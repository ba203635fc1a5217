package org.qrepo.client.page;

import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.qrepo.alpm.PackageName;
import org.qrepo.publish.Fingerprint;
import org.qrepo.publish.RepositoryName;

/** How a client is set up by hand: the three steps that any pacman takes. */
public final class Setup {
  private final RepositoryName name;
  private final List<URI> servers;
  private final List<Fingerprint> keys;
  private final Optional<PackageName> keyring;

  /**
   * @param servers where the repository is, the first one first
   * @param keys whose signatures are to be accepted
   * @param keyring the package of the repository that keeps its keys up to date, if it has one
   */
  public Setup(
      RepositoryName name,
      List<URI> servers,
      List<Fingerprint> keys,
      Optional<PackageName> keyring) {
    this.name = name;
    this.servers = List.copyOf(servers);
    this.keys = List.copyOf(keys);
    this.keyring = keyring;
  }

  /** The steps, for root on the client. */
  public List<Instruction> steps() {
    return List.of(trust(), configure(), install());
  }

  private Instruction trust() {
    String file = name + ".asc";
    List<String> commands = new ArrayList<>();
    commands.add("curl -fsSLO " + Shell.word(below(servers.get(0), file)));
    commands.add("gpg --show-keys --with-fingerprint " + file);
    commands.add("pacman-key --add " + file);
    keys.forEach(key -> commands.add("pacman-key --lsign-key " + key));
    return new Instruction(
        "Trust the key",
        "As root, in Qubes OS in the template. The second command shows the fingerprint: go on only"
            + " if it is one of those below, and if you know them from somewhere else too.",
        commands);
  }

  private Instruction configure() {
    List<String> commands = new ArrayList<>();
    commands.add("cat >> /etc/pacman.conf <<'END'");
    commands.add("[" + name + "]");
    commands.add("SigLevel = Required");
    servers.forEach(server -> commands.add("Server = " + withoutSlash(server)));
    commands.add("END");
    return new Instruction(
        "Name the repository",
        "Where two repositories have a package of one name, pacman takes it from the one that it"
            + " reads first.",
        commands);
  }

  private Instruction install() {
    List<String> commands = new ArrayList<>(List.of("pacman -Syu"));
    keyring.ifPresent(one -> commands.add("pacman -S " + one));
    return new Instruction(
        "Update",
        keyring.isPresent() ? "The keyring package tells the client of new keys in time." : "",
        commands);
  }

  private static String below(URI server, String file) {
    return withoutSlash(server) + "/" + file;
  }

  private static String withoutSlash(URI server) {
    String text = server.toASCIIString();
    return text.endsWith("/") ? text.substring(0, text.length() - 1) : text;
  }
}

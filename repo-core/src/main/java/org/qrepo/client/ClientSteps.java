package org.qrepo.client;

import java.util.ArrayList;
import java.util.List;
import org.qrepo.alpm.PackageName;
import org.qrepo.publish.Fingerprint;

/**
 * What people type, as root on a client, to trust and use a repository: each step is lines for a
 * shell. {@link InstallerScript} does the same without them. The drop-in is the file that the
 * keyring package brings, so that the package takes it over and keeps it up to date.
 */
public final class ClientSteps {
  private final DropIn dropIn;
  private final List<Fingerprint> keys;
  private final PackageName keyring;

  /**
   * @param keys primary keys whose signatures are to be accepted
   * @param keyring the package that keeps the keys up to date
   */
  public ClientSteps(DropIn dropIn, List<Fingerprint> keys, PackageName keyring) {
    this.dropIn = dropIn;
    this.keys = List.copyOf(keys);
    this.keyring = keyring;
  }

  /**
   * Makes pacman trust the keys, by their full fingerprints. The first line makes pacman's own key
   * where there is none: a template of Qubes loses it at each boot.
   *
   * @param file with the certificates, on the client
   */
  public List<String> trust(String file) {
    String word = ShellText.quote(file);
    List<String> lines = new ArrayList<>();
    lines.add("pacman-key --init");
    lines.add("pacman-key --add " + word);
    keys.forEach(key -> lines.add("pacman-key --lsign-key " + key));
    return List.copyOf(lines);
  }

  /** Writes the drop-in, and includes it where pacman does not read all of its folder. */
  public List<String> configure() {
    List<String> lines = new ArrayList<>();
    lines.add("mkdir -p /" + DropIn.DIRECTORY);
    lines.add("cat > /" + dropIn.path() + " <<'END'");
    dropIn.text().lines().forEach(lines::add);
    lines.add("END");
    lines.add(
        "pacman-conf --repo-list | grep -qxF "
            + dropIn.repository()
            + " || printf '\\n%s\\n' 'Include = /"
            + dropIn.path()
            + "' >> /etc/pacman.conf");
    return List.copyOf(lines);
  }

  /**
   * Fetches a file into the current directory. A template of Qubes has no network: what pacman uses
   * there, the updates proxy, is used for this too.
   */
  public static List<String> fetch(String url) {
    return List.of(
        "[ ! -e /run/qubes/bin/pacman ] || export ALL_PROXY=http://127.0.0.1:8082/",
        "curl -fsSLO " + ShellText.quote(url));
  }

  /** Brings the keyring package up to date and nothing else. */
  public List<String> refresh() {
    return List.of("pacman -Sy " + keyring);
  }

  /** Installs the keyring package. */
  public List<String> install() {
    return List.of("pacman -Syu " + keyring);
  }

  /** All of it. */
  public List<String> all(String file) {
    List<String> lines = new ArrayList<>(trust(file));
    lines.addAll(configure());
    lines.addAll(install());
    return List.copyOf(lines);
  }
}
